import { parseArgs } from "node:util";
import { UsageError } from "../command-line.ts";
import { isBundleName } from "./bundle.ts";
import { type ProbeSettings, probeOptions, readProbeSettings } from "./probe-settings.ts";

/** What `--probe` and `--bundle` make of a command line. */
export interface Extra {
  readonly probing: Extract<ProbeSettings, { kind: "settings" }> | undefined;
  /** file of the archive */
  readonly bundle: string | undefined;
  /** triage's own arguments */
  readonly rest: readonly string[];
  /** there is nothing to triage: only to probe */
  readonly alone: boolean;
}

const options = { ...probeOptions, bundle: { type: "string" } } as const;

/**
 * Takes the options of `--probe` and `--bundle` out of a command line.
 *
 * @throws UsageError for those that make no sense
 */
export function takeExtra(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Extra {
  if (args.includes("--help")) return { probing: undefined, bundle: undefined, rest: ["--help"], alone: false };
  // options that are not ours take no value here: what follows them stays where it is
  const { values, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const taken = new Set<number>();
  const named = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(options, token.name)) continue;
    named.add(token.name);
    taken.add(token.index);
    if (token.value !== undefined && token.inlineValue === false) taken.add(token.index + 1);
    const wants = token.name !== "probe";
    if (wants && (token.value === undefined || token.value === ""))
      throw new UsageError(`--${token.name} needs a value`);
    if (!wants && token.value !== undefined) throw new UsageError("--probe takes no value");
  }
  const rest = args.filter((_, index) => !taken.has(index));
  const bundle = text(values.bundle);
  if (bundle !== undefined && !isBundleName(bundle))
    throw new UsageError("--bundle: a file that ends in .tar.gz or .tgz");
  const alone = rest.every((one) => one === "--json") && bundle === undefined;
  if (values.probe !== true) {
    const [lonely] = [...named].filter((name) => name !== "bundle");
    if (lonely !== undefined) throw new UsageError(`--${lonely} goes with --probe`);
    return { probing: undefined, bundle, rest, alone: false };
  }
  const settings = readProbeSettings(
    {
      public: text(values.public),
      api: text(values.api),
      function: text(values.function),
      fallback: text(values.fallback),
      times: text(values.times) ?? probeOptions.times.default,
      every: text(values.every) ?? probeOptions.every.default,
    },
    env,
  );
  if (settings.kind === "wrong") throw new UsageError(settings.why);
  return { probing: settings, bundle, rest, alone };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
