import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../core/index.ts";
import { flows as shipped } from "../../flows/index.ts";

type Step = "ask" | "more" | "done";

/** How a flow can end the runtime under it, or stand in its way. */
export type Break = "throw" | "exit" | "block" | "memory";

/** A flow with a bug that needs a certain key, and a setting that only one leg has. */
export const brittle = defineFlow<Step, Record<string, never>>({
  name: "brittle",
  start: "ask",
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say({ en: "To go on, press a key.", ja: "番号を押してください。" }))],
      next: ({ input, settings }) => {
        if (input.kind === "digits" && input.digits === "9") breakDown(settings.BREAKS);
        return goTo("more");
      },
    },
    more: {
      prompt: () => [
        gather({ numDigits: 1 }, say({ en: "To end, press a key.", ja: "終わるには番号を押してください。" })),
      ],
      next: () => goTo("done"),
    },
    done: { prompt: () => [say({ en: "Goodbye.", ja: "失礼いたします。" }), hangup()] },
  },
  lastResort: () => [say({ en: "We are sorry. Goodbye.", ja: "申し訳ございません。" }), hangup()],
});

/** The flows of the incidents: the shipped ones, and one that breaks. */
export const flows: readonly Flow[] = [...shipped, brittle];

const blockedMs = 20_000;

function breakDown(how: string | undefined): void {
  if (how === "throw") throw new TypeError("a bug of the flow");
  if (how === "exit") process.exit(1);
  if (how === "block") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs);
  const kept: number[][] = [];
  while (how === "memory") kept.push(new Array<number>(100_000).fill(kept.length));
}
