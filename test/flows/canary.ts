import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../core/index.ts";
import { runEffect } from "../../flows/service.ts";
import { fourTurns } from "../support/four-turns.ts";

/** An effect of which the outside knows no idempotency key: it is done as often as it is asked for. */
const charge = fourTurns("charge", "give-up", (settings) => async (_key, digits, signal) => {
  const answer = await fetch(`${settings.CHARGES_URL}/charge`, { method: "POST", body: digits, signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { reference } = (await answer.json()) as { readonly reference: string };
  return reference;
});

/** An effect whose doubt no step speaks of: one fault outside leads to the last resort. */
const order = defineFlow<"ask" | "end", { readonly reference: string }>({
  name: "order",
  start: "ask",
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say("order?"))],
      next: async ({ input, once, settings, call }) => {
        const effect = { effect: "order", callSid: call.sid, arguments: { with: input.kind } };
        const run = (key: string, signal: AbortSignal) => runEffect(settings.ORDERS_URL, effect, key, signal);
        return goTo("end", { reference: await once("order", run, { inDoubt: "retry" }) });
      },
    },
    end: { prompt: ({ reference }) => [say(`ordered ${reference}`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});

/** Flows that show what no other one does. */
export const ownFlows: readonly Flow[] = [charge, order];
