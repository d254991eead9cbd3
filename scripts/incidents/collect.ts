import { setTimeout as sleep } from "node:timers/promises";
import type { Alert, CallRecord, Intercept, OutgoingRequest } from "../../rehearsal/call-record.ts";
import type { Caller } from "../../rehearsal/caller-script.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { flowUrls } from "../stack/urls.ts";
import type { Saved, Verdict } from "../triage/result.ts";
import { type CallClock, callClock } from "./call-clock.ts";
import { type AccessLine, startEdge } from "./edge.ts";
import { createNetwork } from "./network.ts";
import type { IncidentPlan, Met, PlannedCall } from "./plan.ts";
import { createPlatform } from "./platform.ts";
import { platformLines } from "./platform-lines.ts";
import { accountSid, authToken, baseMs, callers, edgeIdOf, hex, iso, publicUrls, uuidOf } from "./times.ts";
import type { World } from "./world.ts";

/** An alert, with what Twilio had asked and got. */
export interface Alarm {
  readonly alert: Alert;
  readonly atMs: number;
  readonly callSid: string;
  readonly request: OutgoingRequest;
  readonly reply: Reply;
  readonly attempts: number;
}

export interface Failed {
  readonly callSid: string;
  readonly kind: OutgoingRequest["kind"];
  readonly verdict: Verdict;
  saved: Saved;
  /** The edge of the primary had it. */
  reached: boolean;
}

/** All that can be known of an incident. */
export interface Recorded {
  readonly alarms: readonly Alarm[];
  readonly access: readonly AccessLine[];
  readonly primaryLog: readonly string[];
  readonly fallbackLog: readonly string[];
  readonly requests: readonly Failed[];
  /** by CallSid */
  readonly clocks: ReadonlyMap<string, CallClock>;
  readonly calls: readonly CallRecord[];
}

/** The line of a webhook comes through another pipe than its answer. */
const lineWithinMs = 400;
const documentsMax = 30;
const logStream = `2026/03/03/[$LATEST]${hex("stream", 32)}`;

/** Places the calls of an incident, one after the other, and keeps what each part of the world wrote of them. */
export async function collect(plan: IncidentPlan, world: World): Promise<Recorded> {
  const alarms: Alarm[] = [];
  const access: AccessLine[] = [];
  const primaryLog: string[] = [];
  const fallbackLog: string[] = [];
  const requests: Failed[] = [];
  const records: CallRecord[] = [];
  const clocks = new Map<string, CallClock>();
  let clock = callClock(baseMs, Date.now);
  let met: Met = {};

  const platform = createPlatform({
    codeDir: world.lambdaDir,
    env: {
      ...world.primaryEnv,
      ...(plan.breaks === undefined ? {} : { FLOW_BREAKS: plan.breaks }),
      ...plan.primaryEnv,
    },
    lines: platformLines(plan.format ?? "text", () => iso(clock.at(Date.now()))),
    write: (line) => {
      const before = plan.tailed === true ? `${iso(clock.at(Date.now()))} ${logStream} ` : "";
      primaryLog.push(before + atItsTime(line, clock));
    },
  });
  const edge = await startEdge({
    platform,
    publicUrl: plan.numberUrl ?? publicUrls.primary,
    fault: () => met,
    log: (line) => void access.push(line),
    timeOf: (realMs) => clock.at(realMs),
    ids: (count) => ({
      requestId: edgeIdOf(`${plan.name} ${count}`),
      functionRequestId: uuidOf(`${plan.name} ${count}`),
    }),
  });
  const network = createNetwork(
    [
      ...(plan.numberUrl === undefined ? [] : [[plan.numberUrl, "primary"] as const]),
      [publicUrls.primary, "primary"],
      [publicUrls.fallback, "fallback"],
    ],
    { primary: edge.baseUrl, fallback: world.fallbackUrl },
  );
  world.onFallbackLine((line) => void fallbackLog.push(atItsTime(line, clock)));

  const place = async (call: PlannedCall, number: number): Promise<void> => {
    const callSid = `CA${hex(`${plan.name} call ${number}`, 32)}`;
    clock = callClock(baseMs + call.atSec * 1_000, Date.now);
    clocks.set(callSid, clock);
    const failing: { truth: Failed; request: OutgoingRequest }[] = [];
    let last: Pick<Alarm, "request" | "reply" | "attempts"> | undefined;

    const intercept: Intercept = async (request, send) => {
      met = plan.meets(request, number) ?? {};
      world.meet(met);
      const linesBefore = fallbackLog.length;
      const edgeBefore = edge.count();
      const reply = await send();
      last = { request, reply, attempts: request.attempt + 1 };
      const { verdict } = met;
      if (verdict !== undefined && request.attempt === 0) {
        const reached = edge.count() > edgeBefore;
        failing.push({ truth: { callSid, kind: request.kind, verdict, saved: "lost", reached }, request });
      }
      if (request.isFallback && reply.kind === "answer" && reply.status === 200 && verdict === undefined) {
        const saved = (await isLastResort(linesBefore)) ? "lost" : "saved";
        for (const { truth, request: failed } of failing) if (failed.index === request.index) truth.saved = saved;
      }
      return reply;
    };

    const isLastResort = async (linesBefore: number): Promise<boolean> => {
      if (fallbackLog.length === linesBefore) await world.fallbackLine(callSid, lineWithinMs);
      return fallbackLog.at(-1)?.includes('"turn.last-resort"') ?? false;
    };

    const urls = flowUrls(call.flow, { primary: plan.numberUrl ?? publicUrls.primary, fallback: publicUrls.fallback });
    const from = `${callers}${String(1_000 + number).slice(-4)}`;
    records.push(
      await placeCall({
        voiceUrl: urls.voiceUrl.replace("#", `${plan.voiceSuffix ?? ""}#`),
        fallbackUrl: urls.fallbackUrl,
        ...{
          authToken,
          accountSid,
          callSid,
          from,
          to: `${callers}0100`,
          script: callerOf(call),
          documentsMax,
          intercept,
        },
        dialect: plan.dialect ?? {},
        exchange: (request) => network.exchange(request, met.network),
        // no time passes while a function still works that nobody waits for: it would be late for the next turn as well
        sleep: async (ms) => {
          await platform.idle();
          clock.pass(ms);
        },
        onEvent: (event) => {
          if (event.kind !== "alert" || last === undefined) return;
          alarms.push({ alert: event.alert, atMs: clock.at(Date.now()) + (plan.alertsLateMs ?? 0), callSid, ...last });
        },
      }),
    );
    await platform.idle();
    await sleep(lineWithinMs / 8);
    requests.push(...failing.map(({ truth }) => truth));
  };

  try {
    for (const [number, call] of plan.calls.entries()) {
      await place(call, number);
      met = {};
      for (let k = 0; number === 0 && k < (plan.strangers ?? 0); k += 1) await asStranger(edge.baseUrl);
    }
  } finally {
    world.meet({});
    await network.stop();
    await edge.stop();
    await platform.stop();
  }
  return { alarms, access, primaryLog, fallbackLog, requests, clocks, calls: records };
}

/** Asks as everybody on the internet can, without a signature. */
async function asStranger(baseUrl: string): Promise<void> {
  const body = new URLSearchParams({ CallSid: `CA${hex("stranger", 32)}`, From: `${callers}0199` });
  const response = await fetch(`${baseUrl}/voice/brittle`, { method: "POST", body });
  await response.arrayBuffer();
}

/** A caller who answers what is heard, so a question that is asked again gets the same answer again. */
function callerOf({ flow, key = "1" }: PlannedCall): Caller {
  const answers: readonly (readonly [RegExp, string])[] =
    flow === "brittle"
      ? [
          [/To go on/, key],
          [/To end/, "2"],
        ]
      : [
          [/appointment-day|Monday, press 1/, "1"],
          [/To book Monday/, "1"],
        ];
  return ({ heard }) => {
    const digits = answers.find(([question]) => question.test(heard.join(" ")))?.[1];
    return digits === undefined ? { kind: "silence" } : { kind: "digits", digits };
  };
}

/** A line with its times in the incident, and without paths of this machine. */
function atItsTime(line: string, clock: CallClock): string {
  if (!line.startsWith("{"))
    return line.replaceAll(/(?:file:\/\/)?\/[\w.@/-]+\/(?=[\w.-]+\.(?:js|ts)\b)/g, "/var/task/");
  const parsed: Record<string, unknown> = JSON.parse(line);
  if (typeof parsed.atMs === "number") parsed.atMs = Math.round(clock.at(parsed.atMs));
  return JSON.stringify(parsed);
}
