import { parseJson } from "../../core/checkpoint.ts";
import { counted, formed, given } from "../trace/mask.ts";
import { causeOf, causeOfCode } from "./cause.ts";
import { readCsv } from "./csv.ts";
import { callSidOf, type Fields, headersOf, plainly, recordOf, textOf, timeOf } from "./fields.ts";
import type { Alert } from "./records.ts";
import { placeOf } from "./url.ts";

export const alertsMax = 50_000;

/** Failures of webhooks, of documents and of Functions; the rest of Twilio's codes is about something else. */
const aboutWebhooks = /^(?:11\d{3}|12\d{3}|13\d{3}|15002|15003|82\d{3})$/;
const alertSid = /^NO[0-9a-f]{32}$/;
const requestId = /^[A-Za-z0-9_=-]{8,64}$/;
const madeByTwilio = /Twilio was unable to fetch content/i;
const warnings = ["12200", "15003"];

export interface ReadAlerts {
  readonly alerts: readonly Alert[];
  /** that are about something else, or cannot be read */
  readonly others: number;
}

/**
 * Reads an export of Twilio's alerts: the Monitor API's JSON, a list of alerts, one JSON object a line, or CSV with any order of
 * columns. [D Monitor Alert resource]
 */
export function readAlerts(text: string): ReadAlerts {
  const rows = rowsOf(text).slice(0, alertsMax);
  const alerts = rows.map((row) => toAlert(plainly(row))).filter((one) => one !== undefined);
  return { alerts, others: rows.length - alerts.length };
}

function rowsOf(text: string): unknown[] {
  if (!/^\ufeff?\s*[[{]/.test(text)) {
    const [head = [], ...rows] = readCsv(text, alertsMax);
    return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ""])));
  }
  const whole = parseJson(text.replace(/^\ufeff/, ""));
  if (Array.isArray(whole)) return whole;
  const listed = recordOf(whole).alerts;
  if (Array.isArray(listed)) return listed;
  if (whole !== undefined) return [whole];
  return text.split(/\r?\n/).map(parseJson);
}

/** @param fields of one alert, their names as `plainly` makes them */
export function toAlert(fields: Fields): Alert | undefined {
  const told = new URLSearchParams(textOf(fields.alerttext, fields.text, fields.message, fields.description) ?? "");
  const headers = headersOf(fields.responseheaders);
  return alertFrom({
    from: "alerts",
    sid: fields.sid,
    callSid: fields.resourcesid ?? fields.callsid ?? fields.resource,
    atMs: timeOf(fields.dategenerated, fields.datecreated, fields.timestamp, fields.date, fields.time),
    errorCode: textOf(fields.errorcode, fields.code, told.get("ErrorCode")),
    level: textOf(fields.loglevel, fields.level, told.get("LogLevel")),
    url: [fields.requesturl, told.get("url"), fields.url],
    message: textOf(told.get("Msg"), fields.alerttext, fields.message, fields.description),
    httpResponse: told.get("httpResponse") ?? fields.httpresponse,
    headers,
    body: textOf(fields.responsebody),
    requestHeaders: headersOf(fields.requestheaders),
  });
}

export interface Told {
  readonly from: Alert["from"];
  readonly sid: unknown;
  readonly callSid: unknown;
  readonly atMs: number | undefined;
  readonly errorCode: string | undefined;
  readonly level: string | undefined;
  /** the first one that is a URL counts */
  readonly url: readonly unknown[];
  readonly message: string | undefined;
  readonly httpResponse: unknown;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  readonly requestHeaders: ReadonlyMap<string, string>;
}

/** @returns undefined for what is no failure of a webhook, or has no time */
export function alertFrom({
  from,
  sid,
  callSid,
  atMs,
  level,
  message,
  headers,
  body,
  ...told
}: Told): Alert | undefined {
  const errorCode = formed("errorCode", told.errorCode);
  if (errorCode === undefined || atMs === undefined || !aboutWebhooks.test(errorCode)) return undefined;
  const header = headers.get("x-twilio-webhookerror");
  const [, said] = /(?:Got HTTP|HTTP status code) (\d{3})/i.exec(message ?? "") ?? [];
  const status = counted(told.httpResponse || said, 999);
  const edgeRequestId = headers.get("apigw-requestid") ?? headers.get("x-amzn-requestid");
  const synthetic = edgeRequestId === undefined && (header !== undefined || madeByTwilio.test(body ?? ""));
  const place = placeOf(
    told.url.find((one) => typeof one === "string" && placeOf(one).shown !== undefined && one !== ""),
  );
  return given<Alert>({
    sid: typeof sid === "string" && alertSid.test(sid) ? sid : undefined,
    from,
    callSid: callSidOf(callSid),
    atMs,
    errorCode,
    warning: /^warn/i.test(level ?? "") || (level === undefined && warnings.includes(errorCode)),
    place,
    status: synthetic || status === 0 ? undefined : status,
    synthetic,
    cause: causeOf(header, synthetic ? body : undefined, message) ?? causeOfCode(errorCode),
    edgeRequestId: requestId.test(edgeRequestId ?? "") ? edgeRequestId : undefined,
    edge: edgeOf(place.edge, told.requestHeaders),
  });
}

function edgeOf(edge: string | undefined, requestHeaders: ReadonlyMap<string, string>): string | undefined {
  const home = requestHeaders.get("x-home-region") ?? "";
  return edge ?? (/^[a-z]{2}\d$/.test(home) ? home : undefined);
}
