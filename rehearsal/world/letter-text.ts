import type { Letter } from "../../core/outbox.ts";
import { type EffectText, type Executed, withoutSids } from "./outside-service.ts";

/** A letter that is in the outbox counts as done: it is delivered beside the calls. In the words of a request to the outside service. */
export function letterText(letter: Letter): EffectText {
  return withoutSids(`POST /outbox/${letter.kind} ${JSON.stringify({ arguments: letter })}`);
}

export function isLetter({ text }: Executed): boolean {
  return text.startsWith("POST /outbox/");
}
