/**
 * What a leg tells of itself to whoever holds the account's auth token: its build and flows, its clock, whether it reaches the
 * table, which seal keys it has. Asked by a request that is signed like Twilio's, so it is answered to nobody else.
 */
import type { Engine } from "./engine.ts";
import { tableFor } from "./table.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** The parameter that makes a signed request for a status callback a probe; its value is the challenge. */
export const probeParameter = "StaylineProbe";
const challengePattern = /^[A-Za-z0-9_-]{16,64}$/;

export interface ProbeAnswer {
  readonly leg: "primary" | "fallback";
  readonly build: string;
  /** of the flows as this leg has them, by name */
  readonly flows: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly table: { readonly reached: boolean; readonly ms: number; readonly reason?: string };
  /** of the seal key that seals, and of all: an id, and what only that key makes of the challenge */
  readonly sealKeys: readonly { readonly id: string; readonly proof: string }[];
}

/** @returns the challenge of a probe; undefined for any other request */
export function probeIn({ params }: VoiceRequest): string | undefined {
  const challenge = params.get(probeParameter);
  return challenge !== undefined && challengePattern.test(challenge) ? challenge : undefined;
}

/** Answers a probe. Reads one item that does not exist: the table is reached, and nothing is written. */
export async function answerProbe(engine: Engine, challenge: string): Promise<ProbeAnswer> {
  const { clock, leg, build, flows, sealer } = engine;
  const startedMs = clock.nowMs();
  const read = await tableFor(engine.store, `probe#${challenge}`, clock, engine.tableBudgetMs).read();
  const nowMs = clock.nowMs();
  const reached = read.kind !== "unavailable";
  return {
    leg,
    build,
    flows: Object.fromEntries([...flows.values()].map((flow) => [flow.name, shapeOf(flow)])),
    nowMs,
    table: { reached, ms: nowMs - startedMs, ...(read.kind === "unavailable" && { reason: read.reason }) },
    sealKeys: sealer.proofs(challenge),
  };
}

type Flow = Engine["flows"] extends ReadonlyMap<string, infer F> ? F : never;

/** What has to agree between the legs for a call to be handed over: the names of the steps, in any order. */
function shapeOf({ steps, renamed, start }: Flow): string {
  return [
    start,
    ...[...steps.keys()].sort(),
    ...[...renamed.keys()].sort().map((old) => `${old}>${renamed.get(old)}`),
  ].join(" ");
}
