/** What the page is told of rehearsals: a part of `protocol.ts`. */

/** How many of the plausible answers of Twilio to what it does not document: `few` has each once, `all` each with each other. */
export const dialectChoices = ["few", "all"] as const;
export type DialectChoice = (typeof dialectChoices)[number];

export interface StartRehearsal {
  readonly flow: string;
  /** default: few */
  readonly dialects?: DialectChoice;
}

/** How often the last rehearsal came to each step; `failed` of `struck` calls did not come through. */
export interface FlowCoverage {
  /** ISO 8601 */
  readonly at: string;
  /** single, pairs … */
  readonly faults: string;
  readonly calls: number;
  readonly steps: Readonly<
    Record<
      string,
      { readonly calls: number; readonly faultless: number; readonly struck: number; readonly failed: number }
    >
  >;
}

/** One matrix cell of a rehearsal: all cases in which this fault struck at this step. */
export interface MatrixCell {
  readonly step: string;
  readonly point: string;
  readonly fault: string;
  readonly cases: number;
  readonly failed: number;
  /** a case to open: one that failed, if any */
  readonly example?: string;
}

export interface RehearsalState {
  readonly id: string;
  readonly flow: string;
  readonly dialects: DialectChoice;
  readonly state: "running" | "done" | "failed";
  readonly cases: number;
  readonly failed: number;
  /** 0 to 1 */
  readonly progress: number;
  readonly matrix?: readonly MatrixCell[];
  /** of cases that did not come through; at most 50 */
  readonly failures?: readonly { readonly caseId: string; readonly what: string }[];
  /** why there is no result */
  readonly message?: string;
}
