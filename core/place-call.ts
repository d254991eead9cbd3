/** Outgoing calls: the same flows, begun by us. */
import { parseJson } from "./checkpoint.ts";
import type { StoredEffect } from "./checkpoint-store.ts";
import type { Engine } from "./engine.ts";
import { FlowError } from "./errors.ts";
import { limits } from "./limits.ts";
import { tableFor } from "./table.ts";
import type { Language } from "./verbs.ts";

export interface OutgoingCall {
  readonly flow: string;
  /** who is called: E.164, a SIP address or `client:name` */
  readonly to: string;
  /** a number of the account, E.164 */
  readonly from: string;
  /** with what the flow begins, besides its own data; travels sealed in the call's URLs, at most `limits.urlDataBytesMax` */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly language?: Language;
  /** one call for each key: a reminder's id, an order's number */
  readonly key: string;
}

/** What Twilio's Calls resource is asked for [D Call resource, "Create a Call"]; the names are those of its SDK. */
export interface CallParameters {
  readonly to: string;
  readonly from: string;
  readonly url: string;
  readonly method: "POST";
  readonly fallbackUrl: string;
  readonly fallbackMethod: "POST";
  readonly statusCallback: string;
  readonly statusCallbackEvent: string[];
  readonly statusCallbackMethod: "POST";
}

export interface Calls {
  /**
   * Asks Twilio for the call.
   * @returns its sid, or that it was refused: certain that there is no call (a 4xx)
   * @throws when it is not known whether there is one
   */
  create(parameters: CallParameters): Promise<{ readonly sid: string } | { readonly refused: string }>;
  /**
   * Looks for a call that was asked for since then. Twilio has no idempotency key for calls; a call is known again by its numbers
   * and the time. @throws when that cannot be told
   */
  find(to: string, from: string, sinceMs: number): Promise<string | undefined>;
}

export type PlacedCall =
  | { readonly kind: "placed"; readonly callSid: string }
  /** this key has its call already */
  | { readonly kind: "already"; readonly callSid: string }
  /** Twilio does not place it, `reason` in Twilio's words; a new attempt needs a new key */
  | { readonly kind: "refused"; readonly reason: string }
  /** there may be a call: nothing is placed before somebody has looked */
  | { readonly kind: "in-doubt"; readonly reason: string }
  /** nothing was done: the table does not answer */
  | { readonly kind: "unavailable"; readonly reason: string };

const effectKey = "0:place";

/**
 * Places a call once per key. The key is claimed in the table before Twilio is asked, and the call's sid stored behind it; who
 * comes later with the same key gets that. After a crash in between it is looked for at Twilio.
 *
 * @throws FlowError for a flow that is not there and for data that no URL can carry
 */
export async function placeCall(engine: Engine, calls: Calls, call: OutgoingCall): Promise<PlacedCall> {
  const { sealer, clock } = engine;
  const parameters = callParameters(engine, call);
  const item = `place#${sealer.hash("place", call.key)}`;
  const table = tableFor(engine.store, item, clock, engine.tableBudgetMs);
  const token = engine.newToken();
  const subject = `${item}|${effectKey}`;

  const settle = async (state: StoredEffect["state"], result: Stored): Promise<void> => {
    const sealed = sealer.seal("effect", subject, JSON.stringify(result));
    await table.note({ effects: new Map([[effectKey, { token, state, result: sealed, atMs: clock.nowMs() }]]) });
  };

  const claim = await table.claim({
    from: { turn: 0, attempt: 0, resumes: 0 },
    effectKey,
    effect: { token, state: "claimed", atMs: clock.nowMs() },
    pin: { token: "place", answer: "" },
    effects: new Map(),
  });
  if (claim.kind === "unavailable") return { kind: "unavailable", reason: claim.reason };
  const earlier = claim.kind === "refused" ? claim.item.effects.get(effectKey) : undefined;
  if (earlier !== undefined && earlier.token !== token) {
    const stored = open(sealer.unseal("effect", subject, earlier.result ?? ""));
    if (stored !== undefined && "refused" in stored) return { kind: "refused", reason: stored.refused };
    if (stored !== undefined) return { kind: "already", callSid: stored.sid };
    return lookFor(earlier.atMs);
  }
  const asked = clock.nowMs();
  try {
    const created = await calls.create(parameters);
    await settle("done", created);
    return "refused" in created
      ? { kind: "refused", reason: created.refused }
      : { kind: "placed", callSid: created.sid };
  } catch {
    return lookFor(asked);
  }

  async function lookFor(sinceMs: number): Promise<PlacedCall> {
    const found = await calls.find(call.to, call.from, sinceMs - limits.placedSkewMs).catch(() => undefined);
    if (found === undefined) return { kind: "in-doubt", reason: "it is not known whether Twilio placed the call" };
    await settle("done", { sid: found });
    return { kind: "already", callSid: found };
  }
}

/** What Twilio is asked for. @throws FlowError for a flow that this build does not have, and for too much data */
export function callParameters(
  { flows, sealer, urls }: Pick<Engine, "flows" | "sealer" | "urls">,
  call: Omit<OutgoingCall, "key">,
): CallParameters {
  const { flow, data, language, to, from } = call;
  if (!flows.has(flow)) throw new FlowError(`there is no flow '${flow}'`);
  const json = JSON.stringify(data ?? {});
  if (Buffer.byteLength(json) > limits.urlDataBytesMax) {
    throw new FlowError(
      `data of more than ${limits.urlDataBytesMax} bytes: hand over a key, and fetch the rest in the flow`,
    );
  }
  const begin = data === undefined ? undefined : sealer.seal("start", flow, json);
  return {
    to,
    from,
    url: urls.voice(flow, language, begin),
    method: "POST",
    fallbackUrl: urls.fallback(flow, language, begin),
    fallbackMethod: "POST",
    statusCallback: urls.callStatus(flow),
    statusCallbackEvent: ["completed"],
    statusCallbackMethod: "POST",
  };
}

/** Opens the data with which a call that we placed begins. */
export function openBegin(
  { sealer }: Engine,
  flow: string,
  sealed: string,
): Readonly<Record<string, unknown>> | undefined {
  const opened = sealer.unseal("start", flow, sealed);
  return opened === undefined ? undefined : (parseJson(opened) as Readonly<Record<string, unknown>> | undefined);
}

type Stored = { readonly sid: string } | { readonly refused: string };

function open(json: string | undefined): Stored | undefined {
  return json === undefined ? undefined : (parseJson(json) as Stored | undefined);
}
