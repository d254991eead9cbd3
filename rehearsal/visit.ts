import type { CallLine } from "./call-line.ts";
import type { CallEnd } from "./call-record.ts";
import type { Failure, NextRequest } from "./verb-result.ts";

/**
 * Where a document runs: in the call itself, while the caller waits in a queue, for the person called, or for somebody who
 * waited in a queue and is connected now.
 */
export type Place = "call" | "wait" | "whisper" | "dequeued";

/** How the documents of a place ended. `failed`: one could not be had, and this place does not ask the fallback. */
export type Ending = { kind: "ended"; ended: CallEnd } | { kind: "left" } | ({ kind: "failed" } & Failure);

/** Runs one document after the other, from a first request on, until they end. */
export type Visit = (first: NextRequest, line: CallLine, place: Place) => Promise<Ending>;
