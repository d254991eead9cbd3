import { defineFlow, gather, goTo, hangup, say } from "../../../core/index.ts";
import { bookingFlow, post } from "./booking-flow.ts";

const lastResort = () => [say("We are sorry."), hangup()];

/** Flows that break although nothing went wrong, each in another way. */
export const flows = [
  bookingFlow("fixed-address", (_, once) =>
    once("book", (key, signal) => post("https://bookings.example.com", key, signal).then(() => ""), {
      inDoubt: "retry",
    }),
  ),
  bookingFlow("wants-a-number", ({ COPIES }) => {
    if (Number.isNaN(Number(COPIES))) throw new Error("FLOW_COPIES is not a number");
    return Promise.resolve();
  }),
  defineFlow<"ask" | "say", { readonly word?: string }>({
    name: "broken-prompt",
    start: "ask",
    steps: {
      ask: { prompt: () => [gather({ numDigits: 1 }, say("Press a key."))], next: () => goTo("say") },
      say: {
        prompt: ({ word }) => {
          if (word === undefined) throw new Error("no word to say");
          return [say(word), hangup()];
        },
      },
    },
    lastResort,
  }),
  defineFlow<"ask", Record<string, never>>({
    name: "leads-nowhere",
    start: "ask",
    steps: {
      // a step that was taken out, in a flow that the type checker did not see
      ask: { prompt: () => [gather({ numDigits: 1 }, say("Press a key."))], next: () => goTo("gone" as "ask") },
    },
    lastResort,
  }),
];
