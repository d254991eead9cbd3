import { toLogLine } from "../core/report.ts";
import { lastResort, resumeTurn, takeTurn } from "../core/turn.ts";
import { document, type Handle } from "./door.ts";

/**
 * What both voice functions do. A request with ErrorCode and ErrorUrl is a fallback request [D Availability and
 * Reliability]. Without them it is an ordinary turn; on the fallback URL itself that is a number whose voice URL it is.
 */
export const takeOrResume: Handle = async ({ engine }, { request, target }) => {
  const url = engine.urls.parse(target);
  const failed = request.errorCode !== undefined && request.errorUrl !== undefined;
  const answer =
    url === undefined
      ? lastResort({ engine, flow: "", language: undefined }, "no such URL")
      : failed
        ? await resumeTurn(engine, request, url)
        : await takeTurn(engine, request, url.kind === "fallback" ? { ...url, kind: "voice" } : url);
  if (answer.kind === "document") return { ...document(answer.twiml), log: toLogLine(answer, request) };
  // only the primary may fail; if this leg ever does, the caller still gets the last word
  const last = lastResort({ engine, flow: url?.flow ?? "", language: url?.language }, answer.reason);
  return { ...document(last.twiml), log: toLogLine(last, request) };
};
