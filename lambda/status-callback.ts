import { takeStatus } from "../core/outcome.ts";
import { toResult } from "./adapter.ts";
import { door } from "./door.ts";
import { leg } from "./env.ts";

/** `/status/{flow}` and `/status/{flow}/{sealed checkpoint}`: call ends, and outcomes of the other leg's verbs. */
export const handler = door(leg, async ({ engine }, { request, target }) => {
  const status = await takeStatus(engine, request, engine.urls.parse(target)?.sealed);
  switch (status.kind) {
    case "stored":
      return { result: toResult(200, "text/xml", "<Response/>"), log: { event: "status.stored" } };
    case "ignored":
      return { result: toResult(200, "text/xml", "<Response/>"), log: { event: "status.ignored" } };
    case "unavailable":
      // not the call's flow: Twilio only warns (15003), but whoever reads the alerts learns of it [D error 15003]
      return {
        result: toResult(503, "text/plain", "unavailable"),
        log: { event: "status.ignored", table: status.reason, reason: "table unavailable" },
      };
  }
});
