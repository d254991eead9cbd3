import type { CallLine } from "./call-line.ts";
import type { QueueEnd } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import {
  afterHangup,
  type DocumentUrl,
  methodOf,
  requestToAction,
  resolveUrl,
  type VerbResult,
} from "./verb-result.ts";
import type { Visit } from "./visit.ts";

/** A round of wait documents that takes no time at all is counted as this much, so that the wait ends. */
const roundMsMin = 1_000;
const queueSizeMax = 1_000;

type WaitEnd = { result: QueueEnd | "leave" | "hangup" | "redirected"; stopped?: VerbResult };

/** No default action: without one the next verb follows [D enqueue page]. */
export async function runEnqueue(
  enqueue: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  visit: Visit,
): Promise<VerbResult> {
  const { attributes } = enqueue;
  const answered = line.ask("Enqueue", enqueue);
  const step = answered instanceof Promise ? await answered : answered;
  const queueSid = line.nextSid("QU");
  const startedMs = line.journal.elapsedMs();
  const waitedSec = () => Math.round((line.journal.elapsedMs() - startedMs) / 1000);
  const plan = step.kind === "queue" ? step : { result: "bridged" as const, waitSec: 30 };

  line.state.pressed = step.kind === "queue" ? step.pressed : undefined;
  let end: WaitEnd = { result: plan.result };
  if (step.kind === "hangup") end = { result: "hangup" };
  else if (plan.result !== "queue-full") {
    end = await waitInQueue(attributes, plan, { queueSid, waitedSec }, line, documentUrl, visit);
  }
  line.state.pressed = undefined;
  const params = { QueueSid: queueSid, QueueResult: end.result, QueueTime: String(waitedSec()) };
  line.journal.executed(enqueue, params);
  if (end.stopped !== undefined) return end.stopped;
  if (end.result === "redirected") return { kind: "next-verb" }; // The update goes first.
  if (end.result === "hangup") line.finish("completed");
  const result = requestToAction(attributes, documentUrl, params);
  return end.result === "hangup" ? afterHangup(result) : result;
}

/** `waitUrl` is asked again and again for as long as the caller waits [D enqueue page]. */
async function waitInQueue(
  attributes: Readonly<Record<string, string>>,
  plan: { result: QueueEnd; waitSec: number },
  wait: { queueSid: string; waitedSec: () => number },
  line: CallLine,
  documentUrl: DocumentUrl,
  visit: Visit,
): Promise<WaitEnd> {
  const { waitUrl, waitUrlMethod } = attributes;
  const untilMs = line.journal.elapsedMs() + plan.waitSec * 1000;
  const restMs = () => untilMs - line.journal.elapsedMs();
  line.state.waitsUntilMs = untilMs;
  while (waitUrl !== undefined && waitUrl.trim() !== "" && restMs() > 0) {
    const roundMs = line.journal.elapsedMs();
    const url = resolveUrl(waitUrl, documentUrl) ?? waitUrl;
    const params = waitParameters(wait.queueSid, wait.waitedSec());
    const ending = await visit({ kind: "wait", url, method: methodOf(waitUrlMethod), params }, line, "wait");
    if (line.state.updatePending()) return { result: "redirected" };
    if (ending.kind === "left") return { result: "leave" };
    if (ending.kind === "failed") {
      const { errorCode, errorUrl, detail } = ending;
      line.journal.alert({ errorCode, url: errorUrl, level: "ERROR", detail });
      if (line.dialect.waitFailure === "error") return { result: "error" };
      break; // Silence until the wait ends.
    }
    if (ending.ended === "caller-hangup") return { result: "hangup" };
    if (ending.ended !== "end-of-document") return { result: plan.result, stopped: ending };
    if (line.journal.elapsedMs() - roundMs < roundMsMin) await line.pass(roundMsMin);
  }
  if (restMs() > 0) await line.pass(restMs());
  return { result: plan.result };
}

/** [D enqueue page] */
function waitParameters(queueSid: string, waitedSec: number): Record<string, string> {
  return {
    QueueSid: queueSid,
    QueuePosition: "1",
    QueueTime: String(waitedSec),
    AvgQueueTime: String(waitedSec),
    CurrentQueueSize: "1",
    MaxQueueSize: String(queueSizeMax),
  };
}
