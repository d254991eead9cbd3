import { type Language, languages } from "../../core/verbs.ts";
import { commandLine, UsageError } from "../command-line.ts";

export interface DeployArguments {
  readonly dryRun: boolean;
  readonly rollback: boolean;
  /** this step and those behind it are done even if they were done before */
  readonly from: string | undefined;
  readonly number: string | undefined;
  readonly flow: string | undefined;
  readonly language: Language | undefined;
}

/**
 * Reads the command line of `deploy`.
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(args: readonly string[], steps: readonly string[]): DeployArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { "dry-run": flag, rollback: flag, from: text, number: text, flow: text, lang: text, help: flag };
  const values = commandLine({ args: [...args], options }).values;
  if (values.help) return undefined;
  const { from, number, flow, rollback } = values;
  if (from !== undefined && !steps.includes(from)) throw new UsageError(`--from: one of ${steps.join(", ")}`);
  if (number !== undefined && !/^\+[1-9]\d{6,14}$/.test(number))
    throw new UsageError("--number: E.164, like +815012345678");
  if (number !== undefined && flow === undefined) throw new UsageError("--number needs --flow: what its callers begin");
  const language = languages.find((one) => one === values.lang);
  if (values.lang !== undefined && language === undefined) throw new UsageError(`--lang: ${languages.join(" or ")}`);
  return { dryRun: values["dry-run"], rollback, from, number, flow, language };
}
