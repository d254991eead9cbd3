import { type Language, languages } from "../../core/verbs.ts";
import { commandLine, UsageError } from "../command-line.ts";

export interface NumberArguments {
  readonly command: "show" | "set" | "check" | "restore";
  readonly number: string;
  readonly flow: string | undefined;
  readonly language: Language | undefined;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly strict: boolean;
}

const commands = ["show", "set", "check", "restore"] as const;

/**
 * Reads the command line of `number`.
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(args: readonly string[]): NumberArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { flow: text, lang: text, json: flag, "dry-run": flag, strict: flag, help: flag };
  const parsed = commandLine({ args: [...args], options, allowPositionals: true });
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [word, number, ...more] = positionals;
  const command = commands.find((one) => one === word);
  if (command === undefined) throw new UsageError(`the first argument is one of ${commands.join(", ")}`);
  if (number === undefined || !/^\+[1-9]\d{6,14}$/.test(number)) {
    throw new UsageError(`${command} needs a phone number, E.164, like +815012345678`);
  }
  if (more.length > 0) throw new UsageError("one number at a time");
  const language = languages.find((one) => one === values.lang);
  if (values.lang !== undefined && language === undefined) throw new UsageError(`--lang: ${languages.join(" or ")}`);
  if (command === "set" && values.flow === undefined) throw new UsageError("set needs --flow");
  const { flow, json, strict } = values;
  return { command, number, flow, language, json, strict, dryRun: values["dry-run"] };
}
