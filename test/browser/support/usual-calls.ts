import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import type { Press } from "./keyboard.ts";

/** A call through a shipped flow: what is pressed at each step that asks, and the same without a browser. */
export interface UsualCall {
  readonly flow: string;
  readonly answers: Readonly<Record<string, Press>>;
  readonly script: readonly CallerStep[];
  /** Of the outside service. */
  readonly effects: readonly string[];
}

export const usualCalls: readonly UsualCall[] = [
  {
    flow: "appointment",
    answers: { chooseDay: { keys: "1" }, confirm: { keys: "1" } },
    script: [
      { kind: "digits", digits: "1" },
      { kind: "digits", digits: "1" },
    ],
    effects: ["book"],
  },
  {
    flow: "front-desk",
    answers: {
      choose: { keys: "1" },
      connect: { offer: /^busy/i },
      voicemail: { offer: /^speak 5 s, then press a key/i },
    },
    script: [
      { kind: "digits", digits: "1" },
      { kind: "dial", status: "busy", durationSec: 0 },
      { kind: "record", durationSec: 5, endedBy: "key" },
    ],
    effects: ["voicemail"],
  },
  {
    flow: "survey",
    answers: { visit: { keys: "4" }, recommend: { say: "yes" }, better: { say: "more chairs" } },
    script: [
      { kind: "digits", digits: "4" },
      { kind: "speech", text: "yes" },
      { kind: "speech", text: "more chairs" },
    ],
    effects: ["answer-visit", "answer-recommend", "answer-better"],
  },
];
