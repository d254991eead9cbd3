import { commandLine, UsageError } from "../command-line.ts";
import { shown } from "../shown.ts";

/** What goes wrong in the calls of a rehearsal. */
export type Faults =
  | { readonly kind: "none" | "single" | "pairs" }
  | { readonly kind: "random"; readonly cases: number };

export interface RehearseArguments {
  readonly flow: string | undefined;
  readonly script: string | undefined;
  readonly faults: Faults;
  /** `all`, `few`, or what `dialectOf` reads */
  readonly dialect: string;
  readonly seed: number;
  readonly workers: number;
  readonly caseId: string | undefined;
  readonly http: boolean;
  readonly json: boolean;
  /** a file to write */
  readonly html: string | undefined;
  /** a module that exports `flows`, relative to the working directory */
  readonly flowsModule: string | undefined;
}

export const seedMax = 4_294_967_295;
const randomCasesMax = 10_000_000;
const workersMax = 64;

/**
 * @param otherwise what is taken where nothing is said
 * @returns "help" when that was asked for
 * @throws UsageError
 */
export function readArguments(
  args: readonly string[],
  otherwise: { readonly seed: number; readonly workers: number },
): RehearseArguments | "help" {
  const values = parse(args);
  if (values.help) return "help";
  const { flow, script, case: caseId, http, json, html, flows: flowsModule } = values;
  if (http && caseId !== undefined) throw new UsageError("--http and --case: a case is placed in this process");
  if (html !== undefined && (http || caseId !== undefined))
    throw new UsageError("--html: only a rehearsal makes a page");
  return {
    flow,
    script,
    faults: faultsOf(values.faults ?? "single"),
    // behind every single fault there are as many pairs: in all dialects they would take hours
    dialect: values.dialect ?? (values.faults === "pairs" ? "few" : "all"),
    seed: wholeNumber("seed", values.seed, 0, seedMax) ?? otherwise.seed,
    workers: wholeNumber("workers", values.workers, 1, workersMax) ?? otherwise.workers,
    caseId,
    http,
    json,
    html,
    flowsModule,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const texts = { flow: text, script: text, faults: text, dialect: text, seed: text, workers: text, case: text };
  const options = { ...texts, html: text, flows: text, http: flag, json: flag, help: flag };
  return commandLine({ args: [...args], options }).values;
}

function faultsOf(text: string): Faults {
  if (text === "none" || text === "single" || text === "pairs") return { kind: text };
  const [, cases] = /^random:(\d{1,8})$/.exec(text) ?? [];
  if (cases === undefined || Number(cases) < 1 || Number(cases) > randomCasesMax) {
    throw new UsageError(
      `--faults ${shown(text)}: it is none, single, pairs or random:N, N from 1 to ${randomCasesMax}`,
    );
  }
  return { kind: "random", cases: Number(cases) };
}

/** The same text again. */
export function faultsText(faults: Faults): string {
  return faults.kind === "random" ? `random:${faults.cases}` : faults.kind;
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${shown(text)}: a whole number from ${min} to ${max}`);
}
