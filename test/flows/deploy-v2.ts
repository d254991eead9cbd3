import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../core/index.ts";

type Step = "choose" | "inquiry" | "end";
interface Data {
  readonly kept: string;
}

/** The flow of `deploy-v1.ts` later: `question` has another name, and says so; `extra` is gone without a word. */
const deployed = defineFlow<Step, Data>({
  name: "deployed",
  start: "choose",
  data: { kept: "" },
  renamed: { question: "inquiry" },
  steps: {
    choose: {
      prompt: () => [gather({ numDigits: 1 }, say("v2 choose?"))],
      next: ({ input }) => goTo("inquiry", { kept: input.kind === "digits" ? input.digits : "" }),
    },
    inquiry: {
      prompt: ({ kept }, { visits }) => [gather({ numDigits: 1 }, say(`v2 inquiry, kept ${kept}, visit ${visits}?`))],
      next: ({ input }) => goTo(input.kind === "digits" && input.digits === "5" ? "inquiry" : "end"),
    },
    end: { prompt: ({ kept }) => [say(`v2 end, kept ${kept}, bye`), hangup()] },
  },
  lastResort: () => [say("v2 last resort"), hangup()],
});

export const flows: readonly Flow[] = [deployed];
