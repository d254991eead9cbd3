import type { Replacement } from "../rules/mutation.ts";

/** A core that is broken on purpose, which the rehearsal must complain of. */
export interface Canary {
  /** What the broken core does, as the name of a row: small letters and hyphens. */
  readonly name: string;
  /** The same as a sentence. */
  readonly does: string;
  readonly replacements: readonly Replacement[];
  /** Flows that are rehearsed with it, by name, the first first. */
  readonly flows: readonly FlowName[];
  /** Where it is known to be found; else the search begins with single faults under the most plausible dialect. */
  readonly begins?: Begin;
  /** It breaks the calls in which nothing goes wrong too. One that does and does not say so is a slip, not a canary. */
  readonly withoutFault?: true;
  /** The rehearsal itself is thrown out of its course by it, and that is how it is noticed. */
  readonly byCrash?: true;
}

/** A part of the search that comes before all else. */
export interface Begin {
  readonly faults: 1 | 2;
  readonly dialect: string;
  /** of the flows' scripts; default: all */
  readonly script?: string;
  /** Of the first faults of each call only every `of`th, from `index` on. */
  readonly share?: { readonly of: number; readonly index: number };
}

/** Of `test/flows/index.ts`, and of `canary.ts` beside it. */
export type FlowName =
  | ("appointment" | "front-desk" | "survey" | "four" | "outcomes" | "charge" | "order" | "cut-off")
  | ("verbs-pay" | "verbs-dial" | "verbs-queue" | "verbs-message");

/** The core as it is: what the search must find nothing in. */
export const wholeCore = "the whole core";
