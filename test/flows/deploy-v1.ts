import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../core/index.ts";

type Step = "choose" | "question" | "extra" | "end";
interface Data {
  readonly kept: string;
}

/** A flow before it is deployed anew (`deploy-v2.ts`). Every question can be asked again by pressing 5. */
const deployed = defineFlow<Step, Data>({
  name: "deployed",
  start: "choose",
  data: { kept: "" },
  steps: {
    choose: {
      prompt: () => [gather({ numDigits: 1 }, say("v1 choose?"))],
      next: ({ input }) => {
        const digits = input.kind === "digits" ? input.digits : "";
        return goTo(digits === "2" ? "extra" : "question", { kept: digits });
      },
    },
    question: {
      prompt: ({ kept }, { visits }) => [gather({ numDigits: 1 }, say(`v1 question, kept ${kept}, visit ${visits}?`))],
      next: ({ input }) => goTo(input.kind === "digits" && input.digits === "5" ? "question" : "end"),
    },
    extra: {
      prompt: ({ kept }, { visits }) => [gather({ numDigits: 1 }, say(`v1 extra, kept ${kept}, visit ${visits}?`))],
      next: ({ input }) => goTo(input.kind === "digits" && input.digits === "5" ? "extra" : "end"),
    },
    end: { prompt: ({ kept }) => [say(`v1 end, kept ${kept}, bye`), hangup()] },
  },
  lastResort: () => [say("v1 last resort"), hangup()],
});

export const flows: readonly Flow[] = [deployed];
