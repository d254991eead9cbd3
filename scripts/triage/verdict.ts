import { cameLate, type Evidence, failedInside, isForeign } from "./evidence.ts";
import type { Verdict } from "./result.ts";

/** The verdict on one request: why, in one line, and what would tell more. */
export interface Judged {
  readonly verdict: Verdict;
  /** what the verdict rests on */
  readonly because: string;
  /** sources that would tell; never empty for `unknown` */
  readonly missing: readonly string[];
}

const documentCodes = /^(?:12[0-3]\d\d|13\d{3}|11750|11100)$/;

/**
 * Where a request was lost: evidence in, verdict out. What Twilio says of itself comes first where nobody else can know it (its media,
 * its reading of the document, names and certificates), then what the edge and our code wrote. A 502 or 11200 alone says nothing.
 */
export function judge(evidence: Evidence): Judged {
  const { alert, place, steppedDown, failover, access, line } = evidence;
  const code = alert?.errorCode ?? failover?.errorCode ?? "";
  if (place.kind === "media" || steppedDown === true)
    return known("media-host", "a prompt's file could not be fetched");
  if (documentCodes.test(code)) return known("bad-twiml", `Twilio got the document and could not use it (${code})`);
  if (alert?.cause?.kind === "dns" || code === "11210") return known("dns-tls", "the host's name was not found");
  if (alert?.cause?.kind === "tls" || /^112(?:20|35|36|37)$/.test(code)) return known("dns-tls", "TLS failed");
  if (isForeign(place)) return unknown("the URL is none of ours", "the log of that host");
  if (access !== undefined) return byAccess(evidence, access);
  if (line !== undefined) return byLine(evidence, line);
  if (evidence.invocation !== undefined) return byInvocation(evidence.invocation);
  return evidence.place.leg === "fallback" ? withoutFallbackLine(evidence) : withoutAny(evidence);
}

function byAccess(evidence: Evidence, access: NonNullable<Evidence["access"]>): Judged {
  const { line, invocation, atHand } = evidence;
  const { status, functionStatus, integrationStatus, functionRequestId } = access;
  if (status === 403 && functionStatus !== undefined) return refused(evidence);
  if (status === 429) return known("refused-throttle", "429: more requests than are let through");
  if (line !== undefined) return byLine(evidence, line);
  if (functionStatus === undefined && integrationStatus === 429)
    return known("edge-only", "the function had no instance left for it");
  if (invocation?.started === true || invocation?.fate !== undefined) return byInvocation(invocation);
  if (access.waitedOut === true && functionRequestId === undefined) {
    const missing = atHand.primary ? "functionRequestId in the access log" : "primary log";
    return unknown("the edge waited for the function no longer; why is in the function's log", missing);
  }
  if (functionRequestId === undefined && functionStatus === undefined)
    return known("edge-only", "the edge has no answer of the function, nor an invocation");
  if (functionStatus !== undefined && functionStatus < 400)
    return known("lost-after-commit", `the edge passed on a ${functionStatus}`);
  if (atHand.platform && atHand.primary) {
    return known("edge-only", "the edge has a request id of the function, and Lambda's log has no such invocation");
  }
  // 503 and 500 are what our code answers by itself
  if (functionStatus === 503) return known("failed-in-handler", "the function itself answered 503", "primary log");
  return unknown("the function was asked; what became of that is in its log", "primary log with Lambda's own lines");
}

function byInvocation({ fate }: NonNullable<Evidence["invocation"]>): Judged {
  switch (fate) {
    // a start that takes too long has an INIT_REPORT, and is told as init
    case "timeout":
      return known("failed-in-handler", "Lambda's timeout cut it off while the handler ran: it had started");
    case "memory":
      return known("failed-before-handler", "the memory was spent before our code's line");
    case "exit":
      return known("failed-before-handler", "the process ended before our code's line");
    case "init":
      return known("failed-before-handler", "the function could not start");
    default:
      return known("failed-before-handler", "the function began and ended without our code's line");
  }
}

function byLine(evidence: Evidence, line: NonNullable<Evidence["line"]>): Judged {
  const { access, joinedBy } = evidence;
  const edgeGaveUp = access !== undefined && access.status >= 500 && !failedInside(line);
  if (cameLate(line) || edgeGaveUp) return known("answered-late", "our answer came when nobody waited for it");
  if (line.event === "request.rejected" && line.status === 403) return refused(evidence);
  if (line.status === 429) return known("refused-throttle", "429: more requests than are let through");
  if (failedInside(line)) return known("failed-in-handler", `our code says so: ${line.reason ?? line.event}`);
  const doubt = joinedBy === "time alone" ? " (by time alone)" : "";
  const saved =
    line.saved === false
      ? "answered without a commit, and Twilio did not get it"
      : "committed and answered, and Twilio did not get it";
  return known("lost-after-commit", `${saved}${doubt}`);
}

/** Anybody can send a request that is not signed. */
function refused({ alert, failover }: Evidence): Judged {
  const because = "our code refused the signature";
  if (alert !== undefined || failover !== undefined) return known("refused-signature", because);
  return known("refused-signature", `${because}; whether it was Twilio's request, only its alerts tell`, "alerts");
}

/** Functions have no access log: their platform's own errors are known by Twilio's codes. */
function withoutFallbackLine({ alert, atHand }: Evidence): Judged {
  if (alert?.status === 429) return known("refused-throttle", "429 from Functions: too many at once");
  if (alert?.status === 403) return known("refused-signature", "403 from Functions");
  if (!atHand.fallback) return unknown("only the fallback's log can tell", "fallback log");
  if (/^82\d{3}$/.test(alert?.errorCode ?? "") || (alert?.status ?? 0) >= 500)
    return known("failed-before-handler", "Functions answered with an error, and the fallback's log has no line of it");
  return known("never-reached", "the fallback's log has no line of it");
}

function withoutAny(evidence: Evidence): Judged {
  const { alert, failover, atHand, held, atMs } = evidence;
  if (failover?.event === "turn.replayed")
    return known(
      "lost-after-commit",
      "the fallback found the table ahead of what Twilio had heard",
      ...logsMissing(evidence),
    );
  if (alert?.status === 429) return known("refused-throttle", "the server answered 429", ...logsMissing(evidence));
  if (alert?.status === 403 && !(atHand.access && atHand.primary))
    return known("refused-signature", "the server answered 403", ...logsMissing(evidence));
  if (atHand.access) {
    const reached = alert?.edgeRequestId !== undefined;
    if (reached)
      return unknown(
        "Twilio has an answer of the API that the access log does not have",
        "the access log of that time",
      );
    if (!atHand.primary && (evidence.perhaps ?? 0) > 0 && failover === undefined)
      return unknown("the edge answered requests then, and nothing tells whose they were", "primary log");
    const nothing = "the access log covers that time, and has no request that could be this one";
    if (alert !== undefined) return known("never-reached", nothing);
    return known("never-reached", `${nothing}; whether by name or TLS, only Twilio's alerts tell`, "alerts");
  }
  const written = held?.documents.some((one) => one.leg === "primary" && Math.abs(atMs - one.atMs) <= 1_500);
  const about =
    written === true
      ? "the table has a document of that moment; whether it was heard is not known"
      : "whether it reached the edge is not known";
  return unknown(about, "access log", ...(atHand.primary ? [] : ["primary log"]));
}

function logsMissing({ atHand }: Evidence): string[] {
  return [...(atHand.access ? [] : ["access log"]), ...(atHand.primary ? [] : ["primary log"])];
}

function known(verdict: Exclude<Verdict, "unknown">, because: string, ...missing: string[]): Judged {
  return { verdict, because, missing };
}

function unknown(because: string, ...missing: [string, ...string[]]): Judged {
  return { verdict: "unknown", because, missing };
}
