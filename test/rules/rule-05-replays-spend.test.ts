import { expect, test } from "vitest";
import { defineFlow, goTo, hangup, say } from "../../core/index.ts";
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
