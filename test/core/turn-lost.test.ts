import { describe, expect, test } from "vitest";
import { sealUrl } from "../../core/checkpoint.ts";
import { limits } from "../../core/limits.ts";
import { outcomes } from "../flows/outcomes.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, callSid, type Heard, type Legs, twoLegs } from "../support/legs.ts";

const fourLegs = () => twoLegs(fourWith(bookings().book));
/** The call at its second question, which has an effect. */
async function atBook(legs: Legs): Promise<Heard> {
  return legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
}
const outcomeOf = ({ answer }: Heard) => (answer.kind === "document" ? answer.outcome : answer.reason);
const savedOf = ({ answer }: Heard) => answer.kind === "document" && answer.saved;
const at = ({ answer: { checkpoint } }: Heard) => checkpoint;

/** Keeps the primary's next turn before its commit: the effect is done, and nobody has heard of it. */
async function suspendedBeforeCommit(legs: Legs, asked: Heard, digits: string): Promise<void> {
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: digits });
  await suspended;
}

describe("a lost answer", () => {
  const lostDial = async (table: "well" | "not read") => {
    const legs = twoLegs(outcomes);
    const dialling = await legs.ask(legs.voiceUrl);
    if (table === "not read") legs.gates.fallback.refuse("read");
    return legs.fail(action(dialling));
  };

  test("is a resume: counted, on the fallback leg, no plainer than before, and sure where the table is well", async () => {
    const lost = await lostDial("well");
    expect(lost.said).toEqual(["dial lost, speak"]);
    expect(at(lost)).toMatchObject({ turn: 2, resumes: 1, away: limits.awayTurns, plain: false, unsure: false });
    expect(at(await lostDial("not read"))).toMatchObject({ turn: 2, resumes: 1, unsure: true });
  });

  test("is the one that a claim pinned, where that claim came between our look and our question", async () => {
    const { book, executed } = bookings();
    const legs = twoLegs(fourWith(book));
    const asked = await atBook(legs);
    await suspendedBeforeCommit(legs, asked, "2");
    legs.gates.fallback.refuse("read");
    const resumed = await legs.fail(action(asked));
    expect(resumed.said.join()).toMatch("told booked 2");
    expect(at(resumed)).toMatchObject({ turn: 3, resumes: 1, away: limits.awayTurns, plain: false });
    expect(executed).toEqual(["2"]);
  });

  test("is heard after all, where its turn was taken between our look and our question: that spends a resume", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    const taken = await legs.ask(action(asked), { Digits: "2" });
    legs.gates.fallback.refuse("read");
    const resumed = await legs.fail(action(asked));
    expect(resumed.said).toEqual(taken.said);
    expect(at(resumed)).toEqual({ ...at(taken), resumes: 1, away: limits.awayTurns });
  });
});

describe("a file that failed", () => {
  test("steps down although the caller's answer to the same document is claimed", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    await suspendedBeforeCommit(legs, asked, "2");
    const down = await legs.fail(asked.media[0] ?? "");
    expect(down.media[0]).toMatch(/^https:\/\/fallback/);
    expect(outcomeOf(down)).toBe("resumed");
  });

  test("of a document that the call has left, unknown to whoever looks, is passed over: that spends a resume", async () => {
    const legs = fourLegs();
    const asked = await atBook(legs);
    const taken = await legs.ask(action(asked), { Digits: "0" });
    legs.gates.fallback.refuse("read");
    const resumed = await legs.fail(asked.media[0] ?? "");
    expect(resumed.said).toEqual(taken.said);
    expect(at(resumed)).toEqual({ ...at(taken), resumes: 1, away: limits.awayTurns });
  });

  test("behind the end of the document, as a deployment may have shortened it, leaves the document as it is", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    const { checkpoint } = first.answer;
    if (checkpoint === undefined) throw new Error("no checkpoint");
    const { sealer, urls } = legs.primary;
    const mark = sealUrl(sealer, callSid, checkpoint, "play", 99);
    const down = await legs.fail(urls.media("primary", "en/gone.mp3", mark));
    expect(at(down)).toMatchObject({ turn: 1, rung: 1, from: 0 });
  });
});

describe("a write of our own that was taken although its answer was lost", () => {
  test("is no other's: the document is answered, not given again", async () => {
    const legs = fourLegs();
    const { commit } = legs.primary.store;
    // the client's second attempt finds what its first one did
    legs.primary.store.commit = async (...committed) => {
      await commit(...committed);
      return commit(...committed);
    };
    const first = await legs.ask(legs.voiceUrl);
    expect([outcomeOf(first), savedOf(first)]).toEqual(["answered", true]);
    const second = await legs.ask(action(first), { Digits: "1" });
    expect([outcomeOf(second), savedOf(second)]).toEqual(["answered", true]);
    expect(at(second)).toMatchObject({ turn: 2, resumes: 0 });
  });
});

test("a turn without an effect, claimed for another answer before the table knew of the call, takes that answer", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  legs.gates.primary.refuse("commit");
  const asked = await atBook(legs);
  await legs.ask(action(asked), { Digits: "2" });
  legs.gates.primary.allow();
  expect((await legs.item()).checkpoint).toBeUndefined();
  // answer 0 has no effect, so nothing but the commit can tell
  expect((await legs.ask(action(asked), { Digits: "0" })).said.join()).toMatch("told booked 2");
  expect(executed).toEqual(["2"]);
});
