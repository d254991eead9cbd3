import { takeOrResume } from "../core/fallback-turn.ts";
import { toLogLine } from "../core/report.ts";
import { document, type Handle } from "./door.ts";

/** What both voice functions do. */
export const handleVoice: Handle = async ({ engine }, { request, target }) => {
  const answer = await takeOrResume(engine, request, engine.urls.parse(target));
  return { ...document(answer.twiml), log: toLogLine(answer, request) };
};
