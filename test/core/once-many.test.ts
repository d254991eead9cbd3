import { describe, expect, test } from "vitest";
import { defineFlow, type Flow, gather, goTo, hangup, inDoubt, say } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import type { Once } from "../../core/once.ts";
import { action, type Legs, twoLegs } from "../support/legs.ts";

/** A call with one question; what is done for its answer is the test's. */
function flowOf(work: (once: Once) => Promise<string>, doubted: "has a way out" | "has none" = "has none"): Flow {
  return defineFlow<"ask" | "end" | "unsettled", { readonly told: string }>({
    name: "many",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("go?"))],
        next: async ({ once }) => goTo("end", { told: await work(once) }),
        ...(doubted === "has none" ? {} : { inDoubt: "unsettled" as const }),
      },
      end: { prompt: ({ told }) => [say(told), hangup()] },
      unsettled: { prompt: () => [say("unsettled"), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });
}

const answered = async (legs: Legs) => legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
const retry = { inDoubt: "retry" } as const;

test("a step whose author goes on after a failed effect does nothing more, and does not answer", async () => {
  const executed: string[] = [];
  const legs = twoLegs(
    flowOf(async (once) => {
      await once("mail", () => Promise.reject(new Error("no answer")), retry).catch(() => {});
      await once("text", async () => executed.push("text"), retry).catch(() => {});
      return "all is well";
    }),
  );
  const { answer } = await answered(legs);
  expect(answer).toMatchObject({ kind: "failed", reason: expect.stringContaining("effect 'mail'") });
  expect(executed).toEqual([]);
});

test.each([
  [limits.effectsPerTurnMax, undefined],
  [limits.effectsPerTurnMax + 1, "step 'ask': too many effects"],
])("%i effects of one turn", async (count, refused) => {
  const executed: number[] = [];
  const legs = twoLegs(
    flowOf(async (once) => {
      for (let one = 0; one < count; one++) await once(`effect-${one}`, async () => executed.push(one), retry);
      return "done";
    }),
  );
  const { answer, said } = await answered(legs);
  if (refused === undefined) expect(said).toEqual(["done"]);
  else expect(answer).toMatchObject({ kind: "failed", reason: expect.stringContaining(refused) });
  expect(executed).toHaveLength(limits.effectsPerTurnMax);
});

describe("an effect for which no time is left", () => {
  const late = (legs: () => Legs, policy: "retry" | "give-up") => async (once: Once) => {
    await once("slow", async () => legs().clock.advance(limits.effectBudgetMs), retry);
    if (policy === "retry") return once("text", async () => "text done", retry);
    const text = await once("text", async () => "text done", { inDoubt: "give-up" });
    return text === inDoubt ? "text in doubt" : text;
  };

  test("is in doubt at once, where its author would rather not repeat it", async () => {
    const legs: Legs = twoLegs(flowOf(late(() => legs, "give-up")));
    expect((await answered(legs)).said).toEqual(["text in doubt"]);
  });

  test("is left to the fallback by the primary, and there is nobody after the fallback", async () => {
    const legs: Legs = twoLegs(
      flowOf(
        late(() => legs, "retry"),
        "has a way out",
      ),
    );
    const asked = await legs.ask(legs.voiceUrl);
    // the fallback itself takes the turn: no result of the slow effect is in the table
    expect((await legs.fail(action(asked), { Digits: "1" })).said).toEqual(["unsettled"]);
    const others: Legs = twoLegs(flowOf(late(() => others, "retry")));
    const { answer } = await answered(others);
    expect(answer).toMatchObject({ kind: "failed", reason: "effects took too long" });
  });
});

test("an effect is given what is left of the turn's time, and no more", async () => {
  const slept: number[] = [];
  const legs = twoLegs(
    flowOf(async (once) => {
      await once("mail", async () => legs.clock.advance(limits.effectBudgetMs - 300), retry);
      await once("text", async () => "done", retry);
      return "done";
    }),
  );
  const { timer } = legs.clock;
  legs.clock.timer = (ms, ring) => {
    slept.push(ms);
    return timer(ms, ring);
  };
  expect((await answered(legs)).said).toEqual(["done"]);
  expect(slept).toEqual([limits.effectTimeoutMs, 300]);
});

test("an effect that hangs is given up in time, by name, and told so by its signal", async () => {
  const signals: AbortSignal[] = [];
  const hang = (_key: string, signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<string>(() => {});
  };
  const legs = twoLegs(flowOf((once) => once("mail", hang, retry)));
  legs.clock.timer = (_ms, ring) => {
    queueMicrotask(ring);
    return () => {};
  };
  const { answer } = await answered(legs);
  expect(answer).toMatchObject({ kind: "failed", reason: expect.stringMatching(/effect 'mail'.*effect 'mail'/) });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test("an effect that is done keeps its signal quiet, whatever else the turn waits for", async () => {
  const signals: AbortSignal[] = [];
  const legs = twoLegs(
    flowOf((once) =>
      once(
        "mail",
        async (_key, signal) => {
          signals.push(signal);
          return "done";
        },
        retry,
      ),
    ),
  );
  expect((await answered(legs)).said).toEqual(["done"]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

describe("a result", () => {
  const ofBytes = (bytes: number) => "r".repeat(bytes - 2);

  test("of the greatest size is stored and told again", async () => {
    const legs = twoLegs(flowOf((once) => once("mail", async () => ofBytes(limits.resultBytesMax), retry)));
    expect((await answered(legs)).said).toEqual([ofBytes(limits.resultBytesMax)]);
    expect((await legs.item()).effects.get("1:mail")?.state).toBe("done");
  });

  test("that is larger is the author's mistake, said by name on either leg", async () => {
    const legs = twoLegs(flowOf((once) => once("mail", async () => ofBytes(limits.resultBytesMax + 1), retry)));
    const reason = `FlowError: effect 'mail': a result over ${limits.resultBytesMax} bytes`;
    const asked = await legs.ask(legs.voiceUrl);
    const { answer } = await legs.ask(action(asked), { Digits: "1" });
    expect(answer).toMatchObject({ kind: "failed", reason: expect.stringMatching(`^${reason}`) });
    const resumed = await legs.fail(action(asked));
    expect(resumed.answer).toMatchObject({ outcome: "last-resort", reason: expect.stringMatching(`^${reason}`) });
  });

  test("that is larger and that the author can do without does not stop the call", async () => {
    const large = (once: Once) => once("mail", async () => ofBytes(limits.resultBytesMax + 1), retry);
    const legs = twoLegs(flowOf((once) => large(once).catch(() => "sent")));
    expect((await answered(legs)).said).toEqual(["sent"]);
  });
});

test("the turn's second effect is claimed with the answer that its first one pinned, whichever leg goes on", async () => {
  const executed: string[] = [];
  const legs = twoLegs(
    flowOf(async (once) => {
      for (const effect of ["mail", "text"]) {
        await once(effect, async () => (executed.includes(effect) ? 0 : executed.push(effect)), retry);
      }
      return "both done";
    }),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const { claim } = legs.primary.store;
  let claims = 0;
  // the primary is gone after its first effect
  legs.primary.store.claim = (...claimed) => (++claims === 1 ? claim(...claimed) : new Promise(() => {}));
  void legs.ask(action(asked), { Digits: "1" });
  while (claims < 2) await new Promise((resolve) => setImmediate(resolve));

  expect((await legs.fail(action(asked))).said).toEqual(["both done"]);
  expect(executed).toEqual(["mail", "text"]);
  const { effects, pins } = await legs.item();
  expect([...effects.keys()]).toEqual(["1:mail", "1:text"]);
  expect(pins.size).toBe(1);
});

test("a result that was stored without a claim is told again, and its effect not run again", async () => {
  const executed: string[] = [];
  const legs = twoLegs(
    flowOf(async (once) => {
      const mail = await once("mail", async () => `mail ${executed.push("mail")}`, retry);
      await once("text", async () => Promise.reject(new Error("no answer")), retry);
      return mail;
    }),
  );
  const asked = await legs.ask(legs.voiceUrl);
  legs.gates.fallback.refuse("claim");
  expect((await legs.fail(action(asked), { Digits: "1" })).said).toEqual(["last resort"]);
  // a fact needs no pin
  const { pins, effects } = await legs.item();
  expect([pins.size, effects.get("1:mail")?.state]).toEqual([0, "done"]);
  // what is in doubt is no result
  expect(effects.has("1:text")).toBe(false);

  const late = await legs.ask(action(asked), { Digits: "1" });
  expect(late.answer).toMatchObject({ kind: "failed", reason: expect.stringContaining("effect 'text'") });
  expect(executed).toEqual(["mail"]);
});

test("a turn of which the table holds the claim alone, not the call's position, still belongs to its answer", async () => {
  const executed: string[] = [];
  const legs = twoLegs(flowOf((once) => once("mail", async () => `mail ${executed.push("mail")}`, retry)));
  legs.gates.primary.refuse("commit");
  const asked = await legs.ask(legs.voiceUrl);
  expect((await legs.ask(action(asked), { Digits: "1" })).said).toEqual(["mail 1"]);
  legs.gates.primary.allow();
  const { checkpoint, pins } = await legs.item();
  expect([checkpoint, pins.size]).toEqual([undefined, 1]);
  expect((await legs.ask(action(asked), { Digits: "2" })).said.join()).toMatch(/^mail \d$/);
  expect((await legs.item()).pins).toEqual(pins);
});
