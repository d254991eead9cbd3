import { createSealer, type Sealer } from "../../core/seal.ts";

const entriesMax = 50_000;

/**
 * A sealer that remembers. Sealing is a pure function (its nonce is computed from the content), and a rehearsal places the
 * same call thousands of times; remembered texts are the bytes that the real sealer made, and what it refuses stays refused.
 */
export function memoSealer(keys: string): Sealer {
  const sealer = createSealer(keys);
  const sealed = new Map<string, string>();
  const opened = new Map<string, string | undefined>();
  return {
    hash: sealer.hash,
    proofs: sealer.proofs,
    seal(purpose, callSid, plaintext) {
      const key = `${purpose}|${callSid}|${plaintext}`;
      const known = sealed.get(key);
      if (known !== undefined) return known;
      const made = sealer.seal(purpose, callSid, plaintext);
      if (sealed.size >= entriesMax) sealed.clear();
      sealed.set(key, made);
      return made;
    },
    unseal(purpose, callSid, text) {
      const key = `${purpose}|${callSid}|${text}`;
      if (opened.has(key)) return opened.get(key);
      const found = sealer.unseal(purpose, callSid, text);
      if (opened.size >= entriesMax) opened.clear();
      opened.set(key, found);
      return found;
    },
  };
}
