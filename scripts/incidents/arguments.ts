import { commandLine, UsageError } from "../command-line.ts";

export type IncidentsArguments =
  | { readonly command: "make"; readonly names: readonly string[]; readonly dir: string }
  | { readonly command: "matrix"; readonly names: readonly string[]; readonly dir: string; readonly json: boolean }
  | { readonly command: "list" };

/**
 * Reads the command line of `incidents`.
 * @param known names of incidents
 * @param usualDir of the corpus
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(
  args: readonly string[],
  known: readonly string[],
  usualDir: string,
): IncidentsArguments | undefined {
  const options = {
    dir: { type: "string", default: usualDir },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  const parsed = commandLine({ args: [...args], options, allowPositionals: true });
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [command, ...names] = positionals;
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw new UsageError("there is no incident of that name: `incidents list` has them");
  const { dir, json } = values;
  if (command === "make" || command === "list") {
    if (json) throw new UsageError("--json is for matrix");
    return command === "make" ? { command, names, dir } : { command };
  }
  if (command !== "matrix") throw new UsageError("the first argument is make, matrix or list");
  return { command, names, dir, json };
}
