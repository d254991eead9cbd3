import type { ParsedUrl } from "./action-url.ts";
import { type Answer, type DocumentAnswer, lastResortOf } from "./answer.ts";
import type { Engine } from "./engine.ts";
import { resumeTurn, takeTurn } from "./turn.ts";
import type { VoiceRequest } from "./voice-request.ts";

/**
 * What the fallback leg does with any voice request. With ErrorCode and ErrorUrl it is a fallback request [D Availability
 * and Reliability]. Without them it is an ordinary turn; on the fallback URL itself that is a number whose voice URL it is.
 *
 * @param url the request's own; undefined when it is none of ours
 * @returns always a document: only the primary may fail
 */
export async function takeOrResume(
  engine: Engine,
  request: VoiceRequest,
  url: ParsedUrl | undefined,
): Promise<DocumentAnswer> {
  const lastly = (reason: string) => lastResortOf(engine, request, url, reason);
  const answer = await answerTo();
  // if this leg ever fails, the caller still gets the last word
  return answer.kind === "document" ? answer : lastly(answer.reason ?? "failed");

  async function answerTo(): Promise<Answer> {
    if (url === undefined) return lastly("no such URL");
    if (request.errorCode !== undefined && request.errorUrl !== undefined) return resumeTurn(engine, request, url);
    return takeTurn(engine, request, url.kind === "fallback" ? { ...url, kind: "voice" } : url);
  }
}
