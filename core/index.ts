/** What flows import. */
export { KeyRefusedError } from "./errors.ts";
export { defineFlow, type Flow, goTo, type Next, type NextContext, type PromptContext } from "./flow.ts";
export type { DialStatus, Input } from "./input.ts";
export { defineMedia } from "./media.ts";
export { digits, menu, yesNo, yesOrNo } from "./menu.ts";
export { type InDoubt, inDoubt, type Once } from "./once.ts";
export {
  actionUrl,
  dial,
  gather,
  hangup,
  type Language,
  type Media,
  pause,
  raw,
  record,
  redirect,
  reject,
  say,
  type Text,
  type Verb,
} from "./verbs.ts";
