import type { ParsedUrl } from "./action-url.ts";
import { type Checkpoint, unsealUrl } from "./checkpoint.ts";
import type { Engine } from "./engine.ts";
import { lastResortTwiml } from "./last-resort.ts";
import type { VoiceRequest } from "./voice-request.ts";
import { type Webhook, webhookOf } from "./webhook.ts";

interface Told {
  /** of the document; where nothing but a failure or the last resort came of it, of the request */
  readonly checkpoint: Checkpoint | undefined;
  readonly reason: string | undefined;
  /** why the table did not answer, if it did not */
  readonly trouble: string | undefined;
}

export interface DocumentAnswer extends Told {
  readonly kind: "document";
  readonly twiml: string;
  /** aside, sorry: no turn, see `core/aside.ts`, `core/sorry.ts` */
  readonly outcome: "answered" | "replayed" | "resumed" | "last-resort" | "aside" | "sorry";
  /** false: the table does not have it; the URLs carry it alone */
  readonly saved: boolean;
}

/** What a leg answers. `failed` becomes a 5xx, which sends the call to the fallback. */
export type Answer = DocumentAnswer | ({ readonly kind: "failed" } & Told);

/** The final document of a call that cannot be resumed. Never throws. */
export function lastResort(webhook: Webhook, reason: string): DocumentAnswer {
  const { engine, flow, at, table } = webhook;
  const found = engine.flows.get(flow);
  const language = webhook.language ?? found?.language ?? "en";
  const twiml = lastResortTwiml(() => found?.lastResort(language), language);
  const told = { checkpoint: at, saved: false, reason, trouble: table.trouble() };
  return { kind: "document", twiml, outcome: "last-resort", ...told };
}

/**
 * The last resort for a request that could not be answered in time, or whose URL is none of ours.
 *
 * @param url the request's own, as far as it could be read
 */
export function lastResortOf(engine: Engine, request: VoiceRequest, url: ParsedUrl | undefined, reason: string) {
  const failed = request.errorUrl === undefined ? undefined : engine.urls.parse(request.errorUrl);
  const sealed = unsealUrl(engine.sealer, request.callSid, failed?.sealed ?? url?.sealed);
  return lastResort(webhookOf(engine, request, sealed, [failed, url]), reason);
}
