import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { runEffect } from "../../flows/service.ts";
import { startEffects } from "../../scripts/stack/effects.ts";
import { fourWith } from "../support/four-turns.ts";
import { action, callSid, twoLegs } from "../support/legs.ts";

let service: Awaited<ReturnType<typeof startEffects>>;
beforeAll(async () => {
  service = await startEffects({ port: 0 });
});
afterAll(() => service.stop());

test("a key that comes back with other arguments is refused: the caller hears doubt, not another booking", async () => {
  const book = (key: string, day: string) =>
    runEffect(
      service.baseUrl,
      { effect: "book", callSid, arguments: { day } },
      key,
      AbortSignal.timeout(limits.effectTimeoutMs),
    );
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });

  // the table is away: the fallback runs answer 1 unclaimed, its answer and its checkpoint are lost
  legs.gates.fallback.refuse("read", "claim", "commit");
  await legs.fail(action(asked), { Digits: "1" });
  // the table is back, the caller was asked again and now says 2
  legs.gates.fallback.allow();
  const again = await legs.fail(action(asked));
  const told = await legs.ask(action(again), { Digits: "2" });
  expect(told.said).toEqual(["color 1, unsettled"]);
  expect(service.executed()).toHaveLength(1);
});

test("on the primary too, a refused key is a doubt, not a failure that is tried again", async () => {
  const book = (key: string, day: string) =>
    runEffect(
      service.baseUrl,
      { effect: "hold", callSid, arguments: { day } },
      `held:${key}`,
      AbortSignal.timeout(limits.effectTimeoutMs),
    );
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  legs.gates.fallback.refuse("read", "claim", "commit");
  await legs.fail(action(asked), { Digits: "1" });

  // the primary is back and knows of no claim
  const told = await legs.ask(action(asked), { Digits: "2" });
  expect(told.said).toEqual(["color 1, unsettled"]);
  expect(service.executed().filter(({ effect }) => effect === "hold")).toHaveLength(1);
});
