import { takeOrResume } from "../core/fallback-turn.ts";
import { toLogLine } from "../core/report.ts";
import { shedLevel, sorryUnder } from "../core/shed.ts";
import { sorryAnswer } from "../core/sorry.ts";
import { document, type Handle } from "./door.ts";
import { sorryOf } from "./sorry.ts";

/** What both voice functions do. */
export const handleVoice: Handle = async (leg, incoming, context) => {
  const { engine } = leg;
  const { request, target } = incoming;
  const sorry = sorryAnswer(leg, sorryUnder(shedLevel(context), sorryOf(context)), incoming);
  const answer = sorry ?? (await takeOrResume(engine, request, engine.urls.parse(target)));
  return { ...document(answer.twiml), log: toLogLine(answer, request) };
};
