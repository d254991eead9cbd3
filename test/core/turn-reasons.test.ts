import { describe, expect, test } from "vitest";
import { sealUrl } from "../../core/checkpoint.ts";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import { defineFlow, type Flow, gather, goTo, hangup, inDoubt, say } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import { createSealer } from "../../core/seal.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, callSid, type Heard, type Legs, twoLegs } from "../support/legs.ts";

const fourLegs = () => twoLegs(fourWith(bookings().book));
/** The call at its second question, which has an effect. */
async function atBook(legs: Legs): Promise<Heard> {
  return legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
}
const outcomeOf = ({ answer }: Heard) => (answer.kind === "document" ? answer.outcome : answer.reason);

/** Keeps the primary's next turn before its commit: the effect is done, and nobody has heard of it. */
async function suspendedBeforeCommit(legs: Legs, asked: Heard, digits: string): Promise<void> {
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: digits });
  await suspended;
}

describe("a turn that cannot be completed says why", () => {
  const sealedBySomebodyElse = createSealer(`k2:${Buffer.alloc(32, 2).toString("base64")}`);

  test("its winner is there and cannot be opened by this leg's keys", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    await legs.ask(action(first), { Digits: "1" });
    const engine = { ...legs.primary, sealer: legs.primary.sealer };
    // a build that seals the items with a newer key
    const { commit } = engine.store;
    engine.store.commit = async (...committed) => {
      const result = await commit(...committed);
      if (result.kind !== "refused" || result.item.checkpoint === undefined) return result;
      const data = sealedBySomebodyElse.seal("item", callSid, "[]");
      return { kind: "refused", item: { ...result.item, checkpoint: { ...result.item.checkpoint, data } } };
    };
    expect(outcomeOf(await legs.ask(action(first), { Digits: "1" }))).toBe("winning item unreadable");
  });

  test("the answer that a claim pinned cannot be opened by this leg's keys", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    await suspendedBeforeCommit(legs, asked, "2");
    const { claim } = legs.gates.fallback.store;
    legs.gates.fallback.store.claim = async (...claimed) => {
      const result = await claim(...claimed);
      if (result.kind !== "refused") return result;
      const answer = sealedBySomebodyElse.seal("pin", `${callSid}|2`, "{}");
      return { kind: "refused", item: { ...result.item, pins: new Map([[2, { token: "theirs", answer }]]) } };
    };
    legs.gates.fallback.refuse("read");
    const { answer, said } = await legs.fail(action(asked), { Digits: "1" });
    expect(said).toEqual(["last resort"]);
    expect(answer.reason).toContain("turn 2: its pinned answer cannot be opened");
  });

  test("the table tells of one pin after another: it is asked a few times, not for ever", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    const { sealer, store } = legs.primary;
    let commits = 0;
    const answer = sealer.seal("pin", `${callSid}|2`, JSON.stringify({ kind: "digits", digits: "0" }));
    const restless: CheckpointStore["commit"] = async () => {
      commits += 1;
      const item = { ...(await legs.item()), pins: new Map([[2, { token: `pin-${commits}`, answer }]]) };
      return { kind: "refused", item };
    };
    store.commit = restless;
    expect(outcomeOf(await legs.ask(action(asked), { Digits: "0" }))).toBe("pinned again and again");
    expect(commits).toBe(limits.pinsPerWebhookMax + 1);
  });

  test("its call was placed with data that nobody can open", async () => {
    const legs = fourLegs();
    const url = legs.primary.urls.voice("four", "en", "k1.AAAA");
    expect(outcomeOf(await legs.ask(url))).toBe("begin not readable");
  });

  test("its call came back to the voice URL in its second turn", async () => {
    const legs = fourLegs();
    await atBook(legs);
    expect(outcomeOf(await legs.ask(legs.voiceUrl))).toBe("came back to the voice URL");
  });

  test("its effect is in doubt and the step does not say where that leads", async () => {
    const legs = twoLegs(twoEffects(async () => Promise.reject(new Error("no answer"))));
    const asked = await legs.ask(legs.voiceUrl);
    const { answer, said } = await legs.fail(action(asked), { Digits: "1" });
    expect([said, answer.reason]).toEqual([["last resort"], "effect in doubt"]);
  });

  test("all turns of a call are spent, the last one included", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    const { checkpoint } = first.answer;
    if (checkpoint === undefined) throw new Error("no checkpoint");
    const { sealer, urls } = legs.primary;
    const from = (turn: number) =>
      urls.action("primary", "four", sealUrl(sealer, callSid, { ...checkpoint, turn }, "gather", 0));
    expect(outcomeOf(await legs.ask(from(limits.turnsMax - 1), { Digits: "1" }))).toBe("answered");
    expect(outcomeOf(await legs.ask(from(limits.turnsMax), { Digits: "1" }))).toBe("turns spent");
  });
});

/** Two effects for one answer: the first is done, the second is the test's. */
function twoEffects(second: () => Promise<string>): Flow {
  return defineFlow<"ask" | "end", { readonly told: string }>({
    name: "two",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("go?"))],
        next: async ({ once }) => {
          const mail = await once("mail", async () => "mail done", { inDoubt: "give-up" });
          const text = await once("text", second, { inDoubt: "retry" });
          return goTo("end", { told: `${mail === inDoubt ? "mail in doubt" : mail}, ${text}` });
        },
      },
      end: { prompt: ({ told }) => [say(told), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });
}

describe("of a turn that was left in the middle the table is told", () => {
  const broken = () => Promise.reject(new Error("no answer"));

  test("what is done, and not what is in doubt: a result that comes late is not to be undone", async () => {
    const legs = twoLegs(twoEffects(broken));
    const asked = await legs.ask(legs.voiceUrl);
    expect((await legs.fail(action(asked), { Digits: "1" })).said).toEqual(["last resort"]);
    const effects = [...(await legs.item()).effects.values()];
    expect(effects.map(({ state }) => state)).toEqual(["done", "claimed"]);
  });

  test("nothing when nothing is done: that costs no request", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    await suspendedBeforeCommit(legs, asked, "2");
    let notes = 0;
    legs.gates.fallback.refuse("read");
    legs.gates.fallback.store.note = async () => {
      notes += 1;
      return { kind: "written" };
    };
    // fenced by the pin before anything was done
    expect((await legs.fail(action(asked), { Digits: "1" })).said.join()).toMatch("told booked 2");
    expect(notes).toBe(0);
  });
});
