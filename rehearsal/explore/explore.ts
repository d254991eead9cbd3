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
import { createWalked, type Met } from "./walked.ts";

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

/** What the search still needs of a call behind which it looks: the call itself is large, and thousands come after it. */
interface Placed extends Pick<RehearsedCall, "points" | "states" | "questions"> {
  /** All that happened after its last choice; empty where nothing is compared. */
  readonly print: string;
}

/**
 * Places a script's call with every fault at every operation, one and then (for pairs) every further one after it. There
 * is no list of places: operation 1 fails, then 2, then 3, until no operation is left, in each call that arises on the way.
 *
 * Three kinds of subtrees are known to be the same, and walked once: behind two faults of one class, from the first question
 * at which the whole world stands alike (`WorldState`); behind two faults at one operation after which everything
 * happened alike but for the time it took; and under a dialect that differs only in questions that no call below met.
 */
export async function explore(options: Exploration): Promise<Explored> {
  const { stage, expect, script, dialects, faultsMax, onCall, share = { of: 1, index: 0 } } = options;
  let calls = 0;
  let same = 0;
  let firsts = 0;
  const walked = createWalked();

  async function place(dialect: NamedDialect, chosen: Chosen, faults: number, counts = true): Promise<Placed> {
    const call = await rehearseCall({ stage, script, chosen, settled: dialect.dialect, states: faults < faultsMax });
    // the call that all shares begin with is one call
    if (counts) {
      calls += 1;
      const findings = checkCall(call, await expect(call));
      await onCall({ script, dialect, chosen, call, findings });
    }
    const { points, states, questions } = call;
    const print = chosen.size > 0 && faults < faultsMax ? fingerprint(call, Math.max(...chosen.keys())) : "";
    return { points, states, questions, print };
  }

  /** Walks everything behind a call. @returns the questions that are met on the way */
  async function expand(
    { dialect, seen }: { dialect: NamedDialect; seen: Map<string, Met> },
    chosen: Chosen,
    call: Placed,
    from: number,
    faults: number,
  ): Promise<Met> {
    const met: Met = { questions: call.questions, below: [] };
    let end = call.points.length;
    for (const { at, key } of call.states) {
      if (at < from) continue;
      const before = seen.get(key);
      if (before !== undefined) {
        met.below.push(before);
        end = at;
        same += 1;
        break;
      }
      seen.set(key, met);
    }
    for (let at = from; at < end; at += 1) {
      const point = call.points[at];
      if (point === undefined || (point.what === "fault" && faults >= faultsMax)) continue;
      const alike = new Map<string, Met>();
      for (const option of point.options.slice(1)) {
        // that they are alike is seen, not assumed, in the search for single faults
        if (faultsMax > 1 && standsFor(point.name, option) !== option) {
          same += 1;
          continue;
        }
        const next = new Map([...chosen, [at, option]]);
        const count = faults + (point.what === "fault" ? 1 : 0);
        const first = faults === 0 && count === 1 ? keyOf(next) : undefined;
        if (first !== undefined && firsts++ % share.of !== share.index) continue;
        if (first !== undefined && walked.has(first, dialect)) {
          same += 1;
          continue;
        }
        const child = await place(dialect, next, count);
        const like = child.print === "" ? undefined : alike.get(child.print);
        if (like !== undefined) same += 1;
        const below = like ?? (await expand({ dialect, seen }, next, child, at + 1, count));
        alike.set(child.print, below);
        met.below.push(below);
        if (first !== undefined) walked.add(first, dialect, { questions: child.questions, below: [below] });
      }
    }
    return met;
  }

  for (const dialect of dialects) {
    firsts = 0;
    const call = await place(dialect, new Map(), 0, share.index === 0);
    await expand({ dialect, seen: new Map() }, new Map(), call, 0, 0);
  }
  return { calls, same };
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
  for (const { answer } of call.asides) parts.push(answer.twiml);
  for (const { verb, params } of call.steps) parts.push(verb, JSON.stringify(params));
  for (const { to } of call.writes) parts.push(to.data);
  for (const { text } of call.executed) parts.push(text);
  parts.push(call.record.ended, ...call.record.heard);
  return parts.join("\n");
}
