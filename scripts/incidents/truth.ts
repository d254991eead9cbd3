import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FailedRequest, Saved, TriageResult, Verdict } from "../triage/result.ts";

/** What an incident's truth.json tells of one request. */
export interface TrueRequest {
  readonly callSid: string;
  readonly kind: string;
  readonly verdict: Verdict;
  readonly saved: Saved;
}

export interface Truth {
  /** One sentence: what really happened. */
  readonly what: string;
  readonly fault: string;
  readonly requests: readonly TrueRequest[];
}

/** One request as it was and as it was judged; one of the two may be missing. */
export interface Judged {
  readonly incident: string;
  readonly callSid: string;
  readonly truth: TrueRequest | undefined;
  readonly judged: FailedRequest | undefined;
}

/** @throws when the folder holds no truth */
export async function readTruth(folder: string): Promise<Truth> {
  return JSON.parse(await readFile(path.join(folder, "truth.json"), "utf8"));
}

/**
 * Puts the truth and the judgement of each request side by side: by call and by what was asked (a document, media, the fallback), and
 * there in the order of time; those that agree first where there are more of one than of the other.
 */
export function sideBySide(incident: string, truth: Truth, { requests }: Pick<TriageResult, "requests">): Judged[] {
  const were = Map.groupBy(truth.requests, ({ callSid, kind }) => `${callSid} ${classOf(kind)}`);
  const inTime = requests.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const judged = Map.groupBy(inTime, ({ callSid = "", url }) => `${callSid} ${classOfUrl(url)}`);
  const groups = new Set([...were.keys(), ...judged.keys()]);
  return [...groups].flatMap((group) => {
    const [callSid = ""] = group.split(" ", 1);
    const pairs = paired(were.get(group) ?? [], judged.get(group) ?? []);
    return pairs.map(([one, other]) => ({ incident, callSid, truth: one, judged: other }));
  });
}

function classOf(kind: string): string {
  return kind === "fallback" || kind === "media" ? kind : "document";
}

/** A judgement without a URL is one about a document. */
function classOfUrl(url = ""): string {
  if (url.includes("/voice-fallback")) return "fallback";
  return /\/(?:media|prompts)\//.test(url) ? "media" : "document";
}

type Pair = readonly [TrueRequest | undefined, FailedRequest | undefined];

function paired(were: readonly TrueRequest[], judged: readonly FailedRequest[]): Pair[] {
  if (were.length === judged.length) return were.map((one, k) => [one, judged[k]]);
  const left = [...judged];
  const pairs: Pair[] = were.map((one) => {
    const at = left.findIndex(({ verdict }) => verdict === one.verdict);
    return [one, at < 0 ? undefined : left.splice(at, 1)[0]];
  });
  const filled = pairs.map(([one, other]): Pair => [one, other ?? left.shift()]);
  return [...filled, ...left.map((other): Pair => [undefined, other])];
}

/** @returns undefined when the judgement is right, else what is wrong with it */
export function wrongIn({ truth, judged }: Judged): string | undefined {
  if (truth === undefined) return `judged ${judged?.verdict}, but it did not fail`;
  if (judged === undefined) return `${truth.verdict}, but nothing was said of it`;
  if (judged.verdict !== truth.verdict) return `${truth.verdict}, judged ${judged.verdict}`;
  return judged.saved === truth.saved ? undefined : `${truth.saved}, judged ${judged.saved}`;
}
