import { createUrls } from "../../../core/action-url.ts";
import type { Leg } from "../../../core/checkpoint.ts";
import { type Clock, systemClock } from "../../../core/clock.ts";
import type { Engine } from "../../../core/engine.ts";
import type { Flow } from "../../../core/flow.ts";
import { limits } from "../../../core/limits.ts";
import { createSealer } from "../../../core/seal.ts";
import { toVoiceRequest } from "../../../core/voice-request.ts";
import type { CallEnd, RequestKind } from "../../../rehearsal/call-record.ts";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import type { Exchange } from "../../../rehearsal/exchange.ts";
import { patientCaller } from "../../../rehearsal/patient-caller.ts";
import { placeCall } from "../../../rehearsal/place-call.ts";
import { failed } from "../../../rehearsal/reply.ts";
import { askLeg } from "../../../rehearsal/world/leg.ts";
import type { MeasuredTable, TableUse } from "./measured-table.ts";

/** A request that reached a leg's own code, and what it did to the table. */
export interface Handled {
  readonly leg: Leg;
  readonly kind: RequestKind;
  /** since the call began, in virtual time */
  readonly atMs: number;
  readonly uses: readonly TableUse[];
  /** of the answer's body */
  readonly answerBytes: number;
}

/** A file of a prompt that was fetched. */
export interface Fetched {
  readonly leg: Leg;
  /** below `prompts/` */
  readonly file: string;
  /** since the call began */
  readonly atMs: number;
}

export interface PlacedCall {
  readonly ended: CallEnd;
  readonly endedAtMs: number;
  readonly handled: readonly Handled[];
  readonly media: readonly Fetched[];
  /** of the item when all was over */
  readonly itemBytes: number;
  readonly longestUrlCharacters: number;
}

export interface Placing {
  readonly table: MeasuredTable;
  readonly flow: Flow;
  readonly caller: readonly CallerStep[];
  readonly callSid: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Is this request's connection to the primary refused? Asked once for each. */
  readonly isRefused: (kind: RequestKind) => boolean;
}

const bases = { primary: "https://primary.example.com", fallback: "https://fallback.example.com" };
const sealKeys = `k1:${Buffer.alloc(32, 1).toString("base64")}`;
/** As long as those of the built legs: both are stored. */
const token = "00000000-0000-4000-8000-000000000000";
const build = "0".repeat(12);
/** A day in 2026; only its number of digits matters. */
const startMs = 1_795_000_000_123;

/** Places one call through both legs in this process: the product's own turns and store, in virtual time. */
export async function placeMeasured(placing: Placing): Promise<PlacedCall> {
  const { table, flow, caller, callSid, isRefused } = placing;
  const urls = createUrls(bases);
  let nowMs = startMs;
  const clock: Clock = { ...systemClock, nowMs: () => nowMs };
  const engineOf = (leg: Leg): Engine => ({
    leg,
    flows: new Map([[flow.name, flow]]),
    store: table.store,
    sealer: createSealer(sealKeys),
    urls,
    clock,
    log: () => {},
    newToken: () => token,
    build,
    settings: placing.settings,
    tableBudgetMs: leg === "primary" ? limits.primaryTableBudgetMs : limits.fallbackTableBudgetMs,
  });
  const engines = { primary: engineOf("primary"), fallback: engineOf("fallback") };
  const handled: Handled[] = [];
  const media: Fetched[] = [];
  let itemBytes = 0;
  let longestUrlCharacters = 0;

  const exchange: Exchange = async ({ url, kind = "action", params }) => {
    const parsed = urls.parse(url);
    if (parsed === undefined) throw new Error(`the call of '${flow.name}' left the legs: ${url}`);
    const { leg } = parsed;
    if (leg === "primary" && isRefused(kind)) return failed(11202, "ECONNREFUSED", "ct");
    if (kind === "media") {
      media.push({ leg, file: parsed.file ?? "", atMs: nowMs - startMs });
      return { kind: "answer", status: 200, headers: { "content-type": "audio/mpeg" }, body: "audio" };
    }
    const request = toVoiceRequest(new Map(Object.entries(params)));
    if ("kind" in request) throw new Error(`the call of '${flow.name}' made a request that is none: ${request.reason}`);
    const { status, contentType, body } = await askLeg(engines[leg], parsed, request);
    const uses = table.taken();
    itemBytes = uses.findLast((use) => use.callSid === callSid)?.afterBytes ?? itemBytes;
    for (const [found] of body.matchAll(/https:\/\/[^"<\s]+/g)) {
      longestUrlCharacters = Math.max(longestUrlCharacters, found.replaceAll("&amp;", "&").length);
    }
    handled.push({ leg, kind, atMs: nowMs - startMs, uses, answerBytes: Buffer.byteLength(body) });
    return { kind: "answer", status, headers: { "content-type": contentType }, body };
  };
  table.taken();
  const { script, onEvent } = patientCaller(caller);
  const { ended } = await placeCall({
    voiceUrl: urls.voice(flow.name),
    fallbackUrl: urls.fallback(flow.name),
    statusCallbackUrl: urls.callStatus(flow.name),
    authToken: "not signed in this process",
    accountSid: `AC${"0".repeat(32)}`,
    callSid,
    script,
    onEvent,
    exchange,
    sleep: async (ms) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
    documentsMax: 2 * limits.turnsMax,
  });
  return { ended, endedAtMs: nowMs - startMs, handled, media, itemBytes, longestUrlCharacters };
}
