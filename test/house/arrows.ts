import { type Import, readSource, type SourceFile, type Use } from "./read-source.ts";

export interface Violation {
  readonly rule: RuleName;
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

interface Rule {
  readonly of: (path: string) => boolean;
  readonly forbidsImport?: (found: Import, path: string) => boolean;
  readonly forbidsUse?: (found: Use, path: string) => boolean;
}

const inside =
  (...folders: readonly string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(`${folder}/`));
const product = inside("core", "flows", "lambda", "functions", "rehearsal");

/** Files of `folder` import nothing of ours but what `allowed` says. */
const only = (folder: string, allowed: (path: string) => boolean): Rule => ({
  of: inside(folder),
  forbidsImport: ({ ours }) => ours !== undefined && !allowed(ours),
});

/** The world outside: the core gets time, randomness, network and environment as arguments. */
const worldModules =
  /^(?:node:)?(?:child_process|cluster|dgram|dns|fs|http|http2|https|net|os|perf_hooks|process|readline|timers|tls|worker_threads)(?:\/|$)/;
const worldNames =
  /^(?:process|console|fetch|setTimeout|setInterval|setImmediate|performance|globalThis|global|crypto|navigator|WebSocket|EventSource)(?:\.|$)|^(?:Math\.random|Math\.\?|Date\.now|Date\.\?|new Date|Temporal\.Now|AbortSignal\.timeout)$/;
const random = /^(?:random|getRandom|webcrypto|generateKey|createDiffieHellman)/;
/** Where the core does touch the world, and what of it. */
const worldDoors: Readonly<Record<string, readonly string[]>> = {
  "core/clock.ts": ["setTimeout", "Date.now"],
  "core/log.ts": ["process.stdout"],
  "core/stores/dynamodb.ts": ["performance.now"],
};

/** The arrows between folders, each a rule of its own. */
export const rules = {
  "flows import core/index.ts and each other": only(
    "flows",
    (path) => path === "core/index.ts" || inside("flows")(path),
  ),
  "lambda imports core, flows and itself": only("lambda", inside("core", "flows", "lambda")),
  "functions import core, flows and themselves": only("functions", inside("core", "flows", "functions")),
  "core imports nothing of ours but core": only("core", inside("core")),
  "rehearsal imports core and itself": only("rehearsal", inside("core", "rehearsal")),
  "console imports itself, the drawing of a flow, and types of core and rehearsal": {
    of: inside("console"),
    forbidsImport: ({ ours, typeOnly }) =>
      ours !== undefined &&
      !inside("console", "scripts/flow/layout")(ours) &&
      ours !== "scripts/flow/picture.ts" &&
      !(typeOnly && inside("core", "rehearsal")(ours)),
  },
  "nothing imports rehearsal but console, scripts and test": {
    of: (path) => !inside("rehearsal", "console", "scripts", "test")(path),
    forbidsImport: ({ ours }) => ours !== undefined && inside("rehearsal")(ours),
  },
  "nothing imports test but test": {
    of: (path) => !inside("test")(path),
    forbidsImport: ({ ours }) => ours !== undefined && inside("test")(ours),
  },
  "only core/stores/dynamodb*.ts imports the AWS SDK": {
    of: (path) => product(path) && !/^core\/stores\/dynamodb[a-z-]*\.ts$/.test(path),
    forbidsImport: ({ specifier }) => /^@(?:aws-sdk|smithy)\//.test(specifier ?? ""),
  },
  "core touches time, randomness, network and environment at its doors only": {
    of: inside("core"),
    forbidsImport: ({ specifier = "", names, typeOnly }) =>
      !typeOnly &&
      (worldModules.test(specifier) || (/^(?:node:)?crypto$/.test(specifier) && names.some((n) => isRandom(n)))),
    forbidsUse: ({ name }, path) => worldNames.test(name) && !worldDoors[path]?.includes(name),
  },
  "an import can be read: a literal, a package or a relative path": {
    of: product,
    forbidsImport: ({ specifier }) => specifier === undefined || /^(?:\/|file:|https?:|data:|#)/.test(specifier),
  },
} satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof rules;

function isRandom(name: string): boolean {
  return name === "*" || random.test(name);
}

/** Checks the dependency arrows. Pure: what it knows of the tree is what it is given. */
export function arrowViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const { path } = file;
    const { imports, uses } = readSource(file);
    return Object.entries<Rule>(rules).flatMap(([name, { of, forbidsImport, forbidsUse }]) => {
      if (!of(path)) return [];
      const rule = name as RuleName;
      const wrongImports = imports.filter((found) => forbidsImport?.(found, path));
      const wrongUses = uses.filter((found) => forbidsUse?.(found, path));
      return [
        ...wrongImports.map(({ specifier, line }) => ({ rule, path, line, what: specifier ?? "a computed import" })),
        ...wrongUses.map(({ name: what, line }) => ({ rule, path, line, what })),
      ];
    });
  });
}
