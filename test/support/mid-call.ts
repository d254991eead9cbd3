import { randomBytes } from "node:crypto";
import type { Stack } from "../../scripts/stack/start-stack.ts";
import { ask, documentOf, legOf } from "./signed-request.ts";

/** A request that Twilio could make, and that has an effect or moves the call. */
export interface Target {
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
}

export const newCall = () => `CA${randomBytes(16).toString("hex")}`;

export function urlsOf(stack: Stack, flow: string) {
  const urls = stack.flows[flow];
  if (urls === undefined) throw new Error(`the stack has no flow ${flow}`);
  return urls;
}

export function first([url]: readonly string[]): string {
  if (url === undefined) throw new Error("the document has no such URL");
  return url;
}

/** How many effects the outside service executed for a call. */
export function effectCount(stack: Stack, callSid: string): number {
  return stack.effects.executed().filter((effect) => effect.callSid === callSid).length;
}

/** A call of `four` that waits for the answer to its question about booking: on the primary, or after a failover. */
export async function atBooking(stack: Stack, leg: "primary" | "fallback"): Promise<Target> {
  const CallSid = newCall();
  const { voiceUrl, fallbackUrl } = urlsOf(stack, "four");
  const color = first(documentOf(await ask(stack, voiceUrl, { CallSid })).actions);
  const failure = { ErrorCode: "11200", ErrorUrl: color };
  const answered =
    leg === "primary"
      ? await ask(stack, color, { CallSid, Digits: "2" })
      : await ask(stack, fallbackUrl, { CallSid, Digits: "2", ...failure });
  const { said, actions } = documentOf(answered);
  const url = first(actions);
  if (said.at(-1) !== "color 2, book?" || legOf(stack, url) !== stack[leg].baseUrl) {
    throw new Error(`not at the booking on the ${leg}: ${answered.body}`);
  }
  return { url, params: { CallSid, Digits: "1" } };
}

/** A call that dials, and what the dialled leg reports to `leg`, on which the call itself is not. */
export async function dialling(stack: Stack, leg: "primary" | "fallback"): Promise<Target> {
  const CallSid = newCall();
  const { voiceUrl, fallbackUrl } = urlsOf(stack, "outcomes");
  const failure = { CallSid, ErrorCode: "11200", ErrorUrl: voiceUrl };
  const started = leg === "primary" ? await ask(stack, fallbackUrl, failure) : await ask(stack, voiceUrl, { CallSid });
  const url = first(documentOf(started).statuses);
  if (legOf(stack, url) !== stack[leg].baseUrl) throw new Error(`a status callback not to the ${leg}: ${url}`);
  return { url, params: { CallSid: newCall(), ParentCallSid: CallSid, CallStatus: "busy" } };
}
