import type { CheckerName, Finding } from "../checkers/checker.ts";
import { worstSilenceMs } from "../checkers/silence-bounded.ts";
import { declaredLoss } from "../declared.ts";
import { formatCaseId } from "../explore/case-id.ts";
import type { Rehearsed } from "../explore/explore.ts";
import { faultClassOf } from "../fault-classes.ts";
import type { PointKind } from "../fault-kinds.ts";
import type { MetFault, RehearsedCall } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import { type Mode, mergeModes, whatFollows } from "./modes.ts";

/** What a rehearsal counts: calls with a finding, by what it costs the caller or us. */
export type Measure = "lost" | "answersLost" | "effectsDuplicated" | "overBudget" | "invalidTwiml" | "other";

const measureOf: Readonly<Record<CheckerName, Measure>> = {
  "nobody-is-lost": "lost",
  "call-ends": "lost",
  "answers-survive": "answersLost",
  "executed-once": "effectsDuplicated",
  "asides-beside": "other",
  "effects-once": "effectsDuplicated",
  "told-as-done": "effectsDuplicated",
  "ended-once": "effectsDuplicated",
  "requests-bounded": "overBudget",
  "silence-bounded": "overBudget",
  "documents-valid": "invalidTwiml",
  "checkpoint-forward": "other",
  "trail-explains": "other",
};

/** Calls that met one kind of fault at one step. */
export interface Cell {
  readonly flow: string;
  readonly kind: PointKind;
  readonly fault: string;
  /** "" before the first document */
  readonly step: string;
  cases: number;
  failed: number;
  /** of the first that failed */
  readonly ids: string[];
}

export interface Failure {
  readonly id: string;
  readonly findings: readonly Finding[];
  /** what went wrong, a phrase each */
  readonly faults: readonly string[];
}

/** The most of something, and the first case that had so much. */
export interface Most {
  readonly value: number;
  readonly id: string;
}

/**
 * All that is kept of rehearsed calls: plain data, so that it can be sent from a worker. Added in the same order it is the
 * same, whoever counted which part.
 */
export interface Tally {
  cases: number;
  /** not placed, because a call that was is known to be the same */
  same: number;
  failed: number;
  readonly counts: Record<Measure, number>;
  /** calls that were lost as declared, by the name of the class */
  readonly declared: Map<string, number>;
  /** milliseconds of calls with one fault or none */
  silenceSingleMs: Most;
  /** milliseconds of calls with more faults */
  silenceMoreMs: Most;
  requests: Most;
  readonly cells: Map<string, Cell>;
  /** what followed from one fault, by its kind and name */
  readonly modes: Map<string, Mode>;
  /** kinds of trouble that met in a call which was lost as declared: `class + class: loss` */
  readonly losses: Map<string, number>;
  /** the first ones */
  readonly failures: Failure[];
}

export const failuresMax = 200;
export const cellIdsMax = 20;
const nothing: Most = { value: 0, id: "" };

export function emptyTally(): Tally {
  return {
    cases: 0,
    same: 0,
    failed: 0,
    counts: { lost: 0, answersLost: 0, effectsDuplicated: 0, overBudget: 0, invalidTwiml: 0, other: 0 },
    declared: new Map(),
    silenceSingleMs: nothing,
    silenceMoreMs: nothing,
    requests: nothing,
    cells: new Map(),
    modes: new Map(),
    losses: new Map(),
    failures: [],
  };
}

export function idOf({ script, dialect, chosen, call }: Rehearsed): string {
  const { language, id } = script;
  return formatCaseId({ flow: call.flow.name, language, script: id, dialect: dialect.name, chosen });
}

/** Counts one call. */
export function addCase(tally: Tally, rehearsed: Rehearsed): void {
  const { call, findings } = rehearsed;
  tally.cases += 1;
  const most = (so: Most, value: number): Most => (value > so.value ? { value, id: idOf(rehearsed) } : so);
  const silentMs = worstSilenceMs(call);
  if (call.faults.length <= 1) tally.silenceSingleMs = most(tally.silenceSingleMs, silentMs);
  else tally.silenceMoreMs = most(tally.silenceMoreMs, silentMs);
  tally.requests = most(tally.requests, call.record.attemptCount);
  const id = findings.length === 0 ? undefined : idOf(rehearsed);
  if (id === undefined) addDeclared(tally, call);
  else addFailure(tally, { id, findings, faults: call.faults.map(describeFault) });
  addMode(tally, call, silentMs);
  for (const [at, fault] of call.faults.entries()) {
    const cell = cellOf(tally, call.flow.name, fault);
    if (call.faults.slice(0, at).some((before) => cellOf(tally, call.flow.name, before) === cell)) continue;
    cell.cases += 1;
    if (id === undefined) continue;
    cell.failed += 1;
    if (cell.ids.length < cellIdsMax) cell.ids.push(id);
  }
}

/** Adds what came after it, counted somewhere else. */
export function mergeTally(tally: Tally, later: Tally): void {
  const most = (so: Most, other: Most): Most => (other.value > so.value ? other : so);
  tally.cases += later.cases;
  tally.same += later.same;
  tally.failed += later.failed;
  for (const measure of Object.keys(tally.counts) as Measure[]) tally.counts[measure] += later.counts[measure];
  for (const [name, count] of later.declared) tally.declared.set(name, (tally.declared.get(name) ?? 0) + count);
  tally.silenceSingleMs = most(tally.silenceSingleMs, later.silenceSingleMs);
  tally.silenceMoreMs = most(tally.silenceMoreMs, later.silenceMoreMs);
  tally.requests = most(tally.requests, later.requests);
  for (const [key, cell] of later.cells) {
    const own = tally.cells.get(key);
    if (own === undefined) {
      tally.cells.set(key, { ...cell, ids: [...cell.ids] });
      continue;
    }
    own.cases += cell.cases;
    own.failed += cell.failed;
    own.ids.push(...cell.ids.slice(0, cellIdsMax - own.ids.length));
  }
  mergeModes(tally.modes, later.modes);
  for (const [pair, count] of later.losses) tally.losses.set(pair, (tally.losses.get(pair) ?? 0) + count);
  tally.failures.push(...later.failures.slice(0, failuresMax - tally.failures.length));
}

/** A fault as a phrase: `write crash-after (primary, at confirm)`. */
export function describeFault({ kind, fault, leg, step }: Pick<MetFault, "kind" | "fault" | "leg" | "step">): string {
  const where = step === "" ? "before the first document" : `at ${nameBefore(step)}`;
  return kind === "call" ? fault : `${kind} ${fault} (${leg}, ${where})`;
}

function addDeclared(tally: Tally, call: RehearsedCall): void {
  const loss = declaredLoss(call);
  if (loss === undefined) return;
  tally.declared.set(loss.name, (tally.declared.get(loss.name) ?? 0) + 1);
  const met = `${call.faults.map(faultClassOf).join(" + ")}: ${loss.name}`;
  tally.losses.set(met, (tally.losses.get(met) ?? 0) + 1);
}

/** What one fault alone leads to. */
function addMode(tally: Tally, call: RehearsedCall, silentMs: number): void {
  const [fault, ...more] = call.faults;
  if (fault === undefined || more.length > 0) return;
  const key = `${fault.kind} ${fault.fault}`;
  const mode = tally.modes.get(key) ?? { silenceMs: 0, follows: new Set() };
  tally.modes.set(key, mode);
  mode.silenceMs = Math.max(mode.silenceMs, silentMs);
  for (const follows of whatFollows(call)) mode.follows.add(follows);
}

function addFailure(tally: Tally, failure: Failure): void {
  tally.failed += 1;
  for (const measure of new Set(failure.findings.map(({ checker }) => measureOf[checker]))) tally.counts[measure] += 1;
  if (tally.failures.length < failuresMax) tally.failures.push(failure);
}

function cellOf(tally: Tally, flow: string, { kind, fault, step: named }: MetFault): Cell {
  const step = nameBefore(named);
  const key = `${flow} ${kind} ${fault} ${step}`;
  let cell = tally.cells.get(key);
  if (cell === undefined) {
    cell = { flow, kind, fault, step, cases: 0, failed: 0, ids: [] };
    tally.cells.set(key, cell);
  }
  return cell;
}
