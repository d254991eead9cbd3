import { expect, test } from "vitest";
import { takeStatus } from "../../core/outcome.ts";
import { toVoiceRequest } from "../../core/voice-request.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { callSid, twoLegs } from "../support/legs.ts";

async function told(params: Record<string, string>) {
  const legs = twoLegs(fourWith(bookings().book));
  await legs.ask(legs.voiceUrl);
  const request = toVoiceRequest(new Map(Object.entries(params)));
  if ("kind" in request) throw new Error(request.reason);
  const { kind } = await takeStatus(legs.primary, request, undefined);
  return { kind, endedAtMs: (await legs.item()).endedAtMs };
}

test("the end of a call is marked once it is over, not while it rings", async () => {
  expect(await told({ CallSid: callSid, CallStatus: "completed" })).toEqual({
    kind: "stored",
    endedAtMs: expect.any(Number),
  });
  expect(await told({ CallSid: callSid, CallStatus: "ringing" })).toEqual({ kind: "ignored", endedAtMs: undefined });
});

test("the end of a dialled leg is not the end of the call that dialled it", async () => {
  const leg = { CallSid: `CA${"9".repeat(32)}`, ParentCallSid: callSid, CallStatus: "no-answer" };
  expect(await told(leg)).toEqual({ kind: "ignored", endedAtMs: undefined });
});
