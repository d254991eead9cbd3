import type { CallEnd } from "./call-record.ts";

/** The next document to ask for; `params` are those that the verb adds. */
export type NextRequest = {
  kind: "voice" | "action" | "redirect" | "wait" | "whisper";
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  /** The caller is gone: the request is made, its answer reaches nobody. */
  callerGone?: true;
  /** The document itself, of a call that was created or updated with `Twiml`: nothing is asked, and it has no URL. */
  twiml?: string;
};

/** What went wrong, as the application is told; `causeCode` is more precise where Twilio knows more. */
export type Failure = { errorCode: number; causeCode?: number; errorUrl: string; detail: string };

export type VerbResult =
  | { kind: "next-verb" }
  | { kind: "request"; request: NextRequest }
  | { kind: "ended"; ended: CallEnd }
  /** By `<Leave>`, from the queue whose wait document this is. */
  | { kind: "left" }
  | ({ kind: "failed" } & Failure);

/** URL of the document that a verb stands in; undefined for the `Twiml` of a REST request [D record page]. */
export type DocumentUrl = string | undefined;

export const nextVerb: VerbResult = { kind: "next-verb" };

/** A request to `reference`, relative to the document that it stands in; a bad URL is error 11100. */
export function requestTo(
  kind: "action" | "redirect",
  reference: string,
  documentUrl: DocumentUrl,
  method: string | undefined,
  params: Record<string, string>,
): VerbResult {
  const url = resolveUrl(reference, documentUrl);
  if (url === undefined) return { kind: "failed", errorCode: 11100, errorUrl: reference, detail: "invalid URL" };
  return { kind: "request", request: { kind, url, method: methodOf(method), params } };
}

/** The action of a verb that goes on to the next verb without one; a blank action is none. */
export function requestToAction(
  attributes: Readonly<Record<string, string>>,
  documentUrl: DocumentUrl,
  params: Record<string, string>,
): VerbResult {
  const { action, method } = attributes;
  if (action === undefined || action.trim() === "") return nextVerb;
  return requestTo("action", action, documentUrl, method, params);
}

/** The same request when the caller has hung up: made, but its answer reaches nobody. */
export function afterHangup(result: VerbResult): VerbResult {
  if (result.kind !== "request") return { kind: "ended", ended: "caller-hangup" };
  return { kind: "request", request: { ...result.request, callerGone: true } };
}

const resolvedBefore = new Map<string, Map<string, string>>();
const resolvedMax = 2_000;
let resolvedCount = 0;

/** @returns an absolute URL; undefined for what is none, or is relative to nothing */
export function resolveUrl(reference: string, documentUrl: DocumentUrl): string | undefined {
  const base = documentUrl ?? "";
  const before = resolvedBefore.get(base)?.get(reference);
  if (before !== undefined) return before;
  const text = reference.trim();
  const url = text === "" ? null : URL.parse(text, documentUrl);
  if (url === null) return undefined;
  if (resolvedCount >= resolvedMax) {
    resolvedBefore.clear();
    resolvedCount = 0;
  }
  const sameBase = resolvedBefore.get(base) ?? new Map<string, string>();
  resolvedBefore.set(base, sameBase.set(reference, url.href));
  resolvedCount += 1;
  return url.href;
}

export function methodOf(text: string | undefined): "GET" | "POST" {
  return text?.toUpperCase() === "GET" ? "GET" : "POST";
}
