import type { Canary } from "./canary.ts";

const verbs = "core/verbs.ts";
const aside = "core/aside.ts";

/** Cores that do twice what may happen once, or let a document beside the call carry the call away. */
export const verbCanaries: readonly Canary[] = [
  {
    name: "charged-again",
    does: "a payment whose outcome is lost is asked for again",
    flows: ["verbs-pay"],
    replacements: [{ file: verbs, find: 'pay: { whenLost: "go-on"', replace: 'pay: { whenLost: "ask"' }],
  },
  {
    name: "dialled-again",
    does: "a dial whose outcome is lost is made again",
    flows: ["verbs-dial"],
    replacements: [{ file: verbs, find: 'dial: { whenLost: "go-on"', replace: 'dial: { whenLost: "ask"' }],
  },
  {
    name: "queued-again",
    does: "a caller whose wait has an outcome that is lost is put into the queue again",
    flows: ["verbs-queue"],
    replacements: [{ file: verbs, find: 'enqueue: { whenLost: "go-on"', replace: 'enqueue: { whenLost: "ask"' }],
  },
  {
    name: "sent-again",
    does: "a message whose outcome is lost is sent again",
    flows: ["verbs-message"],
    replacements: [{ file: verbs, find: 'sms: { whenLost: "go-on"', replace: 'sms: { whenLost: "ask"' }],
  },
  {
    name: "any-key-accepts",
    does: "whoever presses any key in a whisper is connected",
    flows: ["verbs-dial"],
    withoutFault: true,
    replacements: [
      {
        file: aside,
        find: "told(webhook, accepted ? emptyDocument : decline)",
        replace: "told(webhook, emptyDocument)",
      },
    ],
  },
];
