import { defineFlow, defineMedia, type Flow, gather, goTo, hangup, inDoubt, say } from "../../core/index.ts";

type Step = "color" | "book" | "last" | "end" | "unsettled";
interface Data {
  readonly color: string;
  readonly told: string;
}

const play = defineMedia({
  tune: { en: { file: "en/tune.mp3", text: "la la" }, ja: { file: "ja/tune.mp3", text: "ラララ" } },
});

export type Effect = (key: string, digits: string) => Promise<string>;

/**
 * The call that the protocol was checked with: a pure question, a question whose answer 1 or 2 has an effect (0 has
 * none), a pure one, the end. Every document says what it knows, so a test hears what the caller was told.
 */
export function fourTurns(effect: Effect, policy: "retry" | "give-up" = "retry"): Flow {
  return defineFlow<Step, Data>({
    name: "four",
    start: "color",
    steps: {
      color: {
        prompt: () => [gather({ numDigits: 1 }, play("tune"), say("color?"))],
        next: ({ input }) => (input.kind === "digits" ? goTo("book", { color: input.digits }) : goTo("color")),
      },
      book: {
        prompt: ({ color }, { unsure, attempt }) => [
          gather(
            { numDigits: 1 },
            play("tune"),
            say(`color ${color}, book?${unsure ? " unsure" : ""}${attempt > 0 ? " again" : ""}`),
          ),
        ],
        inDoubt: "unsettled",
        next: async ({ input, once }) => {
          if (input.kind !== "digits") return goTo("book");
          if (input.digits === "0") return goTo("last", { told: "nothing" });
          if (policy === "retry") {
            const done = await once("book", (key) => effect(key, input.digits), { inDoubt: "retry" });
            return goTo("last", { told: done });
          }
          const done = await once("book", (key) => effect(key, input.digits), { inDoubt: "give-up" });
          return goTo("last", { told: done === inDoubt ? "doubt" : done });
        },
      },
      last: {
        prompt: ({ color, told }) => [
          gather({ numDigits: 1 }, play("tune"), say(`color ${color}, told ${told}, last?`)),
        ],
        next: () => goTo("end"),
      },
      end: { prompt: ({ color, told }) => [say(`color ${color}, told ${told}, bye`), hangup()] },
      unsettled: { prompt: ({ color }) => [say(`color ${color}, unsettled`), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });
}

/** An outside service that honours keys and refuses one that comes with other arguments. */
export function bookings(onRun: () => void = () => {}) {
  const done = new Map<string, string>();
  const executed: string[] = [];
  const book: Effect = async (key, digits) => {
    const before = done.get(key);
    if (before === undefined) {
      done.set(key, digits);
      executed.push(digits);
    }
    onRun();
    return `booked ${done.get(key)}`;
  };
  return { book, executed };
}
