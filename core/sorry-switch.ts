import { createHmac } from "node:crypto";
import { limits } from "./limits.ts";
import { mediaFile, whole } from "./names.ts";
import { type Language, languages } from "./verbs.ts";

/** The switch of sorry mode, as a leg knows it: each leg has its own. */
export interface SorrySwitch {
  readonly on: boolean;
  /** `new-calls`: calls in progress finish. `all`: they hear the message, too, in place of their next turn. */
  readonly scope: "new-calls" | "all";
  /** it ends by itself then */
  readonly untilMs?: number;
  /** only new calls of these flows */
  readonly flows?: readonly string[];
  /** callers who pass, as `allowMark` makes them: a number itself never stands in the switch */
  readonly allow?: readonly string[];
  /** What is said. The first line is the message; a second one what is said after a recording, too: the reason, the end. */
  readonly say?: Readonly<Partial<Record<Language, string>>>;
  /** prompts played in place of the first line */
  readonly audio?: Readonly<Partial<Record<Language, string>>>;
}

/** What holds where nothing, or nothing readable, is set. */
export const sorryOff: SorrySwitch = { on: false, scope: "new-calls" };
/** With the default message, for every new call. */
export const sorryOn: SorrySwitch = { ...sorryOff, on: true };

const audioFile = whole(mediaFile);

/**
 * Reads a switch: `on` or `off`, and behind it the rest as a JSON object, if there is more to say. So a person can set it by hand
 * in the console of either cloud.
 *
 * @param say texts that stand elsewhere: a variable of a Twilio Function is too short for all
 * @returns undefined for what is no switch
 */
export function readSorry(text: string, say: SorrySwitch["say"] = {}): SorrySwitch | undefined {
  const [, word, rest = "{}"] = /^\s*(on|off)\s*(\{.*\})?\s*$/s.exec(text) ?? [];
  if (word === undefined) return undefined;
  try {
    const { scope, untilMs, flows, allow, audio, say: own } = JSON.parse(rest);
    return {
      on: word === "on",
      scope: scope === "all" ? scope : "new-calls",
      ...(typeof untilMs === "number" && { untilMs }),
      ...(Array.isArray(flows) && { flows: flows.map(String) }),
      ...(Array.isArray(allow) && { allow: allow.map(String) }),
      say: texts({ ...own, ...say }, () => true),
      audio: texts({ ...audio }, (file) => audioFile.test(file)),
    };
  } catch {
    return undefined;
  }
}

/** Bounded, and nothing but texts: a switch that was written by hand must not end a call with an error. */
function texts(given: Partial<Record<Language, unknown>>, fits: (text: string) => boolean) {
  const kept = languages.flatMap((language) => {
    const text = given[language];
    const fit = typeof text === "string" && text !== "" && fits(text);
    return fit ? [[language, text.slice(0, limits.sorryTextCharactersMax)]] : [];
  });
  return Object.fromEntries(kept) as Partial<Record<Language, string>>;
}

export function isSorryOn({ on, untilMs }: SorrySwitch, nowMs: number): boolean {
  return on && (untilMs === undefined || nowMs < untilMs);
}

/** How a number stands in a switch: whoever reads it cannot tell the number without the account's auth token. */
export function allowMark(authToken: string, number: string): string {
  return createHmac("sha256", authToken).update(`sorry ${number}`).digest("base64url").slice(0, 16);
}
