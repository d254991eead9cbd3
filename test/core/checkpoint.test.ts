import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  awayForGood,
  type Checkpoint,
  isAhead,
  type Position,
  type SealedUrl,
  sealItem,
  sealUrl,
  startOf,
  unsealItem,
  unsealUrl,
} from "../../core/checkpoint.ts";
import { limits } from "../../core/limits.ts";
import { createSealer } from "../../core/seal.ts";
import { callSid, checkpointAt, otherCallSid, sealer, sealKey } from "./call.ts";

const few = fc.nat(3);
const position: fc.Arbitrary<Position> = fc.record({ turn: few, attempt: few, resumes: few });
const runs = { numRuns: 2_000 };

const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
  flow: fc.constantFrom("appointment", "f".repeat(limits.flowNameCharactersMax)),
  step: fc.constantFrom("", "confirm", "s".repeat(limits.stepNameCharactersMax)),
  turn: fc.nat(1_000_000),
  attempt: fc.nat(1_000_000),
  resumes: fc.nat(1_000_000),
  away: fc.nat(awayForGood),
  rung: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
  from: fc.nat(limits.verbsPerDocumentMax),
  unsure: fc.boolean(),
  plain: fc.boolean(),
  visits: fc.nat(1_000),
  language: fc.constantFrom<"en" | "ja">("en", "ja"),
  data: fc
    .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true })
    .map((data) => JSON.parse(JSON.stringify(data)) as Record<string, unknown>)
    .filter((data) => !Object.hasOwn(data, "__proto__") && JSON.stringify(data).length < 300),
});
const verb = fc.constantFrom<SealedUrl["verb"]>("gather", "record", "dial", "raw", "next", "play");

describe("who is ahead", () => {
  test("is never a position of itself, and never both of two", () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        expect(isAhead(a, a)).toBe(false);
        expect(isAhead(a, b) && isAhead(b, a)).toBe(false);
      }),
      runs,
    );
  });

  test("is a strict partial order: ahead of whoever is ahead", () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        fc.pre(isAhead(a, b) && isAhead(b, c));
        expect(isAhead(a, c)).toBe(true);
      }),
      runs,
    );
  });

  test("is never of an earlier epoch (rule 1), and within one epoch is whoever is further", () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        if (a.resumes < b.resumes) expect(isAhead(a, b)).toBe(false);
        const further = a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt);
        expect(isAhead({ ...a, resumes: 1 }, { ...b, resumes: 1 })).toBe(further);
      }),
      runs,
    );
  });

  test("a late commit does not bring back the answer that the caller was asked for again", () => {
    const askedAgain = { turn: 3, attempt: 1, resumes: 1 };
    const zombie = { turn: 4, attempt: 0, resumes: 0 };
    expect(isAhead(zombie, askedAgain)).toBe(false);
    expect(isAhead(askedAgain, zombie)).toBe(false);
    expect(isAhead({ ...zombie, resumes: 1 }, askedAgain)).toBe(true);
  });
});

describe("a checkpoint in a URL", () => {
  test("comes back as it was, with the verb that the URL belongs to", () => {
    fc.assert(
      fc.property(checkpoint, verb, fc.nat(100), (c, name, index) => {
        const sealed = sealUrl(sealer, callSid, c, name, index);
        const positionOnly = Buffer.byteLength(JSON.stringify(c.data)) > limits.urlDataBytesMax;
        expect(unsealUrl(sealer, callSid, sealed)).toEqual({ checkpoint: c, positionOnly, verb: name, index });
      }),
    );
  });

  test("is nothing in another call, cut short, unknown, or absent", () => {
    const sealed = sealUrl(sealer, callSid, checkpointAt(), "gather", 0);
    expect(unsealUrl(sealer, otherCallSid, sealed)).toBeUndefined();
    expect(unsealUrl(sealer, callSid, sealed.slice(0, -1))).toBeUndefined();
    expect(unsealUrl(createSealer(sealKey("k2", 1)), callSid, sealed)).toBeUndefined();
    expect(unsealUrl(sealer, callSid, undefined)).toBeUndefined();
    expect(unsealUrl(sealer, callSid, "")).toBeUndefined();
    expect(unsealUrl(sealer, callSid, `k1.${"A".repeat(1_000_000)}`)).toBeUndefined();
  });

  test("is nothing when it is the checkpoint of the item, or the other way round", () => {
    const c = checkpointAt();
    expect(unsealUrl(sealer, callSid, sealItem(sealer, callSid, c))).toBeUndefined();
    expect(unsealItem(sealer, callSid, sealUrl(sealer, callSid, c, "next", 0), c)).toBeUndefined();
  });

  test("carries the position alone when the data is above 1 KiB, counted in bytes", () => {
    const bytesOf = (data: object) => Buffer.byteLength(JSON.stringify(data));
    const room = limits.urlDataBytesMax - bytesOf({ note: "" });
    for (const [note, over] of [
      ["x".repeat(room), "x"],
      [`${"あ".repeat(Math.floor(room / 3))}${"x".repeat(room % 3)}`, "x"],
    ] as const) {
      const fits = checkpointAt({ data: { note } });
      const sealed = unsealUrl(sealer, callSid, sealUrl(sealer, callSid, fits, "gather", 2));
      expect(sealed).toEqual({ checkpoint: fits, positionOnly: false, verb: "gather", index: 2 });
      const large = checkpointAt({ data: { note: note + over } });
      const position = unsealUrl(sealer, callSid, sealUrl(sealer, callSid, large, "gather", 2));
      expect(position).toEqual({ checkpoint: { ...large, data: {} }, positionOnly: true, verb: "gather", index: 2 });
    }
  });

  const whole = [1, "appointment", "confirm", 3, 1, 2, 0, 0, 0, 0, 1, "en", "gather", 0, {}] as const;
  const opened = (plaintext: string) => unsealUrl(sealer, callSid, sealer.seal("url", callSid, plaintext));

  test("is read as this build writes it", () => {
    expect(opened(JSON.stringify(whole))?.checkpoint).toEqual(checkpointAt());
  });

  test.each([
    ["no JSON", "{"],
    ["no list", "{}"],
    ["null", "null"],
    ["empty", ""],
    ["of another schema version", JSON.stringify(whole.with(0, 2 as never))],
    ["with a negative turn", JSON.stringify(whole.with(3, -1 as never))],
    ["with half a turn", JSON.stringify(whole.with(3, 0.5 as never))],
    ["with a fourth rung", JSON.stringify(whole.with(7, 3 as never))],
    ["with an unknown language", JSON.stringify(whole.with(11, "fr" as never))],
    ["with an unknown verb", JSON.stringify(whole.with(12, "sing" as never))],
    ["with data that is a text", JSON.stringify(whole.with(14, "x" as never))],
    ["too short", JSON.stringify(whole.slice(0, -1))],
  ])("is nothing when it is %s, though sealed with our key", (_what, plaintext) => {
    expect(opened(plaintext)).toBeUndefined();
  });
});

describe("a checkpoint in the item", () => {
  test("comes back as it was, data of any size included", () => {
    fc.assert(
      fc.property(checkpoint, (c) => {
        const large = { ...c, data: { ...c.data, note: "予約".repeat(1_000) } };
        expect(unsealItem(sealer, callSid, sealItem(sealer, callSid, large), large)).toEqual(large);
      }),
    );
  });

  test("is nothing beside another position, or in another call's item", () => {
    const c = checkpointAt();
    const sealed = sealItem(sealer, callSid, c);
    expect(unsealItem(sealer, callSid, sealed, c)).toEqual(c);
    for (const other of [{ turn: 4 }, { attempt: 0 }, { resumes: 3 }]) {
      expect(unsealItem(sealer, callSid, sealed, { ...c, ...other })).toBeUndefined();
    }
    expect(unsealItem(sealer, otherCallSid, sealed, c)).toBeUndefined();
  });
});

test("a call starts before its first step, on the primary, with the best media", () => {
  expect(startOf("survey", "ja")).toMatchObject({
    flow: "survey",
    step: "",
    turn: 0,
    away: 0,
    rung: 0,
    language: "ja",
  });
});
