import { limits } from "../core/limits.ts";
import { type FaultClass, faultClasses, faultClassOf } from "./fault-classes.ts";
import { dialectAnswer, type RehearsedCall } from "./world/rehearsed-call.ts";

/** A loss that is declared: what happened to the call was more than it can survive, and what follows is known. */
export interface DeclaredLoss {
  readonly name: string;
  /** What has to go wrong, as a sentence for an operator. */
  readonly when: string;
  /** What the caller hears. */
  readonly hears: "Twilio's apology" | "the last resort";
  /**
   * Two kinds of trouble, in the order in which they struck, in which it may happen. Where one alone is enough, it is there
   * with itself; none at all: it takes three.
   */
  readonly pairs: readonly (readonly [FaultClass, FaultClass])[];
  readonly holds: (call: RehearsedCall) => boolean;
}

const reasonOf = (call: RehearsedCall): string => {
  const last = call.given.at(-1)?.answer;
  return last?.outcome === "last-resort" ? (last.reason ?? "") : "";
};
const isApology = ({ record }: RehearsedCall): boolean => record.ended === "apology";
/** The last request for TwiML, or for media if that came later. */
const lastRequest = ({ record }: RehearsedCall) => record.requests.findLast(({ kind }) => kind !== "status");

const goneForGood = new Set(["down", "hangs", "flaps"]);

type Pairs = DeclaredLoss["pairs"];
/** Kinds of trouble that move a call to the fallback leg, or find it there. */
const failingOver: readonly FaultClass[] = [
  ...(["primary request", "primary gone", "media", "table operation", "table gone"] as const),
  ...(["process", "effect", "service gone", "repeated"] as const),
];
const everyClass = Object.keys(faultClasses) as FaultClass[];
const after = (first: readonly FaultClass[], ...second: readonly FaultClass[]): Pairs =>
  first.flatMap((one) => second.map((other) => [one, other] as const));
const withAny = (one: FaultClass): Pairs => [...after(everyClass, one), ...after([one], ...everyClass)];

/** Every way in which a call may end otherwise than its answers lead to, the first that fits. */
export const declaredLosses: readonly DeclaredLoss[] = [
  {
    name: "Twilio ends the call",
    when: "a media file fails, and Twilio ends calls for that (it is not documented what a failed Play does)",
    hears: "Twilio's apology",
    pairs: withAny("media"),
    holds: (call) =>
      isApology(call) && lastRequest(call)?.kind === "media" && dialectAnswer(call, "playFailure") === "end",
  },
  {
    name: "the same event lost on both legs",
    when: "a request fails on its own leg, and the fallback's answer to the failure is lost too, in all attempts that Twilio makes",
    hears: "Twilio's apology",
    pairs: after(failingOver, "fallback request", "fallback gone"),
    holds: (call) =>
      isApology(call) &&
      lastRequest(call)?.kind === "fallback" &&
      // a fallback that cannot answer although nothing is wrong with it is no declared loss
      call.faults.some(({ leg, resuming, fault }) => leg === "fallback" && (resuming || goneForGood.has(fault))),
  },
  {
    name: "the fallback leg fails again and again",
    when: "a call is away on the fallback leg, and that leg fails for good or every other time (Twilio has one fallback URL for a call)",
    hears: "the last resort",
    pairs: after(failingOver, "fallback gone"),
    holds: (call) =>
      /^(?:attempts|resumes) spent$/.test(reasonOf(call)) &&
      call.faults.some(({ leg, fault }) => leg === "fallback" && goneForGood.has(fault)),
  },
  {
    name: "the budget is spent",
    when: "one after the other, more answers to one question are lost than attempts are allowed, or the call fails over more often than its resumes allow",
    hears: "the last resort",
    pairs: [],
    holds: (call) => /^(?:attempts|resumes) spent$/.test(reasonOf(call)) && call.faults.length > 2,
  },
  {
    name: "the position is lost",
    when: "the table cannot be read, and Twilio names the failed URL of the fallback leg without its query, which carries the checkpoint there",
    hears: "the last resort",
    pairs: after(["table gone"], "fallback request", "fallback gone", "media", "process", "repeated"),
    holds: (call) =>
      /^(?:no checkpoint|position without data)$/.test(reasonOf(call)) &&
      dialectAnswer(call, "errorUrl") === "no-query" &&
      call.faults.some(({ kind, fault }) => kind === "read" || kind === "write" || fault === "table-down"),
  },
  {
    name: "the data is lost",
    when: "the data of the call is too large to travel in its URLs (more than 1 KiB), and the table fails while the fallback leg has the call",
    hears: "the last resort",
    pairs: [...withAny("table gone"), ...after(everyClass, "table operation", "process")],
    holds: (call) =>
      /^(?:position without data|data not (?:readable|saved))$/.test(reasonOf(call)) &&
      call.given.some(
        ({ answer }) => Buffer.byteLength(JSON.stringify(answer.checkpoint?.data ?? {})) > limits.urlDataBytesMax,
      ),
  },
  {
    name: "a document fails in plain rendering too",
    when: "an answer is garbled on its way, so that Twilio cannot execute it (12100, 12300, 11750), and so is the plain one that follows, or it is lost",
    hears: "the last resort",
    pairs: [],
    holds: (call) =>
      reasonOf(call) === "document fails in plain rendering too" &&
      call.faults.some(({ fault }) => garbled.has(fault)) &&
      call.faults.length > 2,
  },
];

const garbled = new Set(["empty", "truncated", "malformed", "wrong-type", "oversize"]);

/** The class of loss that explains a call which did not come to its own end; undefined when nothing does. */
export function declaredLoss(call: RehearsedCall): DeclaredLoss | undefined {
  const classes = call.faults.map(faultClassOf);
  return declaredLosses.find((loss) => loss.holds(call) && isMarked(loss, classes));
}

/** Is this a loss that is declared for these kinds of trouble, or for two of them? */
function isMarked({ pairs }: DeclaredLoss, classes: readonly FaultClass[]): boolean {
  const has = (first: FaultClass, second: FaultClass) => pairs.some(([a, b]) => a === first && b === second);
  if (classes.length === 1) return classes.every((one) => has(one, one));
  // three faults may reach it in other ways than the pairs tell; what happened is in `holds`
  if (classes.length > 2) return true;
  return classes.some((first, at) => classes.slice(at + 1).some((second) => has(first, second)));
}
