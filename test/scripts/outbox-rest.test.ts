import { expect, test } from "vitest";
import { readRestError } from "../../scripts/twilio/rest.ts";

test.each([
  [{ status: 400, code: 21211, message: "not valid" }, "refused", "21211 not valid"],
  [
    { status: 503, code: 20503, message: "to +815011112222" },
    "unknown",
    "Twilio's REST API is down or cannot be reached (status 503)",
  ],
  [{ status: 429 }, "unknown", "Twilio's REST API takes no more requests just now (status 429)"],
  [{ code: "ECONNREFUSED" }, "unknown", "Twilio's REST API is down or cannot be reached (ECONNREFUSED)"],
  [new Error("socket hang up +815011112222"), "unknown", "Twilio's REST API is down or cannot be reached (no answer)"],
])("a command says plainly what an error of Twilio's client means: %#", (error, kind, reason) => {
  expect(readRestError(error)).toEqual({ kind, reason });
});
