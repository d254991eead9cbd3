import { checkCall } from "../checkers/check-call.ts";
import type { Finding } from "../checkers/checker.ts";
import type { Expect } from "../checkers/expectation.ts";
import { standsFor } from "../fault-kinds.ts";
import type { Script } from "../model/derive-scripts.ts";
import type { Chosen } from "../world/choices.ts";
import { rehearseCall } from "../world/rehearse-call.ts";
import type { RehearsedCall } from "../world/rehearsed-call.ts";
import type { Stage } from "../world/stage.ts";
import type { NamedDialect } from "./dialects.ts";

export interface Rehearsed {
  readonly script: Script;
  readonly dialect: NamedDialect;
  readonly chosen: Chosen;
  readonly call: RehearsedCall;
  readonly findings: readonly Finding[];
}

export interface Exploration {
  readonly stage: Stage;
  readonly expect: Expect;
  readonly script: Script;
  readonly dialects: readonly NamedDialect[];
  /** 0, 1 (singles) or 2 (ordered pairs) */
  readonly faultsMax: number;
  /** Of the first faults of each call only every `of`th, from `index` on: a share of the work. Default: all. */
  readonly share?: { readonly of: number; readonly index: number };
  /** Sees every call; one that returns a promise is waited for. */
  readonly onCall: (rehearsed: Rehearsed) => void | Promise<void>;
}

export interface Explored {
  readonly calls: number;
  /** Calls that were not placed because one that was is the same to the end. */
  readonly same: number;
}

/**
 * Places a script's call with every fault at every operation, one and then (for pairs) every further one after it. There
 * is no list of places: operation 1 fails, then 2, then 3, until no operation is left, in each call that arises on the way.
 *
 * Two subtrees are known to be the same, and walked once: under a dialect that differs only in questions that none of its
 * calls met; and behind two faults at one operation after which everything happened alike but for the time it took.
 */
export async function explore(options: Exploration): Promise<Explored> {
  const { stage, expect, script, dialects, faultsMax, onCall, share = { of: 1, index: 0 } } = options;
  let calls = 0;
  let same = 0;
  let firsts = 0;
  /** For each first fault: the answers that its calls met, under each dialect that was walked. */
  const walked = new Map<string, Map<string, unknown>[]>();

  async function place(dialect: NamedDialect, chosen: Chosen, counts = true): Promise<RehearsedCall> {
    const call = await rehearseCall({ stage, script, chosen, settled: dialect.dialect });
    // the call that all shares begin with is one call
    if (!counts) return call;
    calls += 1;
    const findings = checkCall(call, await expect(call));
    await onCall({ script, dialect, chosen, call, findings });
    return call;
  }

  /** Walks everything behind a call. @returns the questions that were met on the way */
  async function expand(dialect: NamedDialect, chosen: Chosen, call: RehearsedCall, from: number, faults: number) {
    const met = new Set(call.questions);
    for (let at = from; at < call.points.length; at += 1) {
      const point = call.points[at];
      if (point === undefined || (point.what === "fault" && faults >= faultsMax)) continue;
      const alike = new Set<string>();
      const precise = dialect.dialect.preciseErrorCodes;
      for (const option of point.options.slice(1)) {
        if (!precise && standsFor(point.name, option) !== option) {
          same += 1;
          continue;
        }
        const next = new Map([...chosen, [at, option]]);
        const count = faults + (point.what === "fault" ? 1 : 0);
        const first = faults === 0 && count === 1 ? keyOf(next) : undefined;
        if (first !== undefined && firsts++ % share.of !== share.index) continue;
        if (first !== undefined && isWalked(first, dialect)) {
          same += 1;
          continue;
        }
        const child = await place(dialect, next);
        const print = count < faultsMax ? fingerprint(child, at) : undefined;
        const deeper = print === undefined || !alike.has(print);
        if (print !== undefined) alike.add(print);
        const questions = deeper ? await expand(dialect, next, child, at + 1, count) : new Set(child.questions);
        if (!deeper) same += 1;
        if (first !== undefined) noteWalked(first, dialect, questions);
        for (const question of questions) met.add(question);
      }
    }
    return met;
  }

  const isWalked = (first: string, { dialect }: NamedDialect): boolean =>
    walked
      .get(first)
      ?.some((answers) => [...answers].every(([question, answer]) => answerOf(dialect, question) === answer)) ?? false;
  const noteWalked = (first: string, { dialect }: NamedDialect, questions: ReadonlySet<string>): void => {
    const answers = new Map([...questions].map((question) => [question, answerOf(dialect, question)]));
    walked.set(first, [...(walked.get(first) ?? []), answers]);
  };

  for (const dialect of dialects) {
    firsts = 0;
    const call = await place(dialect, new Map(), share.index === 0);
    await expand(dialect, new Map(), call, 0, 0);
  }
  return { calls, same };
}

function answerOf(dialect: NamedDialect["dialect"], question: string): unknown {
  return dialect[question as keyof typeof dialect];
}

function keyOf(chosen: Chosen): string {
  return [...chosen].map(([at, option]) => `${at}=${option}`).join("+");
}

/** All that happened after a fault, but for how long it took: operations, requests and what came of them, documents. */
function fingerprint(call: RehearsedCall, after: number): string {
  const parts: string[] = [];
  for (const { what, name } of call.points.slice(after + 1)) parts.push(what, name);
  for (const { kind, index, isFallback, params } of call.record.requests) {
    parts.push(kind, String(index), isFallback ? "f" : "", params.ErrorCode ?? "", params.ErrorUrl ?? "");
  }
  for (const { answer } of call.given) parts.push(answer.outcome, answer.twiml);
  for (const { to } of call.writes) parts.push(to.token, to.data);
  for (const { text } of call.executed) parts.push(text);
  parts.push(call.record.ended, ...call.record.heard);
  return parts.join("\n");
}
