/** What the page is told of a real call: a part of `protocol.ts`. */
import type { LadderRow } from "./ladder-row.ts";

/** What is known of a real call, masked as `trace` does it. */
export interface RealCall {
  readonly callSid: string;
  /** anything at all is known */
  readonly known: boolean;
  readonly rows: readonly TraceRow[];
  /** by the number that a row has of its moment */
  readonly moments: readonly MomentDetails[];
  /** what became of effects, why it failed over, what told of it */
  readonly summary: readonly { readonly title: string; readonly lines: readonly string[] }[];
  /** the same as text */
  readonly text: string;
}

/** A row of a real call; its times are by the clocks of those who noted them. */
export type TraceRow = LadderRow & { readonly moment: number };

export interface MomentDetails {
  readonly who: string;
  readonly what: string;
  readonly sections: readonly { readonly title: string; readonly facts: readonly (readonly [string, string])[] }[];
}
