import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hmacKey, hmacSha256, sha256 } from "../../core/sha256.ts";
import { Sha256 } from "../../core/stores/dynamodb-hash.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: "grapheme" });

test("a hash is what Node makes of the same data", () => {
  fc.assert(
    fc.property(fc.oneof(bytes, text), (data) => {
      expect(sha256(data)).toEqual(createHash("sha256").update(data).digest());
    }),
  );
});

test("an HMAC is what Node makes of the same key and data, however long they are", () => {
  // 64 bytes are a block: longer keys are hashed first
  const key = fc.oneof(bytes, fc.uint8Array({ minLength: 63, maxLength: 65 }));
  fc.assert(
    fc.property(key, fc.oneof(bytes, text), (secret, data) => {
      const expected = createHmac("sha256", secret).update(data).digest();
      const made = hmacKey(secret);
      expect(hmacSha256(made, data)).toEqual(expected);
      // the key is as it was
      expect(hmacSha256(made, data)).toEqual(expected);
    }),
  );
});

test("the SDK may give data in whatever form and in as many pieces as it likes", async () => {
  const forms = (data: Uint8Array) => {
    const shifted = Uint8Array.of(0, ...data, 0);
    const { buffer } = Uint8Array.from(data);
    return [data, buffer, new DataView(shifted.buffer, 1, data.length)];
  };
  const pieces = fc.array(fc.tuple(bytes, fc.nat(2)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.option(bytes, { nil: undefined }), fc.nat(2), async (given, secret, form) => {
      const hash = new Sha256(secret && forms(secret)[form]);
      const node = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
      for (const [data, how] of given) {
        hash.update(forms(data)[how] ?? data);
        node.update(data);
      }
      expect(Buffer.from(await hash.digest())).toEqual(node.digest());
    }),
  );
});

test("the SDK may give text, in the encoding that it names", async () => {
  const digest = async (secret: string, ...update: Parameters<Sha256["update"]>) => {
    const hash = new Sha256(secret);
    hash.update(...update);
    return Buffer.from(await hash.digest());
  };
  expect(await digest("鍵", "日本")).toEqual(createHmac("sha256", "鍵").update("日本").digest());
  expect(await digest("k", "é", "latin1")).toEqual(createHmac("sha256", "k").update("é", "latin1").digest());
});
