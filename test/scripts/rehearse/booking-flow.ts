import { defineFlow, type Flow, gather, goTo, hangup, type Once, say } from "../../../core/index.ts";

type Settings = Readonly<Record<string, string>>;

/** A small call: one key, one effect, the end. How the effect is made is the test's. */
export function bookingFlow(name: string, book: (settings: Settings, once: Once) => Promise<unknown>): Flow {
  return defineFlow<"ask" | "booked" | "bye", Record<string, never>>({
    name,
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1, timeout: 3 }, say("Press 1 to book."))],
        next: async ({ input, settings, once }) => {
          if (input.kind !== "digits" || input.digits !== "1") return goTo("bye");
          await book(settings, once);
          return goTo("booked");
        },
      },
      booked: { prompt: () => [say("It is yours."), hangup()] },
      bye: { prompt: () => [say("Goodbye."), hangup()] },
    },
    lastResort: () => [say("We are sorry."), hangup()],
  });
}

/** Asks the outside service, which honours a key. */
export async function post(address: string | undefined, key?: string, signal?: AbortSignal): Promise<void> {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  const answer = await fetch(`${address}/book`, { method: "POST", headers, body: "{}", ...(signal && { signal }) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}
