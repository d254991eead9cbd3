import type { ParsedUrl } from "./action-url.ts";
import { type Checkpoint, type SealedUrl, unsealItem, unsealUrl } from "./checkpoint.ts";
import type { Item } from "./checkpoint-store.ts";
import type { Engine } from "./engine.ts";
import { type Input, toInput } from "./input.ts";
import { type EffectScope, effectScope, openPin } from "./once.ts";
import { type Table, tableFor } from "./table.ts";
import type { Language } from "./verbs.ts";
import type { VoiceRequest } from "./voice-request.ts";
import type { Work } from "./work.ts";

/** One webhook being answered. */
export interface Webhook {
  readonly engine: Engine;
  readonly request: VoiceRequest;
  readonly table: Table;
  /** of the call that the checkpoint belongs to; a called person's request has a CallSid of its own */
  readonly callSid: string;
  /** the checkpoint that the request came with */
  readonly at: Checkpoint | undefined;
  /** for the last resort: what is known of the call even when its checkpoint is not */
  readonly flow: string;
  readonly language: Language | undefined;
  /** sealed data with which a call that we placed begins */
  readonly begin: string | undefined;
}

/** @param urls what else names the flow and the language of the call, the best first; unknown flows are passed over */
export function webhookOf(
  engine: Engine,
  request: VoiceRequest,
  sealed: SealedUrl | undefined,
  urls: readonly (ParsedUrl | undefined)[],
): Webhook {
  const callSid = sealed?.verb === "whisper" ? (diallingCallSid(request) ?? request.callSid) : request.callSid;
  const table = tableFor(engine.store, callSid, engine.clock, engine.tableBudgetMs);
  const named = [sealed?.checkpoint, ...urls];
  const flow = named.find((one) => one?.flow !== undefined && engine.flows.has(one.flow))?.flow ?? "";
  const language = named.find((one) => one?.language)?.language;
  const begin = urls.find((url) => url?.begin)?.begin;
  return { engine, request, table, callSid, at: sealed?.checkpoint, flow, language, begin };
}

/** Opens the sealed checkpoint of a URL that this request asks for; that of a whisper belongs to the call that dialled. */
export function openUrl(engine: Engine, request: VoiceRequest, sealed: string | undefined): SealedUrl | undefined {
  const own = unsealUrl(engine.sealer, request.callSid, sealed);
  const dialling = diallingCallSid(request);
  if (own !== undefined || dialling === undefined) return own;
  const theirs = unsealUrl(engine.sealer, dialling, sealed);
  return theirs?.verb === "whisper" ? theirs : undefined;
}

/** The call that dialled this one, or that takes it out of a queue: a whisper is theirs [D number, queue pages]. */
function diallingCallSid({ parentCallSid, params }: VoiceRequest): string | undefined {
  return parentCallSid ?? params.get("DequeingCallSid");
}

/** The language of a call that begins. */
export function spokenIn(webhook: Webhook): Language {
  return webhook.language ?? webhook.engine.flows.get(webhook.flow)?.language ?? "en";
}

/** The turn that an ordinary request asks for. */
export function ordinary(sealed: SealedUrl, base: Checkpoint, request: VoiceRequest): Work {
  const input = inputOf(sealed, request) ?? (sealed.verb === "connect" ? sessionEnded : { kind: "nothing" });
  return { base, input, pinned: false, known: undefined, resumed: false, plain: false };
}

/** What the action request of a Connect tells even when it has no parameters [D connect page]. */
const sessionEnded: Input = { kind: "connect", status: "ended", handoff: undefined, errorCode: undefined };

/** The caller's answer, as far as the request holds one. */
export function inputOf({ verb }: SealedUrl, request: VoiceRequest): Input | undefined {
  return verb === "play" || verb === "whisper" || verb === "wait" ? undefined : toInput(verb, request.params);
}

/** The `once` of a turn. */
export function effectsOf({ engine, request, table }: Webhook, work: Work): EffectScope {
  const { leg, sealer, clock, newToken } = engine;
  const { base, input, known } = work;
  const pin = work.pinned ? known?.pins.get(base.turn) : undefined;
  const context = { leg, callSid: request.callSid, base, input, pin, known, table, sealer, clock, newToken };
  return effectScope(context);
}

/** The answer that a claim pinned at a turn. */
export function pinnedAnswer(webhook: Webhook, item: Item | undefined, turn: number): Input | undefined {
  const pin = item?.pins.get(turn);
  return pin && openPin(webhook.engine.sealer, webhook.request.callSid, turn, pin);
}

/** The item's checkpoint; undefined when there is none, or none that this leg's keys and build can read. */
export function openItem(webhook: Webhook, item: Item): Checkpoint | undefined {
  const stored = item.checkpoint;
  return stored && unsealItem(webhook.engine.sealer, webhook.callSid, stored.data, stored);
}
