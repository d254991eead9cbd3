import { defineFlow, defineMedia, type Flow, gather, goTo, hangup, inDoubt, say } from "../../core/index.ts";

type Step = "color" | "book" | "last" | "end" | "unsettled";
interface Data {
  readonly color: string;
  readonly told: string;
}
type Settings = Readonly<Record<string, string>>;

const file = (language: string) => ({ file: `${language}/not-understood.mp3`, text: "la la" });
const play = defineMedia({ tune: { en: file("en"), ja: file("ja") } });

/** Does something outside, for the caller's digits, under a key. */
export type Effect = (key: string, digits: string, signal: AbortSignal) => Promise<string>;

/**
 * The call that the protocol was checked with: a pure question, a question whose answer 1 or 2 has an effect (0 has
 * none), a pure one, the end. Every document says what it knows, so a test hears what the caller was told.
 */
export function fourTurns(
  name: string,
  policy: "retry" | "give-up",
  effectWith: (settings: Settings, callSid: string) => Effect,
): Flow {
  return defineFlow<Step, Data>({
    name,
    start: "color",
    steps: {
      color: {
        prompt: () => [gather({ numDigits: 1 }, play("tune"), say("color?"))],
        next: ({ input }) => (input.kind === "digits" ? goTo("book", { color: input.digits }) : goTo("color")),
      },
      book: {
        prompt: ({ color }, { unsure, attempt }) => {
          const marks = `${unsure ? " unsure" : ""}${attempt > 0 ? " again" : ""}`;
          return [gather({ numDigits: 1 }, play("tune"), say(`color ${color}, book?${marks}`))];
        },
        inDoubt: "unsettled",
        next: async ({ input, once, settings, call }) => {
          if (input.kind !== "digits") return goTo("book");
          if (input.digits === "0") return goTo("last", { told: "nothing" });
          const effect = effectWith(settings, call.sid);
          const run = (key: string, signal: AbortSignal) => effect(key, input.digits, signal);
          if (policy === "retry") return goTo("last", { told: await once("book", run, { inDoubt: "retry" }) });
          const done = await once("book", run, { inDoubt: "give-up" });
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

/** An outside service in this process that honours keys. */
export function bookings() {
  const done = new Map<string, string>();
  const executed: string[] = [];
  const book: Effect = async (key, digits) => {
    if (!done.has(key)) executed.push(digits);
    done.set(key, done.get(key) ?? digits);
    return `booked ${done.get(key)}`;
  };
  return { book, executed };
}

/** The flow with an effect of this process. */
export function fourWith(effect: Effect, policy: "retry" | "give-up" = "retry"): Flow {
  return fourTurns("four", policy, () => effect);
}
