/** One plausible answer to each question that Twilio's documentation leaves open. */
export type Dialect = {
  /**
   * Does the fallback request repeat the parameters of the event? Messaging does [O]; for voice nothing is known. If so, they are
   * repeated after a failed Play too, although the request that brought them was answered: the harsher reading.
   */
  fallbackRepeatsParams: boolean;
  /** `relative` is path and query, `no-query` is absolute without its query. */
  errorUrl: "absolute" | "relative" | "no-query";
  /** Does `ErrorUrl` keep the fragment with the overrides? */
  errorUrlFragment: boolean;
  playFailure: "fallback" | "skip" | "end";
  /** The status callbacks of record and dial: before the action request, after it (and after its fallback request), or lost. */
  statusCallbackTiming: "before" | "after" | "never";
  /** Whether an empty recording makes an action request; an older reference page said that the next verb follows. */
  emptyRecording: "action" | "next-verb";
  /** Tells the application 11201, 11202, 11203, 11205, 11210, 11220 instead of 11200 for everything. */
  preciseErrorCodes: boolean;
};

export const defaultDialect: Dialect = {
  fallbackRepeatsParams: false,
  errorUrl: "absolute",
  errorUrlFragment: false,
  playFailure: "fallback",
  statusCallbackTiming: "before",
  emptyRecording: "action",
  preciseErrorCodes: false,
};

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
  const fragment = dialect.errorUrlFragment ? hash : "";
  switch (dialect.errorUrl) {
    case "absolute":
      return `${origin}${pathname}${search}${fragment}`;
    case "relative":
      return `${pathname}${search}${fragment}`;
    case "no-query":
      return `${origin}${pathname}${fragment}`;
  }
}
