import type { CallLine } from "./call-line.ts";
import type { TwimlElement } from "./twiml-document.ts";
import {
  afterHangup,
  type DocumentUrl,
  methodOf,
  requestToAction,
  resolveUrl,
  type VerbResult,
} from "./verb-result.ts";

/**
 * Connect: the call belongs to the other side until that ends the session. The action request of a ConversationRelay
 * may carry `ErrorCode`, but never `ErrorUrl`: it is no fallback request [D conversationrelay page, ERR 31921].
 */
export async function runConnect(connect: TwimlElement, line: CallLine, documentUrl: DocumentUrl): Promise<VerbResult> {
  const answered = line.ask("Connect", connect);
  const step = answered instanceof Promise ? await answered : answered;
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
  line.journal.executed(connect, params);
  const result = requestToAction(connect.attributes, documentUrl, params);
  return hangup ? afterHangup(result) : result;
}

/** The connector's names for a charge and for a card that is kept. */
export const paymentSids = { charge: "ch_", token: "pt_" } as const;

/** Without an amount nothing is charged, and the card becomes a token [D pay page]. */
export function isCharge({ chargeAmount }: Readonly<Record<string, string>>): boolean {
  return Number(chargeAmount ?? "0") > 0;
}

/** No default action: without one the next verb follows after the last attempt [D pay page]. */
export async function runPay(pay: TwimlElement, line: CallLine, documentUrl: DocumentUrl): Promise<VerbResult> {
  const answered = line.ask("Pay", pay);
  const step = answered instanceof Promise ? await answered : answered;
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
    ...(isCharge(pay.attributes)
      ? { PaymentConfirmationCode: line.nextSid(paymentSids.charge) }
      : { PaymentToken: line.nextSid(paymentSids.token) }),
  };
  const params = {
    Result: result,
    ...(result === "success" ? paid : { PaymentError: result }),
    ...(result === "payment-connector-error" ? { PayErrorCode: "64002" } : {}),
  };
  line.journal.executed(pay, params);
  await reportPayment(pay, params, line, documentUrl);
  const asked = requestToAction(pay.attributes, documentUrl, params);
  return hangup ? afterHangup(asked) : asked;
}

/** Each step is told, and in the end the same result as to the action [D pay page]. */
async function reportPayment(
  { attributes }: TwimlElement,
  result: Readonly<Record<string, string>>,
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<void> {
  const { statusCallback, statusCallbackMethod } = attributes;
  const url = statusCallback === undefined ? undefined : resolveUrl(statusCallback, documentUrl);
  if (url === undefined) return;
  const { accountSid, callSid } = line.party;
  const step = { For: "payment-card-number", PaymentMethod: "credit-card", Required: "expiration-date", Attempt: "1" };
  for (const told of [step, result]) {
    const params = { AccountSid: accountSid, CallSid: callSid, ...told };
    await line.deliverStatus({ url, method: methodOf(statusCallbackMethod), params });
  }
}

/** SIP only [D refer page]. A Refer that is accepted and has no action ends the call, for the caller is elsewhere. */
export async function runRefer(refer: TwimlElement, line: CallLine, documentUrl: DocumentUrl): Promise<VerbResult> {
  const answered = line.ask("Refer", refer);
  const step = answered instanceof Promise ? await answered : answered;
  if (step.kind === "hangup") return { kind: "ended", ended: "caller-hangup" };
  const sipStatus = step.kind === "refer" ? step.sipStatus : 202;
  const accepted = sipStatus < 300;
  const params = referParameters(sipStatus);
  line.journal.executed(refer, params);
  const result = requestToAction(refer.attributes, documentUrl, params);
  return result.kind === "next-verb" && accepted ? { kind: "ended", ended: "hangup" } : result;
}

/** What the action of a Refer is told of the other side's answer [D refer page]. */
export function referParameters(sipStatus: number): Record<string, string> {
  const accepted = sipStatus < 300;
  return {
    ReferCallStatus: accepted ? "completed" : "failed",
    ReferSipResponseCode: String(sipStatus),
    ...(accepted ? { NotifySipResponseCode: "200" } : {}),
  };
}
