import { describe, expect, test } from "vitest";
import { sealUrl } from "../../core/checkpoint.ts";
import { limits } from "../../core/limits.ts";
import { resumeTurn } from "../../core/turn.ts";
import { longData } from "../flows/long-data.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, callSid, type Heard, heard, type Legs, twoLegs } from "../support/legs.ts";

const fourLegs = () => twoLegs(fourWith(bookings().book));
/** The call at its second question, which has an effect. */
async function atBook(legs: Legs): Promise<Heard> {
  return legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
}
const outcomeOf = ({ answer }: Heard) => (answer.kind === "document" ? answer.outcome : answer.reason);
const savedOf = ({ answer }: Heard) => answer.kind === "document" && answer.saved;
const at = ({ answer: { checkpoint } }: Heard) => checkpoint;

describe("what became of a request is told as it was", () => {
  test("answered, given again, taken by the fallback, asked again, one rung down", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    expect([outcomeOf(first), savedOf(first)]).toEqual(["answered", true]);
    const second = await legs.ask(action(first), { Digits: "1" });
    const again = await legs.ask(action(first), { Digits: "1" });
    expect([outcomeOf(again), savedOf(again)]).toEqual(["replayed", true]);
    expect(again.twiml).toBe(second.twiml);

    const down = await legs.fail(second.media[0] ?? "");
    expect([outcomeOf(down), savedOf(down)]).toEqual(["resumed", true]);
    const asked = await legs.fail(action(down));
    expect([outcomeOf(asked), savedOf(asked)]).toEqual(["resumed", true]);
    const taken = await legs.fail(action(asked), { Digits: "0" });
    expect([outcomeOf(taken), savedOf(taken)]).toEqual(["resumed", true]);
  });

  test("a document that the table does not have is told as not saved", async () => {
    const legs = fourLegs();
    legs.gates.primary.refuse("commit");
    const first = await legs.ask(legs.voiceUrl);
    expect([outcomeOf(first), savedOf(first)]).toEqual(["answered", false]);
    legs.gates.fallback.refuse("commit");
    const again = await legs.fail(action(first));
    expect([outcomeOf(again), savedOf(again)]).toEqual(["resumed", false]);
  });
});

describe("a document given again", () => {
  test("by the primary costs nothing and is the same to the byte", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    const second = await legs.ask(action(first), { Digits: "1" });
    for (let again = 0; again < 5; again++) {
      expect((await legs.ask(action(first), { Digits: "1" })).twiml).toBe(second.twiml);
    }
  });

  test("by the fallback because it came too late is not plain: nothing was wrong with it", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    legs.gates.fallback.refuse("read");
    const second = await legs.ask(action(first), { Digits: "1" });
    const resumed = await legs.fail(action(first), { Digits: "1" });
    expect(outcomeOf(resumed)).toBe("replayed");
    expect(at(resumed)).toEqual({ ...at(second), resumes: 1, away: limits.awayTurns });
  });

  test("again and again by the fallback ends when the resumes are spent", async () => {
    const legs = fourLegs();
    const first = await legs.ask(legs.voiceUrl);
    await legs.ask(action(first), { Digits: "1" });
    const { checkpoint } = first.answer;
    if (checkpoint === undefined) throw new Error("no checkpoint");
    const spent = { ...checkpoint, resumes: limits.resumesMax };
    const { sealer, urls } = legs.primary;
    const url = urls.action("primary", "four", sealUrl(sealer, callSid, spent, "gather", 0));
    await legs.ask(url, { Digits: "1" });
    // the table is ahead, and of the same epoch: only its document could be given again
    expect((await legs.fail(url, { Digits: "1" })).answer.reason).toBe("resumes spent");
  });
});

describe("a URL whose checkpoint nobody can read", () => {
  const garbled = "https://primary.example.com/voice/four/k1.AAAA";

  test("leads to the document in the table, at no cost", async () => {
    const legs = fourLegs();
    const second = await atBook(legs);
    const again = await legs.ask(garbled, { Digits: "1" });
    expect(again.twiml).toBe(second.twiml);
    expect(at(again)).toEqual(at(second));
  });

  test("is not taken for the begin of a call: without the table the primary fails", async () => {
    const legs = fourLegs();
    expect(outcomeOf(await legs.ask(garbled, { Digits: "1" }))).toBe("data not readable");
    await atBook(legs);
    legs.gates.primary.refuse("read");
    expect(outcomeOf(await legs.ask(garbled, { Digits: "1" }))).toBe("data not readable");
  });

  test("or that is of somebody else, or missing, leads the fallback to the table", async () => {
    const legs = fourLegs();
    await atBook(legs);
    expect((await legs.fail("https://elsewhere.example.com/twiml")).said.join()).toMatch("color 1, book? again");

    const own = legs.primary.urls.parse("https://fallback.example.com/voice-fallback?flow=four");
    if (own === undefined) throw new Error("no fallback URL");
    const params = new Map([["CallSid", callSid]]);
    const known = { parentCallSid: undefined, from: "", to: "", callStatus: "in-progress" };
    const request = { ...known, callSid, params, errorCode: "11200", errorUrl: undefined };
    expect(heard(await resumeTurn(legs.fallback, request, own)).said.join()).toMatch("color 1, book? again");
  });
});

describe("data too large for a URL", () => {
  test("is read of the table, in the position that the URL tells", async () => {
    const legs = twoLegs(longData);
    const more = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
    const second = await legs.ask(action(more), { Digits: "1" });
    expect(second.said).toEqual(["4000 and 2, more?"]);
    // the request before, once more: the table is ahead of it
    const again = await legs.ask(action(more), { Digits: "1" });
    expect([again.twiml, outcomeOf(again)]).toEqual([second.twiml, "replayed"]);
    legs.gates.primary.refuse("read");
    expect(outcomeOf(await legs.ask(action(second), { Digits: "1" }))).toBe("data not readable");
  });

  test("that the table does not have is missing later: the last resort, rather than the data of an earlier turn", async () => {
    const legs = twoLegs(longData);
    const first = await legs.ask(legs.voiceUrl);
    legs.gates.fallback.refuse("commit");
    // the fallback goes on as long as it can
    const unsaved = await legs.fail(action(first), { Digits: "1" });
    expect([unsaved.said, savedOf(unsaved)]).toEqual([["4000 and 1, more?"], false]);
    legs.gates.fallback.allow();
    const { said, answer } = await legs.ask(action(unsaved), { Digits: "1" });
    expect([said, answer.reason]).toEqual([["last resort"], "data not readable"]);
  });

  test("stops no primary at the end of the call: the last document has no URL to carry it", async () => {
    const legs = twoLegs(longData);
    const more = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
    legs.gates.primary.refuse("commit");
    expect(outcomeOf(await legs.ask(action(more), { Digits: "1" }))).toBe("data not saved");
    expect((await legs.ask(action(more), { Digits: "2" })).said).toEqual(["4000 and 1, bye"]);
  });
});

test("a document that Twilio could not execute is given in plain rendering, given again or begun with", async () => {
  const legs = fourLegs();
  const first = await legs.ask(legs.voiceUrl);
  await legs.ask(action(first), { Digits: "1" });
  const plain = await legs.fail(action(first), { ErrorCode: "12100" });
  expect([plain.media, plain.said]).toEqual([[], ["la la", "color 1, book?"]]);
  const taken = await fourLegs().fail(legs.voiceUrl, { ErrorCode: "12100" });
  expect([taken.media, taken.said]).toEqual([[], ["la la", "color?"]]);
});
