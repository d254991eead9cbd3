import type { Urls } from "../../core/action-url.ts";
import type { Dialect } from "../dialect.ts";

/** Does ErrorUrl come without its query? In place of `errorUrl` where nothing else of that answer matters. */
export const dropsQuery = "errorUrl: no query";

/** What a fallback request looks like. Whether a leg can tell the answers apart is seen when it is sent. */
const shaping: ReadonlySet<string> = new Set([
  "errorUrl",
  "errorUrlFragment",
  "errorMessage",
  "preciseErrorCodes",
  "firstFallbackStatus",
] satisfies (keyof Dialect)[]);

/** Which open questions about Twilio mattered in a call. */
export interface MetQuestions {
  readonly met: ReadonlySet<string>;
  readonly onRead: (question: string) => void;
  /** The fallback request that these questions shaped is sent, for a failure of `failedUrl`. */
  readonly onFallback: (failedUrl: string, params: Readonly<Record<string, string>>) => void;
}

/**
 * A question is met where its answers lead to different things. The answers that shape the fallback request are compared by
 * what the legs' own reading makes of them: the URL as `parse` reads it, and one class for all codes of transport. Nobody
 * reads ErrorMessage, nor the status of a call that rings.
 */
export function metQuestions(parse: Urls["parse"]): MetQuestions {
  const met = new Set<string>();
  let pending = new Set<string>();
  const sees = (url: string): string => JSON.stringify(parse(url) ?? null);

  return {
    met,
    onRead(question) {
      if (shaping.has(question)) pending.add(question);
      else met.add(question);
    },
    onFallback(failedUrl, { ErrorCode = "", ErrorUrl = "" }) {
      const asked = pending;
      pending = new Set();
      const forms = formsOf(failedUrl);
      if (forms === undefined || !forms.all.includes(withoutFragment(ErrorUrl))) {
        // not the URL that was asked last: its other forms are not known here
        for (const question of asked) met.add(question);
        return;
      }
      const [absolute, relative, noQuery] = forms.all.map(sees);
      if (asked.has("errorUrl") && relative !== absolute) met.add("errorUrl");
      if (asked.has("errorUrl") && noQuery !== absolute) met.add(dropsQuery);
      if (asked.has("errorUrlFragment") && sees(`${failedUrl}#rc=0`) !== absolute) met.add("errorUrlFragment");
      if (asked.has("preciseErrorCodes") && !/^112\d\d$/.test(ErrorCode)) met.add("preciseErrorCodes");
    },
  };
}

/** A URL as each answer to `errorUrl` tells it. */
function formsOf(url: string): { readonly all: readonly [string, string, string] } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname, search } = new URL(url);
  return { all: [`${origin}${pathname}${search}`, `${pathname}${search}`, `${origin}${pathname}`] };
}

function withoutFragment(url: string): string {
  return url.split("#", 1)[0] ?? "";
}
