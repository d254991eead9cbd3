import type { Alert } from "./call-record.ts";
import type { Party } from "./voice-parameters.ts";

/** Component of voice documents; one of `<Redirect>` is 13700 [O]. */
const voiceComponent = "12000";

/** The `alert_text` of the Monitor API: form encoded [O]. */
export function alertText({ errorCode, url, level, detail }: Alert): string {
  const status = /^Got HTTP (\d{3})/.exec(detail)?.[1];
  return new URLSearchParams({
    Msg: detail,
    sourceComponent: voiceComponent,
    ErrorCode: String(errorCode),
    ...(status === undefined ? {} : { httpResponse: status }),
    url,
    LogLevel: level,
  }).toString();
}

/** What the debugger webhook is told of an alert: a form that holds JSON [D "Debugging events webhook"]. */
export function debuggerParameters(alert: Alert, sid: string, party: Party, nowMs: number): Record<string, string> {
  const { errorCode, url, level, detail } = alert;
  const moreInfo = { Msg: detail, sourceComponent: voiceComponent, ErrorCode: String(errorCode), LogLevel: level, url };
  return {
    AccountSid: party.accountSid,
    ParentAccountSid: "",
    Sid: sid,
    Timestamp: new Date(nowMs).toISOString(),
    Level: level,
    PayloadType: "application/json",
    Payload: JSON.stringify({
      resource_sid: party.callSid,
      service_sid: null,
      error_code: String(errorCode),
      more_info: moreInfo,
      webhook: { type: "application/json", request: { url } },
    }),
  };
}
