/** What flows import. */
export { KeyRefusedError } from "./errors.ts";
export { defineFlow, type Flow, goTo, type Next, type NextContext, type PromptContext } from "./flow.ts";
export type { DialStatus, Input } from "./input.ts";
export { defineMedia } from "./media.ts";
export { digits, menu, yesNo, yesOrNo } from "./menu.ts";
export { type InDoubt, inDoubt, type Once } from "./once.ts";
export type { CallBack, Letter, Outbox, Sms } from "./outbox.ts";
export { type Spoken, ssml } from "./spoken.ts";
export {
  client,
  conference,
  connectStream,
  conversationRelay,
  dial,
  enqueue,
  enqueueTask,
  gather,
  hangup,
  number,
  pause,
  pay,
  payPrompt,
  playDigits,
  queue,
  raw,
  record,
  redirect,
  refer,
  reject,
  say,
  sip,
  sms,
  start,
  stop,
  wait,
  whisper,
} from "./verb-builders.ts";
export { actionUrl, type Language, type Media, type Text, type Verb } from "./verbs.ts";
