import type { Language } from "../core/verbs.ts";

export const lanes = ["caller", "twilio", "primary", "fallback", "table", "effects"] as const;
export type Lane = (typeof lanes)[number];

export type Tone = "plain" | "quiet" | "bad" | "failover";

/** One line of a ladder: of a live call, of a case of the rehearsal, or of a trace. */
export type LadderRow = {
  /** of one ladder each its own */
  readonly id: number;
  /** since the call began */
  readonly atMs: number;
  readonly tone: Tone;
  readonly label: string;
  /** of the label, where it is not English */
  readonly language?: Language;
} & (
  | { readonly kind: "arrow"; readonly from: Lane; readonly to: Lane; readonly dashed: boolean; readonly lost: boolean }
  | { readonly kind: "banner" }
  | { readonly kind: "silence"; readonly lengthMs: number }
);

export type ArrowRow = Extract<LadderRow, { kind: "arrow" }>;
