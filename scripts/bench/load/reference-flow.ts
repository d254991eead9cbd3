import { lastResortTwiml } from "../../../core/last-resort.ts";
import { appointment } from "../../../flows/appointment.ts";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";

/** What the generator must know of the flow that it calls. */
export interface LoadFlow {
  readonly name: string;
  /** What the caller does, in order. */
  readonly presses: readonly CallerStep[];
  /** Is this the last thing that a caller hears who came to the end? */
  isEnd(heard: string): boolean;
  /** Sentences of the last resort: of the flow's own, and of the one that knows no flow. */
  readonly lastWords: readonly string[];
}

/** Three webhooks, one prompt file, one effect: a day at the clinic is booked. */
export const referenceFlow: LoadFlow = {
  name: appointment.name,
  presses: [
    { kind: "digits", digits: "1" },
    { kind: "digits", digits: "1" },
  ],
  isEnd: (heard) => /^Monday is yours\. Your reference is R-\w{5}\. Goodbye\.$/.test(heard),
  lastWords: [
    ...saidIn(lastResortTwiml(() => appointment.lastResort("en"), "en")),
    ...saidIn(lastResortTwiml(() => undefined, "en")),
  ],
};

function saidIn(twiml: string): string[] {
  return [...twiml.matchAll(/<Say[^>]*>([^<]+)<\/Say>/g)].map(([, text = ""]) => text);
}
