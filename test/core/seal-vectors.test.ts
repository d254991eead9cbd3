import { expect, test } from "vitest";
import { createSealer } from "../../core/seal.ts";
import { callSid, sealKey } from "./call.ts";

/**
 * Texts as an earlier build sealed them. While a new build is being deployed, calls are in progress whose URLs and items
 * are these: whatever is changed here cuts them off. Who must change it gives the new way a new key, and keeps this one.
 */
const vectors = [
  ["url", "予約 ok", "k1.8PjQ3AgQuKGS8Iyml4LL7DVMzFnW3cQzUG5vP3TYl0Fj9w57Iw"],
  ["item", "{}", "k1.Yq4aMuFsahvt6TsCO88IEJoh5h4BzwE_gbMyuldK"],
] as const;

// made in each test: what is wrong with the making of keys is to be seen here
const sealer = () => createSealer(sealKey("k1", 1));

test.each(vectors)("a call that is in progress while we deploy goes on: %s", (purpose, text, sealed) => {
  expect(sealer().unseal(purpose, callSid, sealed)).toBe(text);
  expect(sealer().seal(purpose, callSid, text)).toBe(sealed);
});

test("a call that is in progress while we change the key goes on, however the keys are set apart", () => {
  for (const between of [",", ", ", " ,\n"]) {
    const both = createSealer(`${sealKey("k2", 2)}${between}${sealKey("k1", 1)}`);
    for (const [purpose, text, sealed] of vectors) expect(both.unseal(purpose, callSid, sealed)).toBe(text);
  }
});

test("who called before is found again after we deploy, by a hash that only the key can make", () => {
  const number = "+815011112222";
  expect(sealer().hash("redial", number)).toBe("SsLK_T-1vRuqFLYcpGAb0XHt0ml_P4gpOJsbpyX-ais");
  expect(createSealer(sealKey("k1", 2)).hash("redial", number)).not.toBe(sealer().hash("redial", number));
  expect(sealer().hash("place", number)).not.toBe(sealer().hash("redial", number));
});

test("both legs prove to each other which keys they have, without showing one", () => {
  const both = createSealer(`${sealKey("k2", 2)},${sealKey("k1", 1)}`);
  const proof = "dvACwZCzF8XksDAM35-o0B6QKiAbXnXji-5LJpoXebk";
  expect(sealer().proofs("challenge")).toEqual([{ id: "k1", proof }]);
  expect(both.proofs("challenge")).toEqual([
    { id: "k2", proof: expect.not.stringMatching(proof) },
    { id: "k1", proof },
  ]);
  expect(sealer().proofs("another")).not.toEqual(sealer().proofs("challenge"));
});
