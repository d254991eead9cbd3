import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";

interface Data {
  readonly words: string;
}

/** Says what it heard, whatever that was. */
export const echo = defineFlow<"listen" | "repeat", Data>({
  name: "echo",
  start: "listen",
  data: { words: "" },
  steps: {
    listen: {
      prompt: () => [gather({ input: "dtmf speech", timeout: 3 }, say("speak"))],
      next: ({ input }) => {
        if (input.kind === "speech") return goTo("repeat", { words: input.text });
        return input.kind === "digits" ? goTo("repeat", { words: input.digits }) : goTo("listen");
      },
    },
    repeat: { prompt: ({ words }) => [say(`heard ${words}`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});
