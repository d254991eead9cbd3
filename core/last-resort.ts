import { renderTwiml } from "./twiml.ts";
import { hangup, type Language, say, type Verb } from "./verbs.ts";

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
  const plain = { language, plain: false, actionUrl: noUrl, mediaUrl: () => undefined, statusUrl: noUrl };
  try {
    const own = verbs();
    if (own !== undefined && checkLastResort(own) === undefined) {
      return renderTwiml(
        own.map((verb, index) => ({ verb, index })),
        plain,
      );
    }
  } catch {
    // an author's mistake must not cost the caller the last word
  }
  return renderTwiml(
    [nothingKnown, hangup()].map((verb, index) => ({ verb, index })),
    plain,
  );
}

/** @returns what makes these verbs unfit for a last resort, if anything does */
export function checkLastResort(verbs: readonly Verb[]): string | undefined {
  if (verbs.length === 0) return "has no verbs";
  const asks = verbs.find(({ verb }) => !["say", "pause", "dial", "hangup", "reject"].includes(verb));
  return asks === undefined ? undefined : `'${asks.verb}' may need a request; use say, pause, dial, hangup`;
}

function noUrl(): undefined {
  return undefined;
}
