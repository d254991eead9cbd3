import { defineFlow, dial, goTo, hangup, record, say } from "../../core/index.ts";
import { play } from "../../flows/media.ts";

type Step = "call" | "message" | "end";
interface Data {
  readonly dialled: string;
  readonly recorded: string;
}

/** Says what it learned of a dial and of a recording, however it learned it. */
export const outcomes = defineFlow<Step, Data>({
  name: "outcomes",
  start: "call",
  steps: {
    call: {
      prompt: () => [say("calling"), play("front-desk-connecting"), dial("+815099999999")],
      next: ({ input }) => goTo("message", { dialled: input.kind === "dial" ? input.status : input.kind }),
    },
    message: {
      prompt: ({ dialled }) => [say(`dial ${dialled}, speak`), record({ maxLength: 10 })],
      next: ({ input }) => goTo("end", { recorded: input.kind === "recording" ? input.url : input.kind }),
    },
    end: { prompt: ({ dialled, recorded }) => [say(`dial ${dialled}, recorded ${recorded}, bye`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});
