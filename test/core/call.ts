import { type Checkpoint, startOf } from "../../core/checkpoint.ts";
import { createSealer } from "../../core/seal.ts";

export const callSid = `CA${"0123456789abcdef".repeat(2)}`;
export const otherCallSid = `CA${"f".repeat(32)}`;

/** A key of 32 equal bytes, as `SEAL_KEYS` writes it. */
export const sealKey = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString("base64")}`;
export const sealer = createSealer(sealKey("k1", 1));

/** A checkpoint in the middle of a call. */
export function checkpointAt(over: Partial<Checkpoint> = {}): Checkpoint {
  return { ...startOf("appointment", "en"), turn: 3, attempt: 1, resumes: 2, step: "confirm", visits: 1, ...over };
}
