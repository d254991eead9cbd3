import type { Built } from "../build.ts";

/** What a part of the bench finds, in a shape that is printed, kept as JSON, drawn and judged by the same code. */

export const partNames = ["webhooks", "cold-start", "recovery", "rehearsal", "growth", "load"] as const;
export type PartName = (typeof partNames)[number];

/** How much is repeated. `quick` shows that everything works and counts what can be counted; its times are no figures. */
export type Effort = "full" | "quick";

export interface BenchContext {
  readonly effort: Effort;
  /** of whatever is drawn by chance */
  readonly seed: number;
  /** Both legs as they are deployed; built once, when the first part asks. */
  built(): Promise<Built>;
  /** A folder for what a part makes; gone after the run. */
  readonly workDir: string;
  /** Tells what is being done; no newline. */
  progress(line: string): void;
}

export interface Column {
  readonly key: string;
  /** with its unit */
  readonly title: string;
  /** after the point, where it is shown; JSON keeps six. Default: 0 */
  readonly digits?: number;
}

/** Cells by column key. A missing cell is shown as a dash: nothing to measure there. */
export type Row = Readonly<Record<string, string | number | undefined>>;

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What the product promises, beside what was measured. */
export interface Target {
  readonly what: string;
  readonly bound: { readonly atMost: number } | { readonly exactly: number } | { readonly atLeast: number };
  readonly measured: number;
  /**
   * `count` is the same on every machine and in every run, and judged in the gate; `ratio` is of two things measured in turns
   * in one run; `rate` depends on the machine.
   */
  readonly kind: "count" | "ratio" | "rate";
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** half of the rounds lie between these */
  readonly spread?: readonly [low: number, high: number];
  /** ours is drawn in the colour of the product */
  readonly isOurs: boolean;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly bars: readonly Bar[];
}

export interface PartReport {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly charts: readonly Chart[];
  /** What a reader must know to read the figures; whole sentences. */
  readonly notes: readonly string[];
}

export interface Part {
  readonly name: PartName;
  readonly title: string;
  run(context: BenchContext): Promise<PartReport>;
}

/** Whether a target is met. */
export function isMet({ bound, measured }: Target): boolean {
  if ("atMost" in bound) return measured <= bound.atMost;
  if ("atLeast" in bound) return measured >= bound.atLeast;
  return measured === bound.exactly;
}
