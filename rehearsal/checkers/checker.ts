import type { RehearsedCall } from "../world/rehearsed-call.ts";
import type { Expectation } from "./expectation.ts";

/** Looks at one call from one side. @returns what is wrong, a sentence each */
export type Checker = (call: RehearsedCall, expected: Expectation) => readonly string[];

export interface Finding {
  readonly checker: CheckerName;
  readonly what: string;
}

export type CheckerName =
  | "nobody-is-lost"
  | "answers-survive"
  | "executed-once"
  | "asides-beside"
  | "effects-once"
  | "told-as-done"
  | "ended-once"
  | "requests-bounded"
  | "silence-bounded"
  | "documents-valid"
  | "checkpoint-forward"
  | "call-ends"
  | "trail-explains";
