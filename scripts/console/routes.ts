import * as v from "valibot";
import type { Refusal, State } from "../../console/protocol.ts";
import { UsageError } from "../command-line.ts";
import type { BreakerBoard } from "./breakers.ts";
import type { Calls } from "./calls.ts";
import type { EventLog } from "./events.ts";
import { type DrawnFlow, withCoverage } from "./flows.ts";
import { breakerOf, callerInput, replayFrom, setBreaker, startCall, startRehearsal } from "./inputs.ts";
import type { RealCalls } from "./real-calls.ts";
import type { Rehearsals } from "./rehearsals.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The parts on which the listed actions act; there is no other way to them. */
export interface Parts {
  readonly calls: Calls;
  readonly breakers: BreakerBoard;
  readonly rehearsals: Rehearsals;
  readonly log: EventLog;
  readonly flows: readonly DrawnFlow[];
  /** @throws UsageError */
  readonly caseLadder: (caseId: string) => Promise<unknown>;
  readonly realCalls: RealCalls | undefined;
}

const ok: Answer = { status: 200, body: { ok: true } };
const refuse = (status: number, message: string): Answer => ({ status, body: { message } satisfies Refusal });
const notUnderstood = refuse(400, "The body is not what this action takes: reload the page.");
const noCall = refuse(404, "This call is kept no longer: start another.");

/** `GET /api/…`; undefined: there is no such thing. */
export async function read(path: string, parts: Parts): Promise<Answer | undefined> {
  if (path === "/api/state") return { status: 200, body: await stateOf(parts) };
  const [, callSid] = /^\/api\/trace\/(CA[0-9a-f]{32})$/.exec(path) ?? [];
  if (callSid !== undefined) {
    if (parts.realCalls === undefined)
      return refuse(404, "No real calls are configured: start with TABLE_NAME set, or with --logs FILE.");
    return { status: 200, body: await parts.realCalls.look(callSid) };
  }
  const [, encoded] = /^\/api\/cases\/([^/]{1,2000})$/.exec(path) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return { status: 200, body: await parts.caseLadder(decodeURIComponent(encoded)) };
  } catch (error) {
    if (error instanceof UsageError || error instanceof URIError) return refuse(404, error.message);
    throw error;
  }
}

async function stateOf({ calls, breakers, rehearsals, log, flows, realCalls }: Parts): Promise<State> {
  const drawn = await withCoverage(flows);
  // read together, behind every wait: no event comes between them
  const rehearsal = rehearsals.now();
  return {
    flows: drawn,
    calls: calls.summaries(),
    breakers: breakers.now(),
    lastEventId: log.lastId(),
    ...(rehearsal === undefined ? {} : { rehearsal }),
    canTrace: realCalls !== undefined,
  };
}

/** `POST /api/…`; undefined: there is no such action. */
export async function act(path: string, body: unknown, parts: Parts): Promise<Answer | undefined> {
  const [, , area = "", id = "", verb = "", ...more] = path.split("/");
  if (more.length > 0) return undefined;
  if (area === "calls" && id === "") return begin(body, parts);
  if (area === "calls") return onCall(id, verb, body, parts);
  if (area === "breakers" && verb === "") return onBreaker(id, body, parts);
  if (area === "rehearsals" && id === "") return rehearse(body, parts);
  return undefined;
}

function begin(body: unknown, { calls, flows }: Parts): Answer {
  const asked = v.safeParse(startCall, body);
  if (!asked.success) return notUnderstood;
  const { flow, language } = asked.output;
  if (!flows.some(({ name }) => name === flow))
    return refuse(404, "There is no flow of this name: choose one of the list.");
  const call = calls.start(flow, language);
  return call === undefined
    ? refuse(409, "As many calls as can be are on: hang up one of them.")
    : { status: 201, body: { id: call.id } };
}

function onCall(id: string, verb: string, body: unknown, { calls }: Parts): Answer | undefined {
  const call = calls.find(id);
  if (call === undefined) return noCall;
  const isOver = call.summary().state === "ended";
  const over = refuse(409, "The call is over: start another, or replay it from a turn.");
  switch (verb) {
    case "input": {
      const asked = v.safeParse(callerInput, body);
      if (!asked.success) return notUnderstood;
      if (isOver) return over;
      if (call.input(asked.output)) return ok;
      return refuse(409, "The line does not listen to this now: wait until the call asks.");
    }
    case "pause":
    case "resume":
    case "step":
      if (isOver) return over;
      call[verb]();
      return ok;
    case "replay": {
      const asked = v.safeParse(replayFrom, body);
      if (!asked.success) return notUnderstood;
      const next = calls.replay(call, asked.output.turn);
      return next === undefined
        ? refuse(409, "As many calls as can be are on: hang up one of them.")
        : { status: 201, body: { id: next.id } };
    }
    default:
      return undefined;
  }
}

async function onBreaker(name: string, body: unknown, { breakers }: Parts): Promise<Answer | undefined> {
  const breaker = breakerOf(name);
  if (breaker === undefined) return undefined;
  const asked = v.safeParse(setBreaker, body);
  if (!asked.success) return notUnderstood;
  await breakers.set(breaker, asked.output.on);
  return { status: 200, body: breakers.now() };
}

function rehearse(body: unknown, { rehearsals, flows }: Parts): Answer {
  const asked = v.safeParse(startRehearsal, body);
  if (!asked.success) return notUnderstood;
  const { flow, dialects } = asked.output;
  if (!flows.some(({ name }) => name === flow))
    return refuse(404, "There is no flow of this name: choose one of the list.");
  const started = rehearsals.start(flow, dialects);
  return started === undefined
    ? refuse(409, "A rehearsal is running: wait for its end.")
    : { status: 202, body: { id: started.id } };
}
