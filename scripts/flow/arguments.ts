import { commandLine, UsageError } from "../command-line.ts";
import { shown } from "../shown.ts";

export type FlowArguments =
  | {
      readonly command: "lint";
      readonly names: readonly string[];
      readonly strict: boolean;
      readonly json: boolean;
      readonly flowsModule: string | undefined;
    }
  | {
      readonly command: "graph";
      readonly name: string | undefined;
      readonly format: "mermaid" | "svg" | "json";
      /** a file to write; default: standard output */
      readonly out: string | undefined;
      /** `none`, or a file */
      readonly coverage: string | undefined;
      readonly flowsModule: string | undefined;
    };

/** @returns "help" when that was asked for @throws UsageError */
export function readFlowArguments(args: readonly string[]): FlowArguments | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  const [command, ...names] = positionals;
  const { svg, mermaid, json, strict, out, coverage, flows: flowsModule } = values;
  if (command === "lint") {
    if (svg || mermaid || out !== undefined || coverage !== undefined)
      throw new UsageError("--svg, --mermaid, --out and --coverage are of graph");
    return { command, names, strict, json, flowsModule };
  }
  if (command !== "graph") throw new UsageError(`'${shown(command ?? "")}' is neither lint nor graph`);
  if (strict) throw new UsageError("--strict is of lint");
  if (names.length > 1) throw new UsageError("graph draws one flow, or all of them as Mermaid");
  if ([svg, mermaid, json].filter(Boolean).length > 1) throw new UsageError("one of --svg, --mermaid, --json");
  const [name] = names;
  return { command, name, format: svg ? "svg" : json ? "json" : "mermaid", out, coverage, flowsModule };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = {
    svg: flag,
    mermaid: flag,
    json: flag,
    strict: flag,
    help: flag,
    out: text,
    coverage: text,
    flows: text,
  };
  return commandLine({ args: [...args], options, allowPositionals: true });
}
