import type { Hash, SourceData } from "@smithy/types";
import { hmacKey, hmacSha256, sha256 } from "../sha256.ts";

/** SHA-256 as the SDK's signer asks for it: an HMAC, if it is given a secret. */
export class Sha256 implements Hash {
  readonly #secret: SourceData | undefined;
  readonly #data: Uint8Array[] = [];

  constructor(secret?: SourceData) {
    this.#secret = secret;
  }

  update(data: SourceData, encoding?: BufferEncoding): void {
    this.#data.push(bytesOf(data, encoding));
  }

  async digest(): Promise<Uint8Array> {
    const data = Buffer.concat(this.#data);
    return this.#secret === undefined ? sha256(data) : hmacSha256(hmacKey(bytesOf(this.#secret)), data);
  }
}

function bytesOf(data: SourceData, encoding?: BufferEncoding): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, encoding);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
