import { expect, test } from "vitest";
import { bytesByPart, itemBytes, readUnits, writeUnits } from "../../../scripts/bench/growth/item-size.ts";

test.each([
  ["a text, in bytes and not in characters", { n: { S: "日本" } }, 1 + 6],
  ["a number: a byte for two digits, and one", { n: { N: "1795000000123" } }, 1 + 7 + 1],
  ["a number without its zeroes at the end", { n: { N: "1795000000000" } }, 1 + 2 + 1],
  ["a negative number: one more", { n: { N: "-12" } }, 1 + 1 + 1 + 1],
  ["zero", { n: { N: "0" } }, 1 + 1],
  ["a flag", { n: { BOOL: true } }, 1 + 1],
  ["a map: three, and one for each element", { n: { M: { a: { S: "b" }, c: { S: "d" } } } }, 1 + 3 + 2 * (1 + 1 + 1)],
  ["a list: three, and one for each element", { n: { L: [{ S: "ab" }, { N: "7" }] } }, 1 + 3 + (2 + 1) + (2 + 1)],
  ["several attributes", { ab: { S: "c" }, d: { S: "" } }, 2 + 1 + 1],
])("counts %s", (_, item, bytes) => {
  expect(itemBytes(item)).toBe(bytes);
});

test("a write costs a unit for each kilobyte begun, of the item before or after, whichever is larger", () => {
  expect([writeUnits(0, 1), writeUnits(0, 1_024), writeUnits(0, 1_025)]).toEqual([1, 1, 2]);
  expect(writeUnits(3_000, 100)).toBe(3);
  expect([readUnits(0), readUnits(4_096), readUnits(4_097)]).toEqual([1, 1, 2]);
});

test("the parts of an item are all of it", () => {
  const item = {
    callSid: { S: "CA1" },
    data: { S: "sealed" },
    "v#1.0": { S: "1|0|primary" },
    "e#2:book": { M: { state: { S: "done" } } },
    "p#2": { M: { token: { S: "t" } } },
    "o#1": { S: "x" },
    turn: { N: "3" },
  };
  const parts = bytesByPart(item);
  expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(itemBytes(item));
  expect(parts).toMatchObject({ trail: 16, outcomes: 4, data: 10 });
  expect(parts.effects).toBe("e#2:book".length + 3 + "statedone".length + 1);
});
