import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";

/** Writes lost answers down somewhere, without `once`: what is done when a request is lost is done as often as that is found out. */
export const careless = defineFlow<"ask" | "thanks", Record<never, never>>({
  name: "careless",
  start: "ask",
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say("To stay, press 1."))],
      next: ({ input }) => goTo(input.kind === "digits" ? "thanks" : "ask"),
      lost: ({ settings }) => {
        fetch(`${settings.LOSSES_URL}/lost-answer`, { method: "POST", body: "{}" }).catch(() => {});
        return goTo("ask");
      },
    },
    thanks: { prompt: () => [say("Thank you for staying."), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});
