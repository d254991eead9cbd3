import { parseJson } from "../../core/checkpoint.ts";
import { headersOf, plainly, recordOf, textOf, timeOf } from "./fields.ts";
import { alertFrom, alertsMax, type ReadAlerts } from "./read-alerts.ts";
import type { Alert } from "./records.ts";

/**
 * Reads what the debugger webhook was told: one JSON object a line or a list of them, or the forms as they came in. The payload is
 * JSON text or an object. [D "Debugging events webhook"]
 */
export function readDebugger(text: string): ReadAlerts {
  const whole = /^\s*\[/.test(text) ? parseJson(text) : undefined;
  const rows = Array.isArray(whole) ? whole : text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const read = rows.slice(0, alertsMax).map((row: unknown) => toAlert(typeof row === "string" ? fromLine(row) : row));
  const alerts = read.filter((one) => one !== undefined);
  return { alerts, others: read.length - alerts.length };
}

function fromLine(line: string): unknown {
  if (/^\s*\{/.test(line)) return parseJson(line);
  return line.includes("Payload=") ? Object.fromEntries(new URLSearchParams(line.trim())) : undefined;
}

function toAlert(row: unknown): Alert | undefined {
  const fields = plainly(row);
  const payload = plainly(typeof fields.payload === "string" ? parseJson(fields.payload) : fields.payload);
  const more = plainly(payload.moreinfo);
  const webhook = recordOf(payload.webhook);
  const request = recordOf(webhook.request);
  const response = recordOf(webhook.response);
  return alertFrom({
    from: "debugger",
    sid: fields.sid,
    callSid: payload.resourcesid,
    atMs: timeOf(fields.timestamp, payload.timestamp),
    errorCode: textOf(payload.errorcode, more.errorcode),
    level: textOf(fields.level, more.loglevel),
    url: [request.url, more.url],
    message: textOf(more.msg),
    httpResponse: response.status_code ?? more.httpresponse,
    headers: headersOf(response.headers),
    body: textOf(response.body),
    requestHeaders: headersOf(request.headers),
  });
}
