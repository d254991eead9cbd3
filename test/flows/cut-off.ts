import { defineFlow, dial, type Flow, gather, goTo, hangup, type Input, say, yesNo } from "../../core/index.ts";
import { runEffect } from "../../flows/service.ts";

type Step = "welcomeBack" | "size" | "drink" | "call" | "end";
interface Data {
  readonly size?: string;
  readonly drink?: string;
  readonly called?: string;
}

const pressed = (input: Input): string => (input.kind === "digits" && input.digits === "1" ? "large" : "small");

/**
 * An order that somebody is told of when the call is over, once; and that a caller who was cut off may go on with. Every
 * document says what was said until then.
 */
export const cutOff = defineFlow<Step, Data>({
  name: "cut-off",
  start: "size",
  steps: {
    welcomeBack: yesNo<Step, Data>("welcomeBack", {
      ask: () => [say("We were cut off. To go on where we were, press 1. To begin anew, press 2.")],
      yes: ({ before }) => before ?? goTo("size"),
      no: () => goTo("size"),
      otherwise: "size",
    }),
    size: {
      prompt: () => [gather({ numDigits: 1 }, say("which size?"))],
      next: ({ input }) => goTo("drink", { size: pressed(input) }),
    },
    drink: {
      prompt: ({ size }) => [gather({ numDigits: 1 }, say(`${size}, which drink?`))],
      next: ({ input }) => goTo("call", { drink: pressed(input) }),
    },
    call: {
      prompt: ({ size, drink }) => [say(`${size} with ${drink}, calling`), dial("+815099999999")],
      next: ({ input }) => goTo("end", { called: input.kind === "dial" ? input.status : input.kind }),
    },
    end: { prompt: ({ size, drink, called }) => [say(`${size} with ${drink}, ${called}, bye`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
  ended: async ({ status, data, step, once, settings, call }) => {
    const effect = { effect: "summary", callSid: call.sid, arguments: { status, step, ...data } };
    await once("summary", (key, signal) => runEffect(settings.NOTES_URL, effect, key, signal), { inDoubt: "give-up" });
  },
  redial: { withinSec: 600, offer: "welcomeBack" },
});

/** For a rehearsal of this one alone. */
export const flows: readonly Flow[] = [cutOff];
