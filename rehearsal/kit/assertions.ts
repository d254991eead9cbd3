import type { Leg } from "../../core/checkpoint.ts";
import type { CallEnd } from "../call-record.ts";
import type { MetFault } from "../world/rehearsed-call.ts";
import { type Effect, includes, toEffect } from "./effects.ts";
import { describePlace, heardIn, heardLately, ladderOf, placeOf, type Standing } from "./standing.ts";

/** A call is not as a test expects it. The message has the ladder of the call. */
export class CallAssertionError extends Error {
  override readonly name = "CallAssertionError";
  /** What was expected and what is, without the ladder. */
  readonly what: string;

  constructor(what: string, message: string) {
    super(message);
    this.what = what;
  }
}

/** What a test can see of a call and expect of it. Each expectation throws a CallAssertionError. */
export interface CallView {
  readonly step: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly turn: number;
  readonly leg: Leg;
  /** All that the caller heard, one text for each thing said or played. */
  readonly heard: readonly string[];
  /** All that the outside service did, in order. */
  readonly effects: readonly Effect[];
  /** The call so far as a picture for the terminal. */
  ladder(): string;
  /** Heard since the caller last answered: a part of it, or a pattern. */
  hears(expected: string | RegExp): void;
  /** Heard at no time in this call. */
  neverHeard(unexpected: string | RegExp): void;
  /** The outside service did this exactly once, with at least these arguments. */
  did(effect: string, args?: unknown): void;
  /** The outside service did only what a `did` before this has named; without one, nothing. */
  didNothingElse(): void;
  /** The step whose document the caller hears, or "last resort"; and at least this data. */
  at(step: string, data?: Readonly<Record<string, unknown>>): void;
  /** The leg that gave the last document. */
  on(leg: Leg): void;
  /** The call is over, in this way; and everything that was to break did. */
  ended(how: CallEnd): void;
}

/** @param standing the call as it is when it is asked */
export function viewCall(standing: () => Standing): CallView {
  const named = new Set<string>();
  const effects = () => standing().executed.map(toEffect);
  const check = (holds: boolean, what: () => string, asked: (...args: never[]) => unknown): void => {
    if (!holds) throw failure(what(), standing(), asked);
  };

  const view: CallView = {
    get step() {
      return placeOf(standing()).step;
    },
    get data() {
      return placeOf(standing()).data;
    },
    get turn() {
      return placeOf(standing()).turn;
    },
    get leg() {
      return placeOf(standing()).leg;
    },
    get heard() {
      return heardIn(standing()).map(({ text }) => text);
    },
    get effects() {
      return effects();
    },
    ladder: () => ladderOf(standing()),
    hears(expected) {
      const lately = heardLately(standing());
      const what = () => `to hear ${show(expected)}, heard since the last answer:${listed(lately.map(show))}`;
      check(fits(lately.join(" "), expected), what, view.hears);
    },
    neverHeard(unexpected) {
      const heard = view.heard.find((text) => fits(text, unexpected));
      check(heard === undefined, () => `never to hear ${show(unexpected)}, heard ${show(heard)}`, view.neverHeard);
    },
    did(effect, args) {
      named.add(effect);
      const found = effects().filter(({ name }) => name === effect);
      const holds = found.length === 1 && (args === undefined || includes(found[0]?.arguments, args));
      const wanted = `${effect}${args === undefined ? "" : ` ${showValue(args)}`}`;
      check(holds, () => `'${wanted}' to be done exactly once, done:${listed(effects().map(showEffect))}`, view.did);
    },
    didNothingElse() {
      const others = effects().filter(({ name }) => !named.has(name));
      const besides = named.size === 0 ? "" : ` besides ${[...named].join(", ")}`;
      const what = () => `nothing to be done${besides}, done:${listed(others.map(showEffect))}`;
      check(others.length === 0, what, view.didNothingElse);
    },
    at(step, data = {}) {
      const what = () =>
        `the call at '${step}'${Object.keys(data).length === 0 ? "" : ` with ${showValue(data)}`}, it is at '${view.step}' with ${JSON.stringify(view.data)}`;
      check(view.step === step && includes(view.data, data), what, view.at);
    },
    on(leg) {
      check(view.leg === leg, () => `the call on the ${leg} leg, it is on the ${view.leg} leg`, view.on);
    },
    ended(how) {
      const { unmet } = standing();
      check(standing().ended === how, () => `the call to end with ${how}, ${describePlace(standing())}`, view.ended);
      const missed = unmet.map(({ kind, fault }) => `${kind} ${fault}`).join(", ");
      check(unmet.length === 0, () => `something to break that never happened: ${missed}`, view.ended);
    },
  };
  return view;
}

/** A function that a test called; or where the test was, of one that has waited since. */
type AskedBy = ((...args: never[]) => unknown) | CallSite;

export interface CallSite {
  readonly frames: string;
}

/** Where a test calls `asked`. To be taken before anything is waited for: afterwards the stack is another. */
export function callSite(asked: (...args: never[]) => unknown): CallSite {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, asked);
  const { stack = "" } = holder;
  return { frames: stack.slice(Math.max(0, stack.indexOf("\n    at "))) };
}

/** @param by so that the stack begins at the test's own line */
export function failure(what: string, standing: Standing, by: AskedBy): CallAssertionError {
  const broken = standing.faults.map(describeFault);
  const facts = broken.length === 0 ? "" : `\nbroken:${listed(broken)}`;
  const error = new CallAssertionError(what, `expected ${what}${facts}\n\n${ladderOf(standing)}\n`);
  if (typeof by === "function") Error.captureStackTrace(error, by);
  else error.stack = `${error.name}: ${error.message}${by.frames}`;
  return error;
}

export function describeFault({ kind, fault, leg, step }: MetFault): string {
  return `${kind} ${fault} on the ${leg} leg ${step === "" ? "at the start" : `after '${step}'`}`;
}

function fits(text: string, expected: string | RegExp): boolean {
  // a pattern with the flag `g` remembers where it was
  return typeof expected === "string" ? text.includes(expected) : text.search(expected) >= 0;
}

function show(text: string | RegExp | undefined): string {
  return text instanceof RegExp ? String(text) : JSON.stringify(text);
}

/** A pattern has no JSON. */
function showValue(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof RegExp ? String(part) : part));
}

function showEffect({ name, arguments: args }: Effect): string {
  return `${name} ${JSON.stringify(args)}`;
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? " nothing" : lines.map((line) => `\n  ${line}`).join("");
}
