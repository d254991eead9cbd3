import type { OutgoingRequest } from "../../rehearsal/call-record.ts";
import { withoutFragment } from "../../rehearsal/redact.ts";
import { sidOf } from "../../rehearsal/voice-parameters.ts";
import type { Alarm } from "./collect.ts";
import { accountSid, iso } from "./times.ts";

/** What Twilio tells of its alerts, in each of the forms in which an operator gets them. */

const component = "12000";

/** What Twilio got, or says that it got when it got nothing. */
interface Got {
  readonly msg: string;
  readonly httpResponse: string | undefined;
  /** null when there was no answer */
  readonly statusCode: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const bodyCharactersMax = 240;
/** As the proxy in front of Twilio's fetching names what went wrong. [O] for 11203, others from the titles of the error pages [D] */
const causes: Readonly<Record<number, string>> = {
  11201: "11201 TCP connection timed out",
  11202: "11202 TCP connection refused",
  11203: "11203 HTTP communication total time out triggered",
  11205: "11205 HTTP connection failure",
  11206: "11206 HTTP protocol violation",
  11210: "11210 HTTP bad host name",
  11220: "11220 SSL/TLS handshake error",
  11237: "11237 Certificate invalid - could not find path to certificate",
};

function gotOf({ reply, request, alert, attempts, callSid }: Alarm): Got {
  if (reply.kind === "answer") {
    const { date: _, connection: __, "keep-alive": ___, ...headers } = reply.headers;
    const isError = reply.status >= 400;
    return {
      msg: isError ? `Got HTTP ${reply.status} response to ${withoutFragment(request.url)}` : alert.detail,
      httpResponse: String(reply.status),
      statusCode: reply.status,
      headers,
      body: reply.body.slice(0, bodyCharactersMax),
    };
  }
  const { causeCode = reply.errorCode, detail } = reply;
  const url = new URL(withoutFragment(request.url));
  const asHttp = url.href.replace(/^https:/, "http:");
  const why = causeCode === 11210 ? `Unknown host ${url.hostname}` : capital(detail);
  const lines = [
    `Twilio was unable to fetch content from: ${asHttp}`,
    `Error: ${why}`,
    `Account SID: ${accountSid}`,
    `SID: ${callSid}`,
    `Remote Host: ${url.hostname}`,
    `Request Method: ${request.method}`,
    `URL Fragment: ${request.url.includes("#")}`,
  ];
  return {
    msg: "Bad Gateway",
    httpResponse: "502",
    statusCode: null,
    headers: {
      "X-Twilio-WebhookError": causes[causeCode] ?? String(causeCode),
      "X-Twilio-WebhookAttempt": String(attempts),
      "content-type": "text/html",
    },
    body: lines.join("\n"),
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

function moreInfo({ alert }: Alarm, { msg, httpResponse }: Got): Record<string, string> {
  return {
    Msg: msg,
    sourceComponent: component,
    ErrorCode: String(alert.errorCode),
    ...(httpResponse === undefined ? {} : { httpResponse }),
    url: withoutFragment(alert.url),
    EmailNotification: "false",
    LogLevel: alert.level,
  };
}

/** What is asked for in a request, without what nobody needs: places that Twilio does not know. */
function variables({ params }: OutgoingRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ""));
}

const sidOfAlarm = (alarm: Alarm, count: number): string => sidOf("NO", alarm.callSid, count);

/** Monitor's resource. [D OAI twilio_monitor_v1] @param listedOnly as in a list, without what a single one has besides */
export function monitorAlert(alarm: Alarm, count: number, listedOnly: boolean): Record<string, unknown> {
  const { alert, atMs, callSid, request } = alarm;
  const got = gotOf(alarm);
  const sid = sidOfAlarm(alarm, count);
  const atSecond = iso(atMs).replace(/\.\d{3}Z$/, "Z");
  return {
    ...{ sid, account_sid: accountSid, api_version: "2010-04-01", service_sid: null, resource_sid: callSid },
    error_code: String(alert.errorCode),
    log_level: alert.level.toLowerCase(),
    alert_text: form(moreInfo(alarm, got)),
    more_info: `https://www.twilio.com/docs/errors/${alert.errorCode}`,
    request_method: request.method,
    request_url: withoutFragment(alert.url),
    ...{ date_created: atSecond, date_generated: atSecond, date_updated: atSecond },
    url: `https://monitor.twilio.com/v1/Alerts/${sid}`,
    ...(listedOnly
      ? {}
      : {
          request_variables: form(variables(request)),
          request_headers: null,
          response_headers: form(got.headers),
          response_body: got.body,
        }),
  };
}

/** What the debugger webhook is sent. [D "Debugging events webhook"; O 2023] */
export function debuggerPayload(alarm: Alarm, count: number): Record<string, unknown> {
  const { alert, atMs, callSid, request } = alarm;
  const got = gotOf(alarm);
  const payload = {
    resource_sid: callSid,
    service_sid: null,
    error_code: String(alert.errorCode),
    more_info: moreInfo(alarm, got),
    webhook: {
      type: "application/json",
      request: { url: withoutFragment(alert.url), method: request.method, headers: {}, parameters: variables(request) },
      response: { status_code: got.statusCode, headers: got.headers, body: got.body },
    },
  };
  return {
    ...{ AccountSid: accountSid, ParentAccountSid: "", Sid: sidOfAlarm(alarm, count), Level: alert.level },
    ...{ Timestamp: iso(atMs), PayloadType: "application/json", Payload: JSON.stringify(payload) },
  };
}

const columns = ["Timestamp", "error_code", "log_level", "resource_sid", "request_method", "request_url", "alert_text"];

/** An export as a table. */
export function alertsCsv(alarms: readonly Alarm[]): string {
  const rows = alarms.map((alarm, count) => {
    const { date_created, ...alert } = monitorAlert(alarm, count, true);
    const cells: Record<string, unknown> = { Timestamp: date_created, ...alert };
    return columns.map((column) => cell(String(cells[column] ?? ""))).join(",");
  });
  return `${[columns.join(","), ...rows].join("\n")}\n`;
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
