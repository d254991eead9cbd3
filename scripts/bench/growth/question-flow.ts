import { defineFlow, type Flow, gather, goTo, hangup, say } from "../../../core/index.ts";

/** How often a call has an effect. */
export const effectHabits = ["none", "one", "every turn"] as const;
export type EffectHabit = (typeof effectHabits)[number];

interface Data {
  readonly kept: string;
}

/** What `data` is beside `kept`, in bytes of JSON. */
const frameBytes = Buffer.byteLength(JSON.stringify({ kept: "" }));
/** The visit whose answer has the one effect: the first that has an answer. */
const effectAt = 1;
/** As long as those of a booking service. */
const reference = "0123456789abcdef";

/**
 * A call of `turns` webhooks: a question in each document, the end in the last. Turns are counted by visits, so that `data` is
 * exactly of `dataBytes` as JSON from the first turn on (0: empty).
 */
export function questionFlow(turns: number, dataBytes: number, effects: EffectHabit): Flow {
  const data = dataBytes === 0 ? {} : { kept: "x".repeat(Math.max(0, dataBytes - frameBytes)) };
  return defineFlow<"question" | "end", Data>({
    name: "questions",
    start: turns > 1 ? "question" : "end",
    data,
    steps: {
      question: {
        prompt: () => [gather({ numDigits: 1 }, say("Press a key."))],
        next: async ({ visits, once }) => {
          if (effects === "every turn" || (effects === "one" && visits === effectAt)) {
            await once("effect", async () => reference, { inDoubt: "retry" });
          }
          return goTo(visits + 1 < turns ? "question" : "end");
        },
      },
      end: { prompt: () => [say("Goodbye."), hangup()] },
    },
    lastResort: () => [say("Goodbye."), hangup()],
  });
}
