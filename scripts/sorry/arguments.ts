import { commandLine, UsageError } from "../command-line.ts";
import { shown } from "../shown.ts";

/** What is said, as it was given: in English, in Japanese. */
export interface GivenWords {
  readonly message: { readonly en?: string; readonly ja?: string };
  readonly reason: { readonly en?: string; readonly ja?: string };
  /** of the catalogue of prompts */
  readonly audio: string | undefined;
}

export interface SorryArguments {
  readonly command: "on" | "off" | "status";
  readonly words: GivenWords;
  readonly until: string | undefined;
  readonly scope: "new-calls" | "all";
  readonly flows: readonly string[] | undefined;
  readonly allow: readonly string[];
}

export interface Known {
  readonly flows: readonly string[];
  readonly prompts: readonly string[];
}

const commands = ["on", "off", "status"] as const;

/**
 * Reads the command line of `sorry`.
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense; a number never stands in it
 */
export function readArguments(args: readonly string[], known: Known): SorryArguments | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [word, ...more] = positionals;
  const command = commands.find((one) => one === word);
  if (command === undefined || more.length > 0) throw new UsageError(`one argument: ${commands.join(", ")}`);
  const { audio, until, allow = [], scope = "new-calls" } = values;
  const words = {
    message: both(values.message, values["message-ja"]),
    reason: both(values.reason, values["reason-ja"]),
    audio,
  };
  const hasMessage = Object.keys(words.message).length > 0;
  if (audio !== undefined && hasMessage) throw new UsageError("--audio or --message: the recording has its own text");
  if (audio !== undefined && !known.prompts.includes(audio)) {
    throw new UsageError(`--audio: no prompt of flows/media.ts; there are ${known.prompts.join(", ")}`);
  }
  if (command !== "on" && (until !== undefined || allow.length > 0 || values.scope !== undefined)) {
    throw new UsageError(`${command} takes no --until, --scope or --allow`);
  }
  if (command === "status" && (audio !== undefined || hasMessage || Object.keys(words.reason).length > 0)) {
    throw new UsageError("status takes no message");
  }
  if (!allow.every((number) => /^\+[1-9]\d{6,14}$/.test(number))) throw new UsageError("--allow: E.164, like +81…");
  return { command, words, until, allow, ...scopeOf(scope, known.flows) };
}

function scopeOf(scope: string, known: readonly string[]): Pick<SorryArguments, "scope" | "flows"> {
  if (scope === "new-calls" || scope === "all") return { scope, flows: undefined };
  const flows = /^flow=(.+)$/.exec(scope)?.[1]?.split(",");
  if (flows === undefined) throw new UsageError("--scope: new-calls, all, or flow=NAME");
  const unknown = flows.find((flow) => !known.includes(flow));
  if (unknown !== undefined) throw new UsageError(`--scope: there is no flow '${shown(unknown)}': ${known.join(", ")}`);
  return { scope: "new-calls", flows };
}

function both(en: string | undefined, ja: string | undefined): GivenWords["message"] {
  return { ...(en && { en }), ...(ja && { ja }) };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    ...{ message: text, "message-ja": text, reason: text, "reason-ja": text, audio: text, until: text, scope: text },
    allow: { type: "string", multiple: true } as const,
    help: { type: "boolean", default: false } as const,
  };
  return commandLine({ args: [...args], options, allowPositionals: true });
}
