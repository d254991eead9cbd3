import { randomBytes } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import * as v from "valibot";
import type { Leg } from "../../core/checkpoint.ts";
import { type ProbeAnswer, probeParameter } from "../../core/probe.ts";

/** An operator waits longer than a caller: a leg may start cold. */
export const probeTimeoutMs = 12_000;
const answerCharactersMax = 100_000;

export type Probed =
  | {
      readonly kind: "answered";
      readonly answer: ProbeAnswer;
      /** the leg's clock less ours, at the middle of the exchange */
      readonly aheadMs: number;
      readonly tookMs: number;
    }
  | { readonly kind: "no-answer"; readonly reason: string }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "older" };

const answerShape = v.object({
  leg: v.picklist(["primary", "fallback"]),
  build: v.string(),
  flows: v.record(v.string(), v.string()),
  nowMs: v.number(),
  table: v.object({ reached: v.boolean(), ms: v.number(), reason: v.optional(v.string()) }),
  sealKeys: v.array(v.object({ id: v.string(), proof: v.string() })),
});

/** A challenge that nobody has seen before. */
export function newChallenge(): string {
  return randomBytes(24).toString("hex");
}

/** The URL by which a leg is probed: that of its status callbacks, which every leg has and no caller waits for. */
export function probeUrl(leg: Leg, baseUrl: string, flow: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  return leg === "primary" ? `${base}/status/${flow}` : `${base}/status-callback`;
}

/** Asks a leg what it is, by a request signed as Twilio signs. */
export async function probe(url: string, authToken: string, challenge: string): Promise<Probed> {
  const params = { CallSid: `CAprobe${challenge.slice(0, 27)}`, [probeParameter]: challenge };
  const sentMs = Date.now();
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "x-twilio-signature": getExpectedTwilioSignature(authToken, url, params) },
      body: new URLSearchParams(params),
      redirect: "manual",
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    status = response.status;
    text = (await response.text()).slice(0, answerCharactersMax);
  } catch (error) {
    return { kind: "no-answer", reason: reasonOf(error) };
  }
  const tookMs = Date.now() - sentMs;
  if (status !== 200) return { kind: "status", status };
  const parsed = v.safeParse(answerShape, fromJson(text));
  if (!parsed.success) return { kind: "older" };
  const answer = parsed.output as ProbeAnswer;
  return { kind: "answered", answer, tookMs, aheadMs: Math.round(answer.nowMs - sentMs - tookMs / 2) };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${probeTimeoutMs} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const { code, message } = (cause ?? error ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? "no connection");
}
