import type { CallEnd } from "./call-record.ts";

/** The next document to ask for; `params` are those that the verb adds. */
export type NextRequest = {
  kind: "voice" | "action" | "redirect";
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  /** The caller is gone: the request is made, its answer reaches nobody. */
  callerGone?: true;
};

export type VerbResult =
  | { kind: "next-verb" }
  | { kind: "request"; request: NextRequest }
  | { kind: "ended"; ended: CallEnd }
  | { kind: "failed"; errorCode: number; errorUrl: string; detail: string };

export const nextVerb: VerbResult = { kind: "next-verb" };

/** A request to `reference`, relative to the document that it stands in; a bad URL is error 11100. */
export function requestTo(
  kind: "action" | "redirect",
  reference: string,
  documentUrl: string,
  method: string | undefined,
  params: Record<string, string>,
): VerbResult {
  const url = resolveUrl(reference, documentUrl);
  if (url === undefined) return { kind: "failed", errorCode: 11100, errorUrl: reference, detail: "invalid URL" };
  return { kind: "request", request: { kind, url, method: methodOf(method), params } };
}

export function resolveUrl(reference: string, documentUrl: string): string | undefined {
  const text = reference.trim();
  return text !== "" && URL.canParse(text, documentUrl) ? new URL(text, documentUrl).href : undefined;
}

export function methodOf(text: string | undefined): "GET" | "POST" {
  return text?.toUpperCase() === "GET" ? "GET" : "POST";
}
