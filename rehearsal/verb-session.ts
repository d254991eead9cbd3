import type { CallLine } from "./call-line.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { afterHangup, type DocumentUrl, requestToAction, resolveUrl, type VerbResult } from "./verb-result.ts";

/**
 * Connect: the call belongs to the other side until that ends the session. The action request of a ConversationRelay
 * may carry `ErrorCode`, but never `ErrorUrl`: it is no fallback request [D conversationrelay page, ERR 31921].
 */
export async function runConnect(connect: TwimlElement, line: CallLine, documentUrl: DocumentUrl): Promise<VerbResult> {
  const step = line.ask("Connect");
  const hangup = step.kind === "hangup";
  const session =
    step.kind === "connect" ? step : { status: hangup ? "completed" : "ended", durationSec: 10, detail: "" };
  await line.pass(session.durationSec * 1000);
  if (hangup) line.finish("completed");
  const noun = connect.children[0]?.name ?? "";
  const failed = session.status === "failed";
  if (failed && noun === "Stream") {
    const detail = "the stream was closed";
    line.journal.alert({ errorCode: 31921, url: documentUrl ?? "", level: "WARNING", detail });
  }
  const params: Record<string, string> =
    noun === "ConversationRelay"
      ? {
          SessionId: line.nextSid("VX"),
          SessionStatus: session.status,
          SessionDuration: String(session.durationSec),
          ...(failed ? { ErrorCode: session.detail || "39001", ErrorMessage: "session failed" } : {}),
          ...(!failed && session.detail !== "" ? { HandoffData: session.detail } : {}),
        }
      : { StreamSid: line.nextSid("MZ") };
  const result = requestToAction(connect.attributes, documentUrl, params);
  return hangup ? afterHangup(result) : result;
}

/** No default action: without one the next verb follows after the last attempt [D pay page]. */
export function runPay(pay: TwimlElement, line: CallLine, documentUrl: DocumentUrl): VerbResult {
  const step = line.ask("Pay");
  const hangup = step.kind === "hangup";
  if (hangup) line.finish("completed");
  const result = step.kind === "pay" ? step.result : hangup ? "caller-hung-up" : "too-many-failed-attempts";
  const { action } = pay.attributes;
  if (action !== undefined && resolveUrl(action, documentUrl) === undefined) {
    return { kind: "failed", errorCode: 11100, errorUrl: action, detail: "invalid URL" };
  }
  const paid = {
    PaymentMethod: "credit-card",
    PaymentCardType: "visa",
    PaymentCardNumber: "xxxxxxxxxxxx1111",
    PaymentConfirmationCode: line.nextSid("ch_"),
  };
  const asked = requestToAction(pay.attributes, documentUrl, {
    Result: result,
    ...(result === "success" ? paid : { PaymentError: result }),
    ...(result === "payment-connector-error" ? { PayErrorCode: "64002" } : {}),
  });
  return hangup ? afterHangup(asked) : asked;
}

/** SIP only [D refer page]. A Refer that is accepted and has no action ends the call, for the caller is elsewhere. */
export function runRefer(refer: TwimlElement, line: CallLine, documentUrl: DocumentUrl): VerbResult {
  const step = line.ask("Refer");
  if (step.kind === "hangup") return { kind: "ended", ended: "caller-hangup" };
  const sipStatus = step.kind === "refer" ? step.sipStatus : 202;
  const accepted = sipStatus < 300;
  const result = requestToAction(refer.attributes, documentUrl, {
    ReferCallStatus: accepted ? "completed" : "failed",
    ReferSipResponseCode: String(sipStatus),
    ...(accepted ? { NotifySipResponseCode: "200" } : {}),
  });
  return result.kind === "next-verb" && accepted ? { kind: "ended", ended: "hangup" } : result;
}
