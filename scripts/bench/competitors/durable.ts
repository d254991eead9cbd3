import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { question } from "./question.ts";

/**
 * A call as a durable execution: one step for each webhook, whose result is kept before the next one begins. Another shape than a
 * handler: a real one would be suspended between two webhooks until it is called back.
 *
 * @param taken told whenever a step is carried out
 */
export const callOf = (taken: () => void) =>
  withDurableExecution(async ({ webhooks }: { readonly webhooks: number }, context) => {
    let session = { turn: 0, count: 0, asks: "" };
    for (let turn = 1; turn <= webhooks; turn += 1) {
      const { count } = session;
      session = await context.step(`turn-${turn}`, async () => {
        taken();
        return { turn, count: count + 1, asks: question.ask(count + 1) };
      });
    }
    return session;
  });

export const handler = callOf(() => {});
