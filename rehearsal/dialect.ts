/**
 * One plausible answer to each question that Twilio's documentation leaves open; the numbers are sections of the list
 * of facts in `test/rehearsal/conformance`. An answer is read only at the moment when it matters: a rehearsal may
 * branch at each reading.
 */
export type Dialect = {
  /**
   * 1.3: Does the fallback request repeat the parameters of the event? Messaging does [O]; for voice nothing is known.
   * If so, they are repeated after a failed Play too, although the request that brought them was answered: the harsher
   * reading.
   */
  fallbackRepeatsParams: boolean;
  /** 1.3: `relative` is path and query, `no-query` is absolute without its query. */
  errorUrl: "absolute" | "relative" | "no-query";
  /** 1.3: Does `ErrorUrl` keep the fragment with the overrides? */
  errorUrlFragment: boolean;
  /** 1.3: Does `ErrorUrl` hold the parameters that were appended to a GET? */
  errorUrlGetParams: boolean;
  /** 1.3: Does the fallback request say in `ErrorMessage` what happened? */
  errorMessage: boolean;
  /** 1.3: `CallStatus` of the fallback request for the first document, before the call is answered. */
  firstFallbackStatus: "ringing" | "in-progress";
  /** 1.2: A Play whose file cannot be fetched: the fallback is asked, the Play is passed over, or the call ends. */
  playFailure: "fallback" | "skip" | "end";
  /** 1.2: A Say that cannot be spoken. */
  sayFailure: "skip" | "fallback" | "end";
  /** 1.2: A Gather whose speech model is not supported "fails". */
  gatherFailure: "next-verb" | "fallback";
  /**
   * 1.2: An attribute error of level ERROR (few: most are warnings): the fallback is asked, or the default value is
   * taken.
   */
  attributeError: "fallback" | "default-value";
  /**
   * 1.2: The document of `<Number url>` or `<Queue url>` cannot be had: bridged without it, not bridged, or the
   * fallback is asked.
   */
  whisperFailure: "bridge" | "decline" | "fallback";
  /**
   * 1.2: A document of `waitUrl` cannot be had: the fallback is asked, the caller leaves the queue, or waits in
   * silence.
   */
  waitFailure: "fallback" | "error" | "silence";
  /** 1.1: The fallback after a REST update that names none. */
  fallbackAfterUpdate: "kept" | "none";
  /** 1.2: Are warnings of the schema (12200) warnings in all cases? */
  schemaWarning: "continue" | "fatal";
  /** 2: Does a retry repeat the idempotency token of its request? */
  retryToken: "repeated" | "new";
  /** 2: Has the fallback request an idempotency token of its own? */
  fallbackToken: "own" | "failed-request";
  /** 3.4: Are requests for media signed? */
  mediaSigned: boolean;
  /** 4.1: An HTTP redirect 307 keeps method and parameters, or is like 302. */
  redirect307: "like-302" | "keeps-post";
  /** 4.1: Cookies go back to the host that set them, or to every host of the call, the fallback's too. */
  cookieScope: "host" | "call";
  /** 4.1: Do cookies outlive the call? Needs a jar that is handed in. */
  cookieLifetime: "call" | "longer";
  /** 4.1: Does a request that a verb makes name the document that the verb stood in? Seen once, in 2018 [O]. */
  referer: boolean;
  /** 4.1: A cached answer that says nothing about its age: taken as it is, or asked about every time. */
  cacheFreshness: "reuse" | "revalidate";
  /** 4.4: Outside a Gather: is the file of the next Play fetched while this one plays? */
  playPrefetch: "when-reached" | "ahead";
  /**
   * 4.5: Whether an empty recording makes an action request; an older reference page said that the next verb follows.
   */
  emptyRecording: "action" | "next-verb";
  /**
   * 4.6: `DialCallStatus` when the called person declines in the whisper document; `DialBridged` is false either way.
   */
  declinedDialStatus: "completed" | "no-answer";
  /** 4.6: A caller who hangs up in a Dial: is its action requested, though its document reaches nobody? */
  dialActionAfterHangup: boolean;
  /** 4.8: A cap on documents in one call; none is documented for voice. */
  documentCap: "none" | "50";
  /**
   * 5.3: The status callbacks of record and dial: before the action request, after it (and after its fallback request),
   * or lost.
   */
  statusCallbackTiming: "before" | "after" | "never";
  /**
   * 5.6: Tells the application 11201, 11202, 11203, 11205, 11210, 11220, 13420 ... instead of 11200 or 12300 for
   * everything.
   */
  preciseErrorCodes: boolean;
};

/** All answers to each question, the most plausible first. */
export const dialectAnswers: { readonly [K in keyof Dialect]: readonly [Dialect[K], ...Dialect[K][]] } = {
  fallbackRepeatsParams: [false, true],
  errorUrl: ["absolute", "relative", "no-query"],
  errorUrlFragment: [false, true],
  errorUrlGetParams: [false, true],
  errorMessage: [false, true],
  firstFallbackStatus: ["ringing", "in-progress"],
  playFailure: ["fallback", "skip", "end"],
  sayFailure: ["skip", "fallback", "end"],
  gatherFailure: ["next-verb", "fallback"],
  attributeError: ["fallback", "default-value"],
  whisperFailure: ["bridge", "decline", "fallback"],
  waitFailure: ["fallback", "error", "silence"],
  fallbackAfterUpdate: ["kept", "none"],
  schemaWarning: ["continue", "fatal"],
  retryToken: ["repeated", "new"],
  fallbackToken: ["own", "failed-request"],
  mediaSigned: [true, false],
  redirect307: ["like-302", "keeps-post"],
  cookieScope: ["host", "call"],
  cookieLifetime: ["call", "longer"],
  referer: [true, false],
  cacheFreshness: ["reuse", "revalidate"],
  playPrefetch: ["when-reached", "ahead"],
  emptyRecording: ["action", "next-verb"],
  declinedDialStatus: ["completed", "no-answer"],
  dialActionAfterHangup: [false, true],
  documentCap: ["none", "50"],
  statusCallbackTiming: ["before", "after", "never"],
  preciseErrorCodes: [false, true],
};

const questions = Object.keys(dialectAnswers) as (keyof Dialect)[];

/** The most plausible answer to each question. */
export const defaultDialect: Dialect = Object.fromEntries(
  questions.map((question) => [question, dialectAnswers[question][0]]),
) as Dialect;

/**
 * Default answers to what is not given. Reads none of the given: a complete dialect is returned as it is, getters stay
 * getters.
 */
export function completeDialect(given: Partial<Dialect> | undefined): Dialect {
  if (given === undefined) return defaultDialect;
  if (isComplete(given)) return given;
  return Object.create(defaultDialect, Object.getOwnPropertyDescriptors(given));
}

function isComplete(given: Partial<Dialect>): given is Dialect {
  return questions.every((question) => question in given);
}

/** The six answers to the two questions that decide how a lost request can be resumed. */
export const resumeDialects: { name: string; dialect: Partial<Dialect> }[] = [true, false].flatMap(
  (fallbackRepeatsParams) =>
    (["absolute", "relative", "no-query"] as const).map((errorUrl) => ({
      name: `ErrorUrl ${errorUrl}, parameters ${fallbackRepeatsParams ? "repeated" : "not repeated"}`,
      dialect: { fallbackRepeatsParams, errorUrl },
    })),
);

/** `url` as the fallback request names it. A URL that cannot be parsed is passed on as it was written. */
export function errorUrlOf(url: string, dialect: Dialect): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname, search, hash } = new URL(url);
  const fragment = hash !== "" && dialect.errorUrlFragment ? hash : "";
  switch (dialect.errorUrl) {
    case "absolute":
      return `${origin}${pathname}${search}${fragment}`;
    case "relative":
      return `${pathname}${search}${fragment}`;
    case "no-query":
      return `${origin}${pathname}${fragment}`;
  }
}
