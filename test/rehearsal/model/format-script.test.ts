import fc from "fast-check";
import { expect, test } from "vitest";
import { type CallerStep, parseScript } from "../../../rehearsal/caller-script.ts";
import { formatScript } from "../../../rehearsal/model/format-script.ts";

const key = fc.constantFrom(..."0123456789*#");
const word = fc.stringMatching(/^[a-zA-Z0-9はいご:]{1,10}$/);
const caller: fc.Arbitrary<CallerStep> = fc.oneof(
  fc.array(key, { minLength: 1, maxLength: 8 }).map((keys): CallerStep => ({ kind: "digits", digits: keys.join("") })),
  fc
    .array(word, { minLength: 1, maxLength: 4 })
    .map((words): CallerStep => ({ kind: "speech", text: words.join(" ") })),
  fc.constantFrom<CallerStep>({ kind: "silence" }, { kind: "hangup" }),
  fc.record({
    kind: fc.constant("record" as const),
    durationSec: fc.nat(200),
    endedBy: fc.constantFrom("key" as const, "silence" as const, "hangup" as const),
  }),
  fc.record({
    kind: fc.constant("dial" as const),
    status: fc.constantFrom("completed" as const, "busy" as const, "no-answer" as const, "failed" as const),
    durationSec: fc.nat(200),
  }),
);

test("what is written is read back the same", () => {
  fc.assert(
    fc.property(fc.array(caller), (steps) => {
      expect(parseScript(formatScript(steps))).toEqual({ kind: "script", steps });
    }),
  );
});

test.each(["", "1,1", "2,say:hello world,silence,record:5,dial:busy,hangup", "record:5:key,dial:completed"])(
  "'%s' stays as it was written",
  (text) => {
    const read = parseScript(text);
    expect(formatScript(read.kind === "script" ? read.steps : [])).toBe(text);
  },
);

test("words with a comma cannot be said in a script", () => {
  expect(() => formatScript([{ kind: "speech", text: "yes, please" }])).toThrow(RangeError);
});
