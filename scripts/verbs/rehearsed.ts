import type { ElementName } from "../../core/elements.ts";
import { parseTwiml } from "../../rehearsal/twiml-document.ts";
import { schemaWarnings } from "../../rehearsal/twiml-schema.ts";

/** Where an element stands: its parents from the verb on, and itself. */
export type Place = readonly [...string[], ElementName];

/** No element has it: one that takes it is not looked at closely. */
const noAttribute = "notAnAttribute";

/**
 * What the rehearsal makes of an attribute, learned by showing it one: `known`; `taken` where it looks at no attributes
 * of the element; `warned of`, which is what Twilio does with an unknown one (12200).
 */
export function rehearsed(place: Place, attribute: string): "known" | "taken" | "warned of" {
  if (warns(place, attribute)) return "warned of";
  return warns(place, noAttribute) ? "known" : "taken";
}

/** Does the rehearsal know the element there at all? */
export function isRehearsed(place: Place): boolean {
  return !warns(place);
}

function warns(place: Place, attribute?: string): boolean {
  const inner = attribute === undefined ? "" : ` ${attribute}="1"`;
  const last = place.length - 1;
  const open = place.map((name, at) => `<${name}${at === last ? inner : ""}>`).join("");
  const close = place
    .toReversed()
    .map((name) => `</${name}>`)
    .join("");
  const parsed = parseTwiml(`<Response>${open}${close}</Response>`);
  if (parsed.kind !== "twiml") throw new Error(parsed.detail);
  return schemaWarnings(parsed.root).length > 0;
}
