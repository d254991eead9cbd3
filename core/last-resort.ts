import { numbered, renderTwiml } from "./twiml.ts";
import { hangup, say } from "./verb-builders.ts";
import { asidesOf, type Language, type Verb } from "./verbs.ts";

/** What is said when not even the flow is known. */
const nothingKnown = say({
  en: "We are sorry. We cannot continue this call. Please call again in a moment.",
  ja: "申し訳ございません。お電話を続けることができません。しばらくしてから、おかけ直しください。",
});

/**
 * The final document of a call: made only of verbs that need no further request, so that nothing is left to fail.
 *
 * @param verbs the flow's own last resort, if the flow is known and could make one
 * @returns TwiML; never throws
 */
export function lastResortTwiml(verbs: () => readonly Verb[] | undefined, language: Language): string {
  const plain = { language, plain: false, actionUrl: noUrl, mediaUrl: noUrl, statusUrl: noUrl, asideUrl: noUrl };
  try {
    const own = verbs();
    if (own !== undefined && checkLastResort(own) === undefined) {
      return renderTwiml(numbered(own), plain);
    }
  } catch {
    // an author's mistake must not cost the caller the last word
  }
  return renderTwiml(numbered([nothingKnown, hangup()]), plain);
}

/** @returns what makes these verbs unfit for a last resort, if anything does */
export function checkLastResort(verbs: readonly Verb[]): string | undefined {
  if (verbs.length === 0) return "has no verbs";
  const asks = verbs.find(({ verb }) => !["say", "pause", "playDigits", "dial", "hangup", "reject"].includes(verb));
  if (asks !== undefined) return `'${asks.verb}' may need a request; use say, pause, dial, hangup`;
  return asidesOf(verbs).length > 0 ? "a whisper needs a request; dial without it" : undefined;
}

function noUrl(): undefined {
  return undefined;
}
