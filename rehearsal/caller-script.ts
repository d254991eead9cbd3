import type { DialStatus } from "../core/input.ts";

/** What the caller does at one verb that waits for somebody: gather, record or dial. */
export type CallerStep =
  | { kind: "digits"; digits: string }
  | { kind: "speech"; text: string }
  | { kind: "silence" }
  | { kind: "hangup" }
  | { kind: "record"; durationSec: number; endedBy: "key" | "silence" | "hangup" }
  | { kind: "dial"; status: CalledStatus; durationSec: number };

/** What can come of calling a person; the other statuses are Twilio's own doing. */
export type CalledStatus = Exclude<DialStatus, "answered" | "canceled">;

/** What the caller knows when the line waits: the verb, how many came before it, and what was heard since the last one. */
export type Question = { verb: "Gather" | "Record" | "Dial"; index: number; heard: string[] };

/** A list is used up in order, then the caller is silent; a function decides from what was heard. */
export type Caller = CallerStep[] | ((question: Question) => CallerStep);

export type ParsedScript = { kind: "script"; steps: CallerStep[] } | { kind: "error"; detail: string };

/**
 * Reads `1,say:hello world,silence,record:5,dial:busy,hangup`. An item is digits unless it says otherwise; `record:5` takes how it
 * ended (`record:5:hangup`), `dial:completed` its length in seconds (`dial:completed:30`).
 */
export function parseScript(text: string): ParsedScript {
  const steps: CallerStep[] = [];
  for (const item of text.trim() === "" ? [] : text.split(",")) {
    const step = parseItem(item.trim());
    if (step === undefined) {
      const known = "digits, say:<words>, silence, hangup, record:<seconds> or dial:<status>";
      return { kind: "error", detail: `caller script: "${item.trim()}" is not ${known}` };
    }
    steps.push(step);
  }
  return { kind: "script", steps };
}

function parseItem(item: string): CallerStep | undefined {
  if (/^[0-9*#]{1,64}$/.test(item)) return { kind: "digits", digits: item };
  if (item === "silence" || item === "hangup") return { kind: item };
  const [kind = "", first = "", second = ""] = splitItem(item);
  if (kind === "say" && first !== "") return { kind: "speech", text: first };
  if (kind === "record" && /^\d{1,5}$/.test(first)) {
    const endedBy = second === "" ? "silence" : second;
    if (endedBy !== "key" && endedBy !== "silence" && endedBy !== "hangup") return undefined;
    return { kind: "record", durationSec: Number(first), endedBy };
  }
  if (kind === "dial" && /^\d{0,5}$/.test(second)) {
    if (first !== "completed" && first !== "busy" && first !== "no-answer" && first !== "failed") return undefined;
    const durationSec = second !== "" ? Number(second) : first === "completed" ? 10 : 0;
    return { kind: "dial", status: first, durationSec };
  }
  return undefined;
}

/** Words after `say:` may hold colons. */
function splitItem(item: string): string[] {
  return item.startsWith("say:") ? ["say", item.slice(4).trim()] : item.split(":");
}
