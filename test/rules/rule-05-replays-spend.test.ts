import { expect, test } from "vitest";
import { defineFlow, goTo, hangup, redirect, say } from "../../core/index.ts";
import { requestsMax } from "../../core/limits.ts";
import { action, twoLegs } from "../support/legs.ts";

const spinning = defineFlow<"spin", { readonly round?: number }>({
  name: "spin",
  start: "spin",
  steps: {
    spin: {
      prompt: ({ round = 0 }) => [say(`round ${round}`)],
      next: ({ data: { round = 0 } }) => goTo("spin", { round: round + 1 }),
    },
  },
  lastResort: () => [say("last resort"), hangup()],
});

test("a call whose every answer is lost after its commit ends in the last resort, it is not replayed for ever", async () => {
  const legs = twoLegs(spinning);
  let url = legs.voiceUrl;
  let requests = 0;
  for (; requests < 200; requests += 2) {
    await legs.ask(url);
    const resumed = await legs.fail(url);
    if (resumed.said.includes("last resort")) break;
    url = action(resumed);
  }
  expect(requests).toBeLessThanOrEqual(requestsMax(1));
});

const leaving = defineFlow<"out", Record<never, never>>({
  name: "leaving",
  start: "out",
  steps: { out: { prompt: () => [say("leaving"), redirect("https://elsewhere.example.com/twiml")] } },
  lastResort: () => [say("last resort"), hangup()],
});

test("a call that leaves the flow and comes back to the voice URL again and again ends in the last resort", async () => {
  const legs = twoLegs(leaving);
  expect((await legs.ask(legs.voiceUrl)).said).toEqual(["leaving"]);
  let rounds = 0;
  for (; rounds < 50; rounds++) {
    const back = await legs.ask(legs.voiceUrl);
    const document = back.answer.kind === "failed" ? await legs.fail(legs.voiceUrl) : back;
    if (document.said.includes("last resort")) break;
    expect(document.said).toEqual(["leaving"]);
  }
  expect(rounds).toBeLessThanOrEqual(requestsMax(1));
});

test("the lost answer to a first request that sends the call elsewhere is given again", async () => {
  const legs = twoLegs(leaving);
  await legs.ask(legs.voiceUrl);
  expect((await legs.fail(legs.voiceUrl)).said).toEqual(["leaving"]);
});
