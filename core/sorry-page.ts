import { limits } from "./limits.ts";
import { isSorryOn, type SorrySwitch } from "./sorry-switch.ts";

export interface SorryPage {
  readonly status: 503;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What a person sees who opens the public URL in a browser while sorry mode is on.
 *
 * @param signature of the request: what Twilio asks is signed, and is never answered with a page
 * @returns undefined when there is nothing to be sorry for
 */
export function sorryPage(sorry: SorrySwitch, nowMs: number, signature: string | undefined): SorryPage | undefined {
  if (signature !== undefined || !isSorryOn(sorry, nowMs)) return undefined;
  const { untilMs, say = {} } = sorry;
  const leftSec = untilMs === undefined ? limits.sorryRetryAfterSec : Math.ceil((untilMs - nowMs) / 1000);
  const told = Object.entries(say).map(([lang, text]) => `<p lang="${lang}">${escaped(text)}</p>`);
  return {
    status: 503,
    contentType: "text/html; charset=utf-8",
    headers: { "retry-after": String(leftSec), "cache-control": "no-store" },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Out of service</title>${told.join("") || "<p>We are sorry. This line is out of service.</p>"}</html>`,
  };
}

/** Character references for all that is markup. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
