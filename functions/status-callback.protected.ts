import { takeStatus } from "../core/outcome.ts";
import { answerProbe, probeIn } from "../core/probe.ts";
import { toStatusLine } from "../core/report.ts";
import { document, door, type Handle, type Reply } from "./door.ts";

const unavailable = { status: 503, contentType: "text/plain", body: "unavailable" } satisfies Omit<Reply, "log">;

/** Outcomes of verbs whose action URL is on the primary leg (crossed paths), and ends of calls. */
const takeStatusCallback: Handle = async ({ engine }, { request, target }) => {
  const challenge = probeIn(request);
  if (challenge !== undefined) {
    const body = JSON.stringify(await answerProbe(engine, challenge));
    return { status: 200, contentType: "application/json", body, log: { event: "probe.answered" } };
  }
  const url = engine.urls.parse(target);
  const status = await takeStatus(engine, request, url?.sealed, url?.flow);
  const taken = status.kind !== "unavailable";
  return { ...(taken ? document("<Response/>") : unavailable), log: toStatusLine(status) };
};

export const handler = door("/status-callback", takeStatusCallback, ({ reason }) => ({
  ...unavailable,
  log: { event: "status.ignored", reason },
}));
