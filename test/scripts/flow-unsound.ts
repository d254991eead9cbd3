import { defineFlow } from "../../core/flow.ts";
import { gather, goTo, hangup, say } from "../../core/index.ts";

const bye = { prompt: () => [say({ en: "Goodbye.", ja: "失礼いたします。" }), hangup()] };
const lastResort = () => [say({ en: "We are sorry.", ja: "申し訳ございません。" }), hangup()];

const endless = defineFlow<"ask" | "bye", object>({
  name: "endless",
  start: "ask",
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say({ en: "Press 1.", ja: "1を押してください。" }))],
      next: ({ input }) => goTo(input.kind === "digits" ? "bye" : "ask"),
    },
    bye,
  },
  lastResort,
});

const english = defineFlow<"ask" | "bye", object>({
  name: "english",
  start: "ask",
  steps: {
    ask: { prompt: () => [gather({ numDigits: 1 }, say("Press 1."))], next: () => goTo("bye") },
    bye,
  },
  lastResort,
});

/** Flows that the linter finds something in. */
export const flows = [endless, english];
