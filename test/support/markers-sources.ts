import { markers } from "./markers.ts";
import type { Asked } from "./markers-requests.ts";
import { person } from "./markers-requests.ts";
import type { AlertResource } from "./twilio-rest/monitor.ts";
import { account } from "./twilio-rest/server.ts";

const snake = (name: string) => name.replace(/(?<!^)(?=[A-Z])/g, "_").toLowerCase();
const spoken = `${markers.responseBody} ${markers.speech} ${markers.name}`;

/** Requests as Twilio's Call Events tell of them. */
export function eventsOf(asked: readonly Asked[]): object[] {
  return asked.map(({ url, params, status, atMs }) => ({
    request: {
      url,
      method: "POST",
      parameters: Object.fromEntries(Object.entries(params).map(([name, value]) => [snake(name), value])),
    },
    response: {
      response_code: status,
      request_duration: 12,
      date_created: new Date(atMs).toUTCString(),
      content_type: "text/xml",
      response_body: `<Response><Say>${spoken}</Say><Dial>${markers.otherLeg}</Dial></Response>`,
    },
  }));
}

/** Failed requests as alerts of the Monitor API, with everything that came and went. */
export function alertsFor(failed: readonly Asked[]): AlertResource[] {
  return failed.map(({ url, params, status, atMs }, at) => {
    const date = new Date(atMs + 50).toISOString().replace(/\.\d+/, "");
    const dates = { date_created: date, date_generated: date, date_updated: date };
    const told = {
      Msg: `Got HTTP ${status} response to ${url} from ${markers.caller}`,
      ErrorCode: "11200",
      httpResponse: String(status),
    };
    return {
      sid: `NO${String(at).padStart(32, "0")}`,
      account_sid: account.sid,
      error_code: "11200",
      log_level: "error",
      alert_text: new URLSearchParams({ ...told, url, name: markers.name, words: markers.unstable }).toString(),
      more_info: `https://www.twilio.com/docs/errors/11200?${markers.transcript}`,
      resource_sid: params.CallSid ?? "",
      request_method: "POST",
      request_url: `${url}?From=${encodeURIComponent(markers.caller)}#rc=2`,
      ...dates,
      request_variables: new URLSearchParams(params).toString(),
      request_headers: `X-Twilio-Signature=${encodeURIComponent(markers.badSignature)}&User-Agent=${markers.userAgent}&I-Twilio-Idempotency-Token=${markers.otherHeader}`,
      response_headers: `Content-Type=text%2Fhtml&X-Twilio-WebhookError=${encodeURIComponent(markers.serviceError)}&Set-Cookie=${markers.otherHeader}`,
      response_body: `<h1>${spoken} ${markers.caller} ${markers.authToken}</h1>`,
    };
  });
}

/** The same as the debugger webhook tells it. */
export function debuggerLines(failed: readonly Asked[]): string {
  const lines = failed.map(({ url, params, status, atMs }, at) => ({
    Sid: `NO${String(at + 500).padStart(32, "0")}`,
    AccountSid: account.sid,
    Level: "ERROR",
    Timestamp: new Date(atMs + 60).toISOString(),
    PayloadType: "application/json",
    Payload: JSON.stringify({
      resource_sid: params.CallSid,
      error_code: "11200",
      more_info: { Msg: `${spoken} ${markers.caller}`, url, name: markers.name },
      webhook: {
        type: "application/json",
        request: { url, method: "POST", headers: { "X-Twilio-Signature": markers.badSignature }, parameters: params },
        response: { status_code: status, headers: { "X-Told": markers.name }, body: spoken },
      },
    }),
  }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** The access log of an edge that was told to write more than ours does. */
export function accessLines(asked: readonly Asked[]): string {
  const lines = asked.map(({ url, status, atMs }, at) => ({
    requestId: `JKJaXhPLvHcE${String(at).padStart(3, "0")}=`,
    timeEpoch: String(atMs),
    routeKey: "POST /voice/{flow}/{sealed}",
    status: String(status),
    responseLatencyMs: "20",
    functionStatus: "200",
    integrationStatus: "200",
    integrationLatencyMs: "18",
    integrationError: status < 400 ? "-" : `The Lambda function returned: ${markers.flowError} ${markers.caller}`,
    error: spoken,
    errorType: markers.name,
    functionRequestId: "-",
    ip: markers.otherLeg,
    userAgent: markers.userAgent,
    path: `${url}?Digits=${markers.pin}`,
    ...person,
  }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Lines of the platform, and of somebody's own console, among those of the leg. @param id of an invocation */
export function platformLines(id: string, atMs: number): string[] {
  const at = new Date(atMs).toISOString();
  return [
    `START RequestId: ${id} Version: $LATEST`,
    `${at}\t${id}\tERROR\tInvoke Error \t${JSON.stringify({ errorType: markers.name, errorMessage: markers.flowError, stack: [markers.speech] })}`,
    `${at} ${id} ERROR ${markers.flowError} ${markers.caller} ${markers.setting}`,
    JSON.stringify({
      event: "turn.failed",
      leg: "primary",
      build: markers.restSecret,
      atMs,
      elapsedMs: 3,
      ...person,
      step: markers.caller,
      reason: `${markers.flowError} ${markers.pin} ${markers.authToken}`,
    }),
    `END RequestId: ${id}`,
    `REPORT RequestId: ${id}\tDuration: 301.55 ms\tBilled Duration: 302 ms\tMemory Size: 1024 MB\tMax Memory Used: 90 MB`,
  ];
}
