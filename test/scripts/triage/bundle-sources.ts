import { createSealer } from "../../../core/seal.ts";
import { readAccess } from "../../../scripts/triage/read-access.ts";
import { readAlerts } from "../../../scripts/triage/read-alerts.ts";
import { readDebugger } from "../../../scripts/triage/read-debugger.ts";
import { readLogs } from "../../../scripts/triage/read-logs.ts";
import { readTable } from "../../../scripts/triage/read-table.ts";
import type { Sources } from "../../../scripts/triage/records.ts";

export const atMs = Date.UTC(2026, 10, 20, 9, 30);
export const accountSid = `AC${"a".repeat(32)}`;
export const calls = [`CA${"1".repeat(32)}`, `CA${"2".repeat(32)}`] as const;
export const requestId = "11111111-2222-3333-4444-555555555555";
export const edgeId = "JKJaXhPLvHcESHA=";

/** Whose traces must be nowhere: people's things, and secrets. */
export const planted = {
  caller: "+819044443333",
  called: "+815077778888",
  grouped: "090-4444-3333",
  digits: "86420975",
  pin: "4821",
  speech: "my zebra is called Mortimer",
  name: "MORTIMER PLANTED",
  city: "PLANTEDVILLE",
  authToken: "0123456789abcdefplantedtoken0123",
  apiSecret: "plantedsecretplantedsecretplanted",
  signature: "PlantedSignature0123456789abc=",
  recording: "https://api.twilio.com/Recordings/REplanted",
} as const;
const key = Buffer.alloc(32, 7).toString("base64");
export const sealKeys = `k1:${key}`;
export const sealed = createSealer(sealKeys).seal("url", calls[0], JSON.stringify({ name: planted.name }));

/** Everything that must not be written, in every spelling. */
export const markers: readonly string[] = [
  ...Object.values(planted),
  ...Object.values(planted).map(encodeURIComponent),
  ...Object.values(planted).map((value) => value.replaceAll(" ", "+")),
  planted.caller.slice(1),
  planted.called.slice(1),
  sealed,
  sealed.slice(3),
  key,
  "Mortimer",
  "zebra",
];

const voiceUrl = `https://line.example.com/voice/appointment/${sealed}?From=${encodeURIComponent(planted.caller)}#e=dublin`;
const parameters = {
  AccountSid: accountSid,
  From: planted.caller,
  To: planted.called,
  Caller: planted.caller,
  CallerName: planted.name,
  FromCity: planted.city,
  Digits: planted.digits,
  SpeechResult: planted.speech,
  RecordingUrl: planted.recording,
};
const form = new URLSearchParams(parameters).toString();
const headers = `Content-Type=text%2Fhtml&apigw-requestid=${encodeURIComponent(edgeId)}&x-planted=${encodeURIComponent(planted.name)}`;

const alert = {
  sid: `NO${"3".repeat(32)}`,
  account_sid: accountSid,
  error_code: "11200",
  log_level: "error",
  alert_text: new URLSearchParams({
    Msg: `Got HTTP 502 response to ${voiceUrl} from ${planted.caller}`,
    ErrorCode: "11200",
    httpResponse: "502",
    url: voiceUrl,
    name: planted.name,
  }).toString(),
  request_method: "POST",
  request_url: voiceUrl,
  resource_sid: calls[0],
  date_generated: new Date(atMs).toISOString(),
  request_variables: form,
  request_headers: `X-Twilio-Signature=${encodeURIComponent(planted.signature)}&I-Twilio-Idempotency-Token=${planted.authToken}`,
  response_headers: headers,
  response_body: `<h1>${planted.name} ${planted.caller}</h1>`,
};

const debuggerLine = {
  Sid: `NO${"4".repeat(32)}`,
  AccountSid: accountSid,
  Level: "ERROR",
  Timestamp: new Date(atMs + 3_600_000).toISOString(),
  PayloadType: "application/json",
  Payload: JSON.stringify({
    resource_sid: calls[1],
    error_code: "11220",
    more_info: { Msg: `${planted.speech} ${planted.grouped}`, url: voiceUrl, name: planted.name },
    webhook: {
      type: "application/json",
      request: {
        url: voiceUrl,
        method: "POST",
        headers: { "X-Twilio-Signature": planted.signature },
        parameters: { ...parameters, Digits: planted.pin, caller_name: planted.name },
      },
      response: { status_code: 502, headers: { "X-Planted": planted.name }, body: planted.speech },
    },
  }),
};

const access = {
  requestId: edgeId,
  timeEpoch: String(atMs - 400),
  routeKey: "POST /voice/{flow}/{sealed}",
  status: "502",
  responseLatencyMs: "350",
  functionStatus: "-",
  integrationStatus: "200",
  integrationLatencyMs: "340",
  integrationError: `The Lambda function returned: ${planted.name} ${planted.caller}`,
  error: planted.speech,
  errorType: "-",
  functionRequestId: requestId,
  ip: planted.grouped,
  path: voiceUrl,
};

const line = {
  event: "turn.failed",
  leg: "primary",
  build: planted.authToken,
  atMs,
  elapsedMs: 300,
  callSid: calls[0],
  requestId,
  flow: "appointment",
  step: planted.name,
  turn: 1,
  attempt: 0,
  reason: `from ${planted.caller} ${planted.name} ${planted.digits} ${planted.authToken}`,
  table: planted.speech,
  status: 502,
  shape: { configured: planted.name, received: voiceUrl },
  ...parameters,
};
const failover = {
  ...line,
  event: "turn.resumed",
  leg: "fallback",
  atMs: atMs + 500,
  status: 200,
  errorCode: "11200",
  requestId: planted.authToken,
};

export const texts = {
  alerts: JSON.stringify({ alerts: [alert], meta: { url: voiceUrl } }),
  csv: `Timestamp,error_code,resource_sid,request_url,alert_text,Caller Name\n"${new Date(atMs + 60_000).toISOString()}",11205,${calls[1]},"${voiceUrl}","${alert.alert_text}",${planted.name}\n`,
  debugger: `${JSON.stringify(debuggerLine)}\n`,
  access: `${JSON.stringify(access)}\n${JSON.stringify({ ...access, requestId: "JKJaXhPLvHcAAAA=", functionRequestId: "-", status: "200" })}\n`,
  primary: [
    `START RequestId: ${requestId} Version: $LATEST`,
    `${new Date(atMs).toISOString()} ${requestId} ERROR ${planted.name} ${planted.caller}`,
    JSON.stringify(line),
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: 301.55 ms\tBilled Duration: 302 ms\tMemory Size: 1024 MB\tMax Memory Used: 90 MB`,
  ].join("\n"),
  fallback: `${JSON.stringify(failover)}\n`,
  table: JSON.stringify({
    Items: [{ callSid: { S: calls[0] }, flow: { S: "appointment" }, step: { S: planted.name }, data: { S: sealed } }],
  }),
};

export const sources: Sources = {
  alerts: [...readAlerts(texts.alerts).alerts, ...readAlerts(texts.csv).alerts, ...readDebugger(texts.debugger).alerts],
  access: readAccess(texts.access),
  primary: readLogs([texts.primary]),
  fallback: readLogs([texts.fallback]).lines,
  table: readTable(texts.table, atMs),
};
