import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dial, gather, hangup, pause, raw, record, redirect, reject, say } from "../../core/verb-builders.ts";
import {
  actionUrl,
  endsDocument,
  textIn,
  type Verb,
  verbLength,
  verbNames,
  verbsFrom,
  yields,
} from "../../core/verbs.ts";

const prompts = fc.array(fc.constantFrom(say("a"), pause(1)), { maxLength: 4 });
const verbs = fc.array<Verb>(
  fc.oneof(
    fc.constant(say("x")),
    fc.constant(hangup()),
    prompts.map((list) => gather({}, ...list)),
  ),
  { maxLength: 6 },
);
const length = (list: readonly Verb[]) => list.reduce((sum, verb) => sum + verbLength(verb), 0);

describe("a document from verb k on", () => {
  const document = [say("hello"), gather({ numDigits: 1 }, say("one"), say("two")), hangup()];

  test("leaves out what was heard and keeps the numbers of the rest", () => {
    expect(verbsFrom(document, 0).map(({ index }) => index)).toEqual([0, 1, 4]);
    expect(verbsFrom(document, 1)).toEqual([
      { index: 1, verb: document[1] },
      { index: 4, verb: hangup() },
    ]);
    expect(verbsFrom(document, 4)).toEqual([{ index: 4, verb: hangup() }]);
    expect(verbsFrom(document, 5)).toEqual([]);
  });

  test("gives a gather whole when a prompt inside it failed: none of its prompts was heard yet", () => {
    for (const from of [1, 2, 3]) {
      expect(verbsFrom(document, from).map(({ index }) => index)).toEqual([1, 4]);
      expect(verbsFrom(document, from)[0]?.verb).toBe(document[1]);
    }
  });

  test("gives every verb that is left whole, with the number that it has in the whole document", () => {
    fc.assert(
      fc.property(verbs, fc.nat(30), (list, from) => {
        const whole = verbsFrom(list, 0);
        expect(whole.map(({ verb }) => verb)).toEqual(list);
        const names = verbNames(list);
        expect(names).toHaveLength(length(list));
        for (const { index, verb } of whole) expect(names[index]).toBe(verb.verb);
        expect(verbsFrom(list, from)).toEqual(whole.filter(({ index, verb }) => index + verbLength(verb) > from));
      }),
    );
  });
});

describe("a verb", () => {
  test("hands the call to a request of its own, or does not", () => {
    expect([gather({}), record(), dial("+1")].map(yields)).toEqual(["gather", "record", "dial"]);
    expect([say("x"), pause(), hangup(), reject(), redirect("https://example.com/")].map(yields)).toEqual(
      Array(5).fill(undefined),
    );
    expect(yields(raw("Connect", { action: actionUrl }))).toBe("raw");
    expect(yields(raw("Pay", { action: "https://example.com/" }))).toBeUndefined();
  });

  test("ends its document when nothing after it is ever reached; a gather falls through on silence, a record on nothing", () => {
    const ending = [dial("+1"), hangup(), reject(), redirect("https://example.com/")];
    expect(ending.every(endsDocument)).toBe(true);
    expect([say("x"), pause(), gather({}), record(), raw("Enqueue")].some(endsDocument)).toBe(false);
  });

  test("has one text for all languages, or one for each", () => {
    expect([textIn("ja", "x"), textIn("en", { en: "a", ja: "あ" }), textIn("ja", { en: "a", ja: "あ" })]).toEqual([
      "x",
      "a",
      "あ",
    ]);
  });

  test("dials one number or several", () => {
    const numbers = (to: Parameters<typeof dial>[0]) => dial(to).targets.map((target) => target.to);
    expect(numbers("+1")).toEqual(["+1"]);
    expect(numbers(["+1", "+2"])).toEqual(["+1", "+2"]);
  });
});
