import type { Urls } from "../../core/action-url.ts";
import { unsealItem } from "../../core/checkpoint.ts";
import type { Item } from "../../core/checkpoint-store.ts";
import type { Sealer } from "../../core/seal.ts";
import type { CallRecord, RequestRecord } from "../../rehearsal/call-record.ts";
import type { Counterparts } from "./http-faults.ts";

/** What is compared of one call, in the same words for both transports. */
export interface Observed {
  readonly heard: readonly string[];
  readonly ended: string;
  /** Requests for TwiML in order: kind, leg, attempts, what came of it, the error code that the fallback was told. */
  readonly webhooks: readonly string[];
  readonly media: readonly string[];
  /** Sorted: the status callbacks of one verb have no order. */
  readonly statuses: readonly string[];
  /** In order: name, arguments and idempotency key. */
  readonly effects: readonly string[];
  /** The checkpoint that the table holds at the end. */
  readonly checkpoint: string;
}

export interface Outcome {
  readonly record: CallRecord;
  readonly effects: readonly string[];
  readonly item: Item | undefined;
  readonly sealer: Sealer;
  readonly urls: Pick<Urls, "parse">;
}

export function observe({ record, effects, item, sealer, urls }: Outcome): Observed {
  const line = ({ kind, url, attempts, params, outcome }: RequestRecord): string => {
    const leg = urls.parse(url)?.leg ?? "nobody";
    const came = outcome.kind === "answer" ? outcome.status : `failed ${outcome.errorCode}`;
    const told = params.ErrorCode === undefined ? "" : `, told ${params.ErrorCode}`;
    return `${kind} ${leg}${attempts === 1 ? "" : ` x${attempts}`}: ${came}${told}`;
  };
  const lines = (wanted: (kind: RequestRecord["kind"]) => boolean): string[] =>
    record.requests.filter(({ kind }) => wanted(kind)).map(line);
  return {
    heard: record.heard.map(plain),
    ended: record.ended,
    webhooks: lines(isForTwiml),
    media: lines((kind) => kind === "media"),
    statuses: lines((kind) => kind === "status").toSorted(),
    effects: effects.map(plain),
    checkpoint: checkpointOf(record.callSid, item, sealer),
  };
}

export function isForTwiml(kind: RequestRecord["kind"] | undefined): boolean {
  return kind !== "media" && kind !== "status";
}

/** @returns each thing in which the two differ, with what was observed; `code` says which precise codes stand for each other */
export function differencesOf(
  http: Observed,
  inProcess: Observed,
  codes: readonly NonNullable<Counterparts[keyof Counterparts]["code"]>[],
): { what: keyof Observed; http: string; inProcess: string }[] {
  const found: { what: keyof Observed; http: string; inProcess: string }[] = [];
  for (const what of Object.keys(http) as (keyof Observed)[]) {
    const there = textOf(inProcess[what]);
    let here = textOf(http[what]);
    for (const code of codes) here = here.replaceAll(`told ${code.http}`, `told ${code.inProcess}`);
    if (here !== there) found.push({ what, http: here, inProcess: there });
  }
  return found;
}

function textOf(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join(" | ");
}

function checkpointOf(callSid: string, item: Item | undefined, sealer: Sealer): string {
  if (item?.checkpoint === undefined) return "none";
  const { leg, data } = item.checkpoint;
  const opened = unsealItem(sealer, callSid, data, item.checkpoint);
  return `by the ${leg}: ${plain(JSON.stringify(opened) ?? "unreadable")}`;
}

const sids = /\b(AC|CA|RE)[0-9a-f]{32}\b/g;
/** The outside services make up their own. */
const references = /\bR-[0-9A-Z]{4,12}\b/g;

function plain(text: string): string {
  return text.replace(sids, "$1").replace(references, "R-");
}
