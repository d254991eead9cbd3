import type { Urls } from "../../core/action-url.ts";
import { type Checkpoint, startOf, unsealUrl } from "../../core/checkpoint.ts";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import type { Sealer } from "../../core/seal.ts";
import type { Intercept, OutgoingRequest } from "../../rehearsal/call-record.ts";
import type { Exchange } from "../../rehearsal/exchange.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { createChoices } from "../../rehearsal/world/choices.ts";
import { createScene } from "../../rehearsal/world/scene.ts";
import { scriptedCaller } from "../../rehearsal/world/scripted-caller.ts";
import { virtualTime } from "../../rehearsal/world/virtual-time.ts";
import type { HttpCase } from "./http-cases.ts";
import { type HttpFault, isSurvived, isTableFault, isWaitedFor } from "./http-faults.ts";
import type { Slots } from "./http-gates.ts";
import type { FaultyNetwork } from "./http-network.ts";
import { isForTwiml, type Observed, observe } from "./http-observed.ts";

/** What all calls over HTTP share. */
export interface HttpWorld {
  readonly network: FaultyNetwork;
  readonly urls: Urls;
  readonly sealer: Sealer;
  readonly store: Pick<CheckpointStore, "read">;
  readonly authToken: string;
  readonly accountSid: string;
  readonly slots: Slots;
  /** In order, of one call. */
  effectsOf(callSid: string): readonly string[];
}

/** Stands around a request that meets a fault of the table. */
export type AtTheTable = (send: () => ReturnType<Exchange>) => ReturnType<Exchange>;

const itemWithinMs = 5_000;
const documentsMax = 100;

/** Places the call of a case over HTTP, with the same scripted caller as in process. @returns also the time spent in requests */
export async function placeOverHttp(
  { script, stage, dialect, faults }: HttpCase,
  callSid: string,
  world: HttpWorld,
  atTheTable: AtTheTable = (send) => send(),
): Promise<{ observed: Observed; onTheWireMs: number }> {
  const { network, urls, sealer } = world;
  const { flow } = stage;
  const choices = createChoices(new Map());
  const time = virtualTime(0);
  const scene = createScene(choices, time);
  const caller = scriptedCaller(script, scene, choices, () => {});
  let attempts = 0;
  let met: HttpFault | "none" = "none";
  let onTheWireMs = 0;

  const intercept: Intercept = async (request, sendNow) => {
    const send: typeof sendNow = async () => {
      const startedMs = performance.now();
      const reply = await sendNow();
      onTheWireMs += performance.now() - startedMs;
      return reply;
    };
    if (!isForTwiml(request.kind)) return world.slots.run(send);
    met = faults.get(attempts) ?? "none";
    attempts += 1;
    const reply = await passing(met, send);
    if (reply.kind === "answer" && reply.status === 200 && (met === "none" || isSurvived(met) || isTableFault(met))) {
      noteDocument(request, reply.body);
    }
    return reply;
  };
  const passing = (fault: HttpFault | "none", send: Parameters<Intercept>[1]) => {
    if (fault === "none") return world.slots.run(send);
    if (isTableFault(fault)) return atTheTable(send);
    return isWaitedFor(fault) ? send() : world.slots.run(send);
  };
  const exchange: Exchange = (request) =>
    network.exchange(request, met !== "none" && isForTwiml(request.kind) && !isTableFault(met) ? met : "none");

  /** A document without any sealed checkpoint of ours asks for nothing more: the last resort, or a flow's end. */
  function noteDocument(request: OutgoingRequest, twiml: string): void {
    const checkpoint = positionOf(twiml) ?? scene.here() ?? startOf(flow.name, script.language);
    const outcome = positionOf(twiml) === undefined ? "last-resort" : "answered";
    const leg = urls.parse(request.url)?.leg ?? "primary";
    const told = { saved: true, reason: undefined, trouble: undefined };
    const answer = { kind: "document", twiml, outcome, checkpoint, ...told } as const;
    scene.given.push({ leg, answer, resuming: request.isFallback, atMs: time.nowMs() });
  }

  function positionOf(twiml: string): Checkpoint | undefined {
    for (const [url] of twiml.matchAll(/https?:[^"<\s]+/g)) {
      const opened = unsealUrl(sealer, callSid, urls.parse(url.replaceAll("&amp;", "&"))?.sealed);
      if (opened !== undefined) return opened.checkpoint;
    }
    return undefined;
  }

  const language = script.language === flow.language ? undefined : script.language;
  const record = await placeCall({
    voiceUrl: urls.voice(flow.name, language),
    fallbackUrl: urls.fallback(flow.name, language),
    statusCallbackUrl: urls.callStatus(flow.name),
    authToken: world.authToken,
    accountSid: world.accountSid,
    callSid,
    script: caller.script,
    fullDialect: dialect.dialect,
    intercept,
    exchange,
    documentsMax,
  });
  const read = await world.store.read(callSid, { nowMs: Date.now(), withinMs: itemWithinMs });
  if (read.kind === "unavailable") throw new Error(`the table cannot be read after a call: ${read.reason}`);
  const item = read.kind === "found" ? read.item : undefined;
  return { observed: observe({ record, effects: world.effectsOf(callSid), item, sealer, urls }), onTheWireMs };
}
