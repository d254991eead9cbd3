import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../core/index.ts";
import { flows as shipped } from "../../flows/index.ts";
import { play } from "../../flows/media.ts";
import { runEffect } from "../../flows/service.ts";
import { flowName, question } from "./competitors/question.ts";

interface Data {
  readonly count: number;
}

/**
 * One question a turn, for as many turns as a call may have: the prompts of a shipped step, the same document on every turn, so
 * that turns can be compared with each other. Key 2 makes an effect on the way to the next question.
 */
const questions = defineFlow<"ask", Data>({
  name: flowName,
  start: "ask",
  data: { count: 1 },
  steps: {
    ask: {
      prompt: ({ count }) => [gather({ numDigits: 1 }, play(question.prompt), say(question.ask(count)))],
      next: async ({ input, data: { count }, call, settings, once }) => {
        if (input.kind === "digits" && input.digits === "2") {
          const effect = { effect: "book", callSid: call.sid, arguments: { count } };
          await once("book", (key, signal) => runEffect(settings.BOOKINGS_URL, effect, key, signal), {
            inDoubt: "retry",
          });
        }
        return goTo("ask", { count: count + 1 });
      },
    },
  },
  lastResort: () => [say("We are sorry. Please call again."), hangup()],
});

/** Built into both legs in place of `flows/index.ts`: what is deployed, and the call that is measured. */
export const flows: readonly Flow[] = [...shipped, questions];
