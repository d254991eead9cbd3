import { expect, test } from "vitest";
import { defineFlow, dial, goTo, hangup, say } from "../../core/index.ts";
import { frontDesk } from "../../flows/front-desk.ts";
import { longData } from "../flows/long-data.ts";
import { outcomes } from "../flows/outcomes.ts";
import { action, twoLegs } from "../support/legs.ts";

const child = `CA${"9".repeat(32)}`;

const both = defineFlow<"call" | "end", { readonly dialled: string }>({
  name: "both",
  start: "call",
  steps: {
    call: {
      prompt: () => [dial(["+815011111111", "+815022222222"])],
      next: ({ input }) => goTo("end", { dialled: input.kind === "dial" ? input.status : input.kind }),
    },
    end: { prompt: ({ dialled }) => [say(`dial ${dialled}`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});

test("a caller who was connected is not told otherwise because the other phone stopped ringing", async () => {
  const legs = twoLegs(both);
  const ringing = await legs.ask(legs.voiceUrl);
  const [, statusUrl = ""] = /statusCallback="([^"]+)"/.exec(ringing.twiml) ?? [];
  const url = statusUrl.replaceAll("&amp;", "&");
  await legs.status(url, { CallStatus: "completed", CallSid: child });
  await legs.status(url, { CallStatus: "canceled", CallSid: child });
  expect((await legs.fail(action(ringing))).said).toEqual(["dial completed"]);
});

test("a document whose data fits no URL is given by the primary only when the table has it", async () => {
  const legs = twoLegs(longData);
  const first = await legs.ask(legs.voiceUrl);
  legs.gates.primary.refuse("commit");
  expect((await legs.ask(action(first), { Digits: "1" })).answer.kind).toBe("failed");
  const resumed = await legs.fail(action(first), { Digits: "1" });
  expect(resumed.said).toEqual(["4000 and 1, more?"]);
});

test("a request for the voice URL that Twilio gave up long ago moves nothing", async () => {
  const legs = twoLegs(frontDesk);
  const dialling = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const before = (await legs.item()).checkpoint;
  await legs.fail(legs.voiceUrl);
  expect((await legs.item()).checkpoint).toEqual(before);
  const after = await legs.ask(action(dialling), { DialCallStatus: "completed", DialCallDuration: "9" });
  expect(after.said).toEqual(["Thank you for calling. Goodbye."]);
});

test("a turn left without its answer, unknown to the table, is unsure: the answer may still come late", async () => {
  const legs = twoLegs(outcomes);
  const dialling = await legs.ask(legs.voiceUrl);
  legs.gates.fallback.refuse("commit");
  const lost = await legs.fail(action(dialling));
  expect(lost.said).toEqual(["dial lost, speak"]);
  expect(lost.answer.checkpoint).toMatchObject({ unsure: true });
});
