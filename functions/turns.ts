import { type Answer, type DocumentAnswer, lastResortOf } from "../core/answer.ts";
import { toLogLine } from "../core/report.ts";
import { resumeTurn, takeTurn } from "../core/turn.ts";
import { document, type Handle } from "./door.ts";

/**
 * What both voice functions do. A request with ErrorCode and ErrorUrl is a fallback request [D Availability and
 * Reliability]. Without them it is an ordinary turn; on the fallback URL itself that is a number whose voice URL it is.
 */
export const takeOrResume: Handle = async ({ engine }, { request, target }) => {
  const url = engine.urls.parse(target);
  const lastly = (reason: string): DocumentAnswer => lastResortOf(engine, request, url, reason);
  const answer = await answerTo();
  // only the primary may fail; if this leg ever does, the caller still gets the last word
  const given = answer.kind === "document" ? answer : lastly(answer.reason ?? "failed");
  return { ...document(given.twiml), log: toLogLine(given, request) };

  async function answerTo(): Promise<Answer> {
    if (url === undefined) return lastly("no such URL");
    if (request.errorCode !== undefined && request.errorUrl !== undefined) return resumeTurn(engine, request, url);
    return takeTurn(engine, request, url.kind === "fallback" ? { ...url, kind: "voice" } : url);
  }
};
