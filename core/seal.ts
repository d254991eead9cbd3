import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { ConfigurationError } from "./errors.ts";
import { type HmacKey, hmacKey, hmacSha256 } from "./sha256.ts";

/** What a sealed text is for; bound into it, so a text sealed for one purpose is nothing for another. */
export type SealPurpose = "url" | "item" | "effect" | "pin" | "outcome" | "redial" | "start" | "outbox";

/** Authenticated encryption under keys that can rotate: the first key seals, all keys open. */
export interface Sealer {
  /** @returns `keyId.base64url`; the same input gives the same text, so a replayed document is the same to the byte */
  seal(purpose: SealPurpose, callSid: string, plaintext: string): string;
  /** @returns the plaintext, or undefined for anything malformed, tampered with, foreign or sealed by an unknown key */
  unseal(purpose: SealPurpose, callSid: string, sealed: string): string | undefined;
  /** A keyed hash, base64url: whoever has not the key cannot even try whose it is. The first key makes it. */
  hash(purpose: string, text: string): string;
  /** For each key, the one that seals first: its id, and what only that key makes of a challenge. */
  proofs(challenge: string): { readonly id: string; readonly proof: string }[];
}

interface Key {
  readonly encryption: Buffer;
  readonly nonce: HmacKey;
  readonly hash: Buffer;
}

const nonceBytes = 12;
const tagBytes = 16;
const sealedPattern = /^([a-z0-9]{1,8})\.([A-Za-z0-9_-]+)$/;
const keysPattern = /^[a-z0-9]{1,8}:[A-Za-z0-9+/_-]{43}=?$/;

/**
 * @param keys `id:base64 of 32 bytes`, comma separated; the first one seals
 * @throws ConfigurationError naming the malformed entry by its position, never its content
 */
export function createSealer(keys: string): Sealer {
  const byId = new Map<string, Key>();
  const entries = keys.split(",").map((entry) => entry.trim());
  for (const [index, entry] of entries.entries()) {
    const [id = "", material = ""] = entry.split(":");
    const bytes = Buffer.from(material, "base64");
    if (!keysPattern.test(entry) || bytes.length !== 32 || byId.has(id)) {
      throw new ConfigurationError(
        `SEAL_KEYS: entry ${index + 1} is not 'id:base64 of 32 bytes' with an id of its own (a-z 0-9, up to 8)`,
      );
    }
    byId.set(id, {
      encryption: derive(bytes, "encryption"),
      nonce: hmacKey(derive(bytes, "nonce")),
      hash: derive(bytes, "hash"),
    });
  }
  const currentId = entries[0]?.split(":")[0] ?? "";
  const current = byId.get(currentId);
  if (current === undefined) throw new ConfigurationError("SEAL_KEYS: no key given");

  return {
    seal(purpose, callSid, plaintext) {
      // A nonce computed from the content (as in SIV) needs no randomness and never meets another plaintext.
      const bound = `${purpose}|${callSid}`;
      const nonce = hmacSha256(current.nonce, `${bound}\0${plaintext}`).subarray(0, nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", current.encryption, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(bound));
      const body = Buffer.concat([nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${currentId}.${body.toString("base64url")}`;
    },
    hash: (purpose, text) => createHmac("sha256", current.hash).update(`${purpose}\0${text}`).digest("base64url"),
    proofs: (challenge) =>
      [...byId].map(([id, { hash }]) => ({
        id,
        proof: createHmac("sha256", hash).update(`probe\0${challenge}`).digest("base64url"),
      })),
    unseal(purpose, callSid, sealed) {
      const [, id = "", text = ""] = sealedPattern.exec(sealed) ?? [];
      const key = byId.get(id);
      const body = Buffer.from(text, "base64url");
      // the second half refuses texts that differ only in bits that base64 ignores
      if (key === undefined || body.length < nonceBytes + tagBytes || body.toString("base64url") !== text) {
        return undefined;
      }
      try {
        const decipher = createDecipheriv("aes-256-gcm", key.encryption, body.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(Buffer.from(`${purpose}|${callSid}`));
        decipher.setAuthTag(body.subarray(body.length - tagBytes));
        const opened = decipher.update(body.subarray(nonceBytes, body.length - tagBytes));
        return Buffer.concat([opened, decipher.final()]).toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}

function derive(material: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", material, "", `stayline ${use}`, 32));
}
