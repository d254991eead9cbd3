import { randomBytes } from "node:crypto";
import { flowName } from "../competitors/question.ts";
import type { Contender, Leg } from "./field.ts";
import { publicUrls } from "./field.ts";
import { actionOf, toFallbackRequest, toRequest, type WebhookRequest } from "./requests.ts";
import type { Tables } from "./tables.ts";

/** A moment of many calls at once, to which the table can be brought back: so one kind of webhook is measured again and again. */
export interface Station {
  readonly name: string;
  readonly contender: Contender;
  readonly requests: readonly WebhookRequest[];
  /** asked once already, each time before it is measured: what is measured is a duplicate */
  readonly isDuplicate: boolean;
  /** Brings the table back to the moment before the requests. */
  readonly reset: () => Promise<void>;
}

export interface StationPlan {
  readonly name: string;
  readonly contender: Contender;
  /** webhooks that the calls have behind them */
  readonly after: number;
  /** the key that the caller pressed */
  readonly digits?: "1" | "2";
  readonly isDuplicate?: boolean;
  /**
   * To the fallback leg comes what the primary has lost: the request, which never took effect, or the answer, which the table
   * already knows of.
   */
  readonly lost?: "request" | "answer";
}

/**
 * Walks new calls to the station, through the contender itself.
 *
 * @param calls as many requests as are asked in one go
 * @param walker takes the webhooks that come before; for the fallback leg that is the primary
 */
export async function arriveAt(plan: StationPlan, calls: number, walker: Leg, tables: Tables): Promise<Station> {
  const { name, contender, after, digits = "1", isDuplicate = false, lost } = plan;
  if (contender === "durable") return steps(name, calls);
  const requests: WebhookRequest[] = [];
  for (let call = 0; call < calls; call += 1) {
    const request = await walk(walker, after, digits);
    if (lost === "answer") await walker.ask(request);
    requests.push(lost === undefined ? request : toFallbackRequest(fallbackUrl, request));
  }
  const reset = await tables.snapshot(
    contender,
    requests.map(({ params }) => params.CallSid ?? ""),
  );
  return { name, contender, requests, isDuplicate, reset };
}

/** A durable execution has no webhooks: as many steps are taken, on no table of ours. */
function steps(name: string, calls: number): Station {
  const requests = Array.from({ length: calls }, () => toRequest(publicUrls.primary, "", {}));
  return { name, contender: "durable", requests, isDuplicate: false, reset: async () => {} };
}

const fallbackUrl = `${publicUrls.fallback}/voice-fallback?flow=${flowName}`;

/** Takes a new call through its first webhooks and returns the request that comes next. */
async function walk(leg: Leg, webhooks: number, digits: string): Promise<WebhookRequest> {
  const callSid = `CA${randomBytes(16).toString("hex")}`;
  let next = toRequest(`${publicUrls.primary}/voice/${flowName}`, callSid, {});
  for (let taken = 1; taken <= webhooks; taken += 1) {
    const { status, body } = await leg.ask(next);
    const action = actionOf(body);
    if (status !== 200 || action === undefined) throw new Error(`webhook ${taken} answered ${status}: ${body}`);
    next = toRequest(action, callSid, { Digits: taken === webhooks ? digits : "1" });
  }
  return next;
}
