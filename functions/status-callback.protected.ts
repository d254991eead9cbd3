import { takeStatus } from "../core/outcome.ts";
import { document, door, type Handle } from "./door.ts";

/** Outcomes of verbs whose action URL is on the primary leg (crossed paths), and ends of calls. */
const takeStatusCallback: Handle = async ({ engine }, { request, target }) => {
  const status = await takeStatus(engine, request, engine.urls.parse(target)?.sealed);
  if (status.kind === "stored") return { ...document("<Response/>"), log: { event: "status.stored" } };
  if (status.kind === "ignored") return { ...document("<Response/>"), log: { event: "status.ignored" } };
  const log = { event: "status.ignored", table: status.reason, reason: "table unavailable" } as const;
  return { status: 503, contentType: "text/plain", body: "unavailable", log };
};

export const handler = door("/status-callback", takeStatusCallback, ({ reason }) => ({
  status: 503,
  contentType: "text/plain",
  body: "unavailable",
  log: { event: "status.ignored", reason },
}));
