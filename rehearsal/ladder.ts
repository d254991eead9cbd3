import type { CallEvent, CallRecord, OutgoingRequest, RequestRecord } from "./call-record.ts";
import type { CallerStep } from "./caller-script.ts";
import { arrowRow, banner, headerRow, textRows } from "./ladder-grid.ts";
import { mediaName, shortenSeals, withoutFragment } from "./redact.ts";

export type LegOf = (url: string) => "primary" | "fallback";

/**
 * A call as a picture for the terminal, 110 columns wide: who asked whom, what was heard, where it failed over. Sealed
 * checkpoints are shortened to `…`.
 */
export function drawLadder(record: CallRecord, legOf: LegOf): string {
  const rows = record.events.flatMap((event, position) => drawEvent(event, record.events[position + 1], legOf));
  return [headerRow(), ...rows, "", summary(record)].join("\n");
}

/** Media and status callbacks take one row, requests for TwiML one for each way. */
function drawEvent(event: CallEvent, following: CallEvent | undefined, legOf: LegOf): string[] {
  switch (event.kind) {
    case "request":
      return isAside(event.request) ? [] : [drawRequest(event.atMs, event.request, legOf)];
    case "reply": {
      const { request } = event;
      if (isAside(request)) return [drawAside(event.atMs, request, legOf)];
      const verbs = following?.kind === "document" ? following.verbs.join(" ") : "";
      return [drawReply(event.atMs, request, verbs, legOf)];
    }
    case "heard":
      return textRows(event.atMs, "caller", "twilio", heardText(event), "◀");
    case "caller": {
      const label = stepText(event.step);
      return [arrowRow(event.atMs, { from: "caller", to: "twilio", label, line: "─", head: "arrow" })];
    }
    case "failover": {
      const what = shortenSeals(withoutFragment(event.errorUrl));
      return [banner(event.atMs, `FAILOVER at #${event.index}: ErrorCode ${event.errorCode}, ErrorUrl ${what}`)];
    }
    case "alert": {
      const { errorCode, level, detail } = event.alert;
      // The row of the reply has said it already.
      if (errorCode === 11200 && following?.kind === "failover") return [];
      return textRows(event.atMs, "twilio", "primary", `${level.toLowerCase()} ${errorCode}: ${detail}`, "!");
    }
    case "apology":
      return textRows(event.atMs, "caller", "twilio", "(an application error has occurred, goodbye)", "◀");
    case "ended":
      return [banner(event.atMs, `call ended: ${event.ended}`)];
    case "document":
    case "executed":
      return [];
  }
}

function isAside(request: { kind: string }): boolean {
  return request.kind === "media" || request.kind === "status";
}

function drawRequest(atMs: number, request: OutgoingRequest, legOf: LegOf): string {
  const retry = request.attempt > 0 ? ` retry ${request.attempt}` : "";
  const label = `#${request.index} ${request.kind}${retry} ${pathOf(request.url)}`;
  return arrowRow(atMs, { from: "twilio", to: legOf(request.url), label, line: "─", head: "arrow" });
}

function drawReply(atMs: number, request: RequestRecord, verbs: string, legOf: LegOf): string {
  const took = `${Math.round(request.endedAtMs - request.startedAtMs)} ms`;
  const from = legOf(request.url);
  if (request.outcome.kind === "failed") {
    const label = `${request.outcome.errorCode} ${request.outcome.detail}`;
    return arrowRow(atMs, { from, to: "twilio", label, line: "┄", head: "✗" });
  }
  const { status } = request.outcome;
  const label = [status, verbs, took].filter((part) => part !== "").join(" ");
  return arrowRow(atMs, { from, to: "twilio", label, line: "┄", head: status < 400 ? "arrow" : "✗" });
}

function drawAside(atMs: number, request: RequestRecord, legOf: LegOf): string {
  const { outcome } = request;
  const arrived = outcome.kind === "answer" && outcome.status < 400;
  const result = outcome.kind === "answer" ? outcome.status : outcome.errorCode;
  const what = request.kind === "media" ? mediaName(request.url).split("/").slice(-2).join("/") : pathOf(request.url);
  const label = `${request.kind} ${result} ${what}`;
  return arrowRow(atMs, { from: "twilio", to: legOf(request.url), label, line: "┄", head: arrived ? "arrow" : "✗" });
}

function pathOf(url: string): string {
  if (!URL.canParse(url)) return shortenSeals(withoutFragment(url));
  const { pathname, search } = new URL(url);
  return shortenSeals(pathname + search);
}

function heardText({ text, leg }: { text: string; leg?: "called" }): string {
  const what = /^(play:|tones:|pause )/.test(text) ? `(${text})` : `"${text}"`;
  return leg === "called" ? `to the person called: ${what}` : what;
}

function stepText(step: CallerStep): string {
  switch (step.kind) {
    case "digits":
      return `presses ${step.digits}`;
    case "speech":
      return `says "${step.text}"`;
    case "silence":
      return "is silent";
    case "hangup":
      return "hangs up";
    case "record":
      return `speaks for ${step.durationSec} s`;
    case "dial":
      return `called person: ${step.status}${besideText(step.pressed)}`;
    case "queue":
      return `waits up to ${step.waitSec} s${besideText(step.pressed)}`;
    case "pay":
      return `pays: ${step.result}`;
    case "connect":
      return `session: ${step.status}`;
    case "refer":
      return `refer: ${step.sipStatus}`;
  }
}

function besideText(pressed: string | undefined): string {
  return pressed === undefined ? "" : pressed === "" ? ", presses nothing" : `, presses ${pressed}`;
}

function summary(record: CallRecord): string {
  const failovers = record.events.filter((event) => event.kind === "failover").length;
  const counted = (count: number, noun: string) => `${count === 0 ? "no" : count} ${noun}${count === 1 ? "" : "s"}`;
  const attempts = record.attemptCount === record.requestCount ? "" : ` (${record.attemptCount} attempts)`;
  const requests = `${counted(record.requestCount, "request")}${attempts}`;
  return `${record.ended}: ${requests}, ${counted(failovers, "failover")}, ${counted(record.alerts.length, "alert")}`;
}
