import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealer, type SealPurpose } from "../../core/seal.ts";
import { callSid, otherCallSid, sealer, sealKey } from "./call.ts";

const purposes: readonly SealPurpose[] = ["url", "item", "effect", "pin", "outcome"];
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

describe("a sealed text", () => {
  test("comes back as it was, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom(...purposes), (text, purpose) => {
        expect(sealer.unseal(purpose, callSid, sealer.seal(purpose, callSid, text))).toBe(text);
      }),
    );
  });

  test("is the key's id, a dot, and base64url, so it fits into a path", () => {
    expect(sealer.seal("url", callSid, "予約")).toMatch(/^k1\.[A-Za-z0-9_-]+$/);
  });

  test("is the same text for the same input, so a replayed document is the same to the byte", () => {
    expect(sealer.seal("url", callSid, "x")).toBe(createSealer(sealKey("k1", 1)).seal("url", callSid, "x"));
  });

  test("does not show its length-equal neighbour: one letter changes all of it", () => {
    const [a = "", b = ""] = ["day=monday", "day=sunday"].map((text) => sealer.seal("url", callSid, text));
    expect(a.slice(3, 19)).not.toBe(b.slice(3, 19));
  });

  test("opens for nobody once any one character of it is changed", () => {
    const sealed = sealer.seal("url", callSid, '[1,"appointment","confirm"]');
    for (let at = 0; at < sealed.length; at += 1) {
      for (const other of alphabet) {
        if (other === sealed[at]) continue;
        const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
        expect(sealer.unseal("url", callSid, changed), changed).toBeUndefined();
      }
    }
  });

  test("opens for nobody when cut short or made longer", () => {
    const sealed = sealer.seal("url", callSid, "the whole of it");
    for (let length = 0; length < sealed.length; length += 1) {
      expect(sealer.unseal("url", callSid, sealed.slice(0, length))).toBeUndefined();
    }
    for (const more of ["A", "AA", "AAA", "AAAA", "=", "\n", " ", ".k1"]) {
      expect(sealer.unseal("url", callSid, sealed + more), JSON.stringify(more)).toBeUndefined();
      expect(sealer.unseal("url", callSid, more + sealed), JSON.stringify(more)).toBeUndefined();
    }
  });

  test("opens for its own call and purpose only", () => {
    for (const purpose of purposes) {
      const sealed = sealer.seal(purpose, callSid, "text");
      expect(sealer.unseal(purpose, otherCallSid, sealed)).toBeUndefined();
      for (const other of purposes.filter((one) => one !== purpose)) {
        expect(sealer.unseal(other, callSid, sealed)).toBeUndefined();
      }
    }
  });

  test.each([
    ["empty", ""],
    ["only a key id", "k1."],
    ["of an unknown key", createSealer(sealKey("k9", 1)).seal("url", callSid, "text")],
    ["of another key under the same id", createSealer(sealKey("k1", 2)).seal("url", callSid, "text")],
    ["shorter than a nonce and a tag", `k1.${Buffer.alloc(27).toString("base64url")}`],
    ["huge", `k1.${"A".repeat(2_000_000)}`],
    ["not base64url", "k1.ab+/=="],
    ["of control characters", "k1.\u0000\u0001"],
  ])("is treated as absent when it is %s", (_what, sealed) => {
    expect(sealer.unseal("url", callSid, sealed)).toBeUndefined();
  });

  test("is treated as absent when it is any text at all", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.base64String().map((text) => `k1.${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(sealer.unseal("url", callSid, text)).toBeUndefined();
      }),
    );
  });
});

describe("keys that rotate", () => {
  const before = createSealer(sealKey("old", 1));
  const during = createSealer(`${sealKey("new", 2)}, ${sealKey("old", 1)}`);
  const after = createSealer(sealKey("new", 2));

  test("seal with the first and open with all", () => {
    expect(during.unseal("url", callSid, before.seal("url", callSid, "text"))).toBe("text");
    expect(during.seal("url", callSid, "text")).toMatch(/^new\./);
    expect(after.unseal("url", callSid, during.seal("url", callSid, "text"))).toBe("text");
  });

  test("open nothing once they are gone", () => {
    expect(after.unseal("url", callSid, before.seal("url", callSid, "text"))).toBeUndefined();
  });

  test("do not open under another id: the id chooses the key", () => {
    const [, body] = before.seal("url", callSid, "text").split(".");
    expect(during.unseal("url", callSid, `new.${body}`)).toBeUndefined();
  });
});

describe("SEAL_KEYS", () => {
  const good = sealKey("k1", 1);
  const secret = Buffer.alloc(31, 7).toString("base64");

  test.each([
    ["is empty", "", 1],
    ["has no id", Buffer.alloc(32).toString("base64"), 1],
    ["has a key of 31 bytes", `${good},k2:${secret}`, 2],
    ["has a key of 33 bytes", `k2:${Buffer.alloc(33).toString("base64")}`, 1],
    ["has an id in capitals", sealKey("K1", 1), 1],
    ["has an id of nine characters", sealKey("abcdefghi", 1), 1],
    ["has the same id twice", `${good},${sealKey("k1", 2)}`, 2],
    ["ends with a comma", `${good},`, 2],
    ["has a third part", `${good}:more`, 1],
  ])("is refused by the entry's number, never its content, when it %s", (_what, keys, entry) => {
    const refused = () => createSealer(keys);
    expect(refused).toThrow(`SEAL_KEYS: entry ${entry} is not`);
    expect(refused).not.toThrow(secret);
  });

  test("takes base64 and base64url, with and without padding", () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const spellings = [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("base64").slice(0, -1)];
    const sealed = spellings.map((text) => createSealer(`k1:${text}`).seal("url", callSid, "text"));
    expect(new Set(sealed).size).toBe(1);
  });
});
