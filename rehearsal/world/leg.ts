import type { ParsedUrl } from "../../core/action-url.ts";
import { type Answer, lastResortOf } from "../../core/answer.ts";
import type { Leg } from "../../core/checkpoint.ts";
import { within } from "../../core/clock.ts";
import type { Engine } from "../../core/engine.ts";
import { takeOrResume } from "../../core/fallback-turn.ts";
import { limits } from "../../core/limits.ts";
import { takeStatus } from "../../core/outcome.ts";
import { takeTurn } from "../../core/turn.ts";
import type { VoiceRequest } from "../../core/voice-request.ts";

export type LegName = Leg;

/** What a leg answers, and what it meant by it. */
export interface LegReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly answer: Answer | undefined;
}

const xml = "text/xml; charset=utf-8";

/** The doors of both legs without their platforms: which deadline holds, and what is answered in its place. */
export async function askLeg(engine: Engine, url: ParsedUrl | undefined, request: VoiceRequest): Promise<LegReply> {
  if (url?.kind === "status") {
    const status = await takeStatus(engine, request, url.sealed, url.flow);
    return status.kind === "unavailable"
      ? failed(503)
      : { status: 200, contentType: xml, body: "<Response/>", answer: undefined };
  }
  if (engine.leg === "fallback") {
    const answer = await within(
      engine.clock,
      limits.fallbackLeaveMs,
      () => takeOrResume(engine, request, url),
      () => lastResortOf(engine, request, url, "deadline"),
    );
    return { status: 200, contentType: xml, body: answer.twiml, answer };
  }
  if (url === undefined || !["voice", "action", "aside"].includes(url.kind)) return failed(404);
  const answer = await within(
    engine.clock,
    limits.primaryLeaveMs,
    () => takeTurn(engine, request, url),
    () => undefined,
  );
  if (answer === undefined) return failed(503);
  return answer.kind === "failed"
    ? { ...failed(503), answer }
    : { status: 200, contentType: xml, body: answer.twiml, answer };
}

function failed(status: number): LegReply {
  return { status, contentType: "text/plain", body: "unavailable", answer: undefined };
}
