import { takeStatus } from "../core/outcome.ts";
import { answerProbe, probeIn } from "../core/probe.ts";
import { toStatusLine } from "../core/report.ts";
import { toResult } from "./adapter.ts";
import { door } from "./door.ts";
import { leg } from "./env.ts";

/**
 * `/status/{flow}` and `/status/{flow}/{sealed checkpoint}`: call ends, and outcomes of the other leg's verbs. A failure is
 * no part of the call's flow: Twilio only warns (15003), but whoever reads the alerts learns of it [D error 15003].
 */
export const handler = door(leg, async ({ engine }, { request, target }) => {
  const challenge = probeIn(request);
  if (challenge !== undefined) {
    const told = JSON.stringify(await answerProbe(engine, challenge));
    return { result: toResult(200, "application/json", told), log: { event: "probe.answered" } };
  }
  const url = engine.urls.parse(target);
  const status = await takeStatus(engine, request, url?.sealed, url?.flow);
  const taken = status.kind !== "unavailable";
  const result = taken ? toResult(200, "text/xml", "<Response/>") : toResult(503, "text/plain", "unavailable");
  return { result, log: toStatusLine(status) };
});
