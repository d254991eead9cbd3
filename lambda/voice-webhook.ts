import { toLogLine } from "../core/report.ts";
import { shedLevel, sorryUnder } from "../core/shed.ts";
import { sorryAnswer } from "../core/sorry.ts";
import { sorryOff } from "../core/sorry-switch.ts";
import { takeTurn } from "../core/turn.ts";
import { toResult } from "./adapter.ts";
import { door } from "./door.ts";
import { leg } from "./env.ts";
import { sorryMode } from "./sorry.ts";

/** `/voice/{flow}` and `/voice/{flow}/{sealed checkpoint}`: the primary leg's turns. */
export const handler = door(
  leg,
  async (own, incoming) => {
    const { engine } = own;
    const { request, target } = incoming;
    const url = engine.urls.parse(target);
    if (url === undefined || !["voice", "action", "aside"].includes(url.kind)) {
      return {
        result: toResult(404, "text/plain", "no such URL"),
        log: { event: "request.rejected", reason: "no such URL" },
      };
    }
    const sorry = sorryUnder(shedLevel(process.env), (await (await sorryMode)?.now()) ?? sorryOff);
    const answer = sorryAnswer(own, sorry, incoming) ?? (await takeTurn(engine, request, url));
    const log = toLogLine(answer, request);
    // law 1: a failure is a 5xx, never an apology; only a 5xx sends the call to the fallback
    if (answer.kind === "failed") return { result: toResult(503, "text/plain", "unavailable"), log };
    return { result: toResult(200, "text/xml; charset=utf-8", answer.twiml), log };
  },
  undefined,
  async (event) => (await sorryMode)?.pageFor(event),
);
