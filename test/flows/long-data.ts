import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";

interface Data {
  readonly note: string;
  readonly count: number;
}

/** Data too large for a URL: its URLs carry the position alone, and each turn reads. */
export const longData = defineFlow<"ask" | "more" | "end", Data>({
  name: "long-data",
  start: "ask",
  data: { note: "", count: 0 },
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say("begin?"))],
      next: () => goTo("more", { note: "n".repeat(4_000), count: 1 }),
    },
    more: {
      prompt: ({ note, count }) => [gather({ numDigits: 1 }, say(`${note.length} and ${count}, more?`))],
      next: ({ input, data: { count } }) =>
        input.kind === "digits" && input.digits === "1" ? goTo("more", { count: count + 1 }) : goTo("end"),
    },
    end: { prompt: ({ note, count }) => [say(`${note.length} and ${count}, bye`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});
