import type { Language } from "../../core/verbs.ts";
import { oneOf, type Random } from "./random.ts";

/** A random flow before it is a flow: plain data, so it can be printed, and made smaller when a call of it fails. */
export interface FlowPlan {
  readonly language: Language;
  readonly mediaUrls: "sealed" | "stable";
  /** What the data holds before the first step. */
  readonly data: Readonly<Record<string, string>>;
  /** The last one ends the call; the first is where it begins. */
  readonly steps: readonly StepPlan[];
}

export interface StepPlan {
  /** In the order in which they are heard: a document may ask nothing, or more than once. */
  readonly verbs: readonly VerbPlan[];
  /** undefined: the call ends with the document */
  readonly leave: LeavePlan | undefined;
}

export type VerbPlan =
  | PromptPlan
  | QuestionPlan
  | { readonly kind: "hangup" }
  | { readonly kind: "reject" }
  | { readonly kind: "tones" }
  /** Something begins or ends beside the call. */
  | { readonly kind: "session"; readonly verb: "start" | "stop" };

/** Is a document beside the call heard, and may somebody press a key there? */
export type AsidePlan = "none" | "hear" | "key";

export type PromptPlan =
  /** Says where the call is and, if it `tells`, all that its data holds. */
  | { readonly kind: "say"; readonly tells: boolean }
  | { readonly kind: "play"; readonly file: number; readonly loop: number | undefined }
  | { readonly kind: "pause"; readonly lengthSec: number };

export type QuestionPlan =
  | {
      readonly kind: "gather";
      readonly input: "dtmf" | "speech" | "dtmf speech";
      readonly numDigits: number;
      readonly finishOnKey: string | undefined;
      readonly prompts: readonly PromptPlan[];
    }
  | { readonly kind: "record"; readonly maxLengthSec: number; readonly finishOnKey: string | undefined }
  | {
      readonly kind: "dial";
      readonly noun: "Number" | "Sip" | "Client" | "Conference" | "Queue";
      /** More than one only of numbers. */
      readonly numbers: number;
      readonly timeoutSec: number | undefined;
      readonly whisper: AsidePlan;
      readonly records: boolean;
    }
  | { readonly kind: "enqueue"; readonly wait: AsidePlan }
  | { readonly kind: "pay"; readonly charges: boolean }
  | { readonly kind: "connect"; readonly noun: "Stream" | "ConversationRelay" }
  | { readonly kind: "refer" }
  | { readonly kind: "sms" }
  | {
      readonly kind: "raw";
      readonly name: "Pay" | "Enqueue" | "Connect" | "ConversationRelay";
      /** Does it have this turn's action URL? Without one the next verb follows. */
      readonly acts: boolean;
    };

export interface LeavePlan {
  /** The answer is kept in the data under this name. */
  readonly keeps: string | undefined;
  /** A key, a word or an outcome chooses one of them. */
  readonly branches: readonly BranchPlan[];
  /** Visits in a row until an answer that fits none leads to `otherwise`. */
  readonly tries: number;
  readonly otherwise: number;
  /** Steps, by their number. */
  readonly inDoubt: number | undefined;
  readonly lost: number | undefined;
}

export interface BranchPlan {
  readonly to: number;
  readonly effects: readonly EffectPlan[];
  /** The effects are started side by side. */
  readonly together: boolean;
  readonly language: Language | undefined;
  /** Characters of a text that is put into the data: above 1 KiB it stays out of URLs. */
  readonly noteCharacters: number;
}

export interface EffectPlan {
  readonly name: string;
  readonly inDoubt: "retry" | "give-up";
  /** Its arguments tell the result of the effect before it, too. */
  readonly tellsBefore: boolean;
}

export const filesMax = 4;
const stepsMin = 2;
const stepsMax = 6;
const longNoteCharacters = 1_500;

/** Steps lead to later steps or to themselves, so that every call comes to an end. */
export function randomPlan(random: Random): FlowPlan {
  const count = between(random, stepsMin, stepsMax);
  const steps = Array.from({ length: count }, (_, at): StepPlan => {
    if (at === 0 && chance(random, 0.03)) return { verbs: [{ kind: "reject" }], leave: undefined };
    return at === count - 1 || (at > 1 && chance(random, 0.15)) ? lastStep(random) : randomStep(random, at, count);
  });
  return {
    language: chance(random, 0.3) ? "ja" : "en",
    mediaUrls: chance(random, 0.3) ? "stable" : "sealed",
    data: chance(random, 0.3) ? { begun: "yes" } : {},
    steps,
  };
}

/** The ending tells everything: an answer that was lost or mixed up on the way is heard. */
function lastStep(random: Random): StepPlan {
  const told: VerbPlan[] = [...prompts(random, 1), { kind: "say", tells: true }];
  if (chance(random, 0.15)) return { verbs: [...told, dialPlan(random)], leave: undefined };
  return { verbs: chance(random, 0.8) ? [...told, { kind: "hangup" }] : told, leave: undefined };
}

function randomStep(random: Random, at: number, count: number): StepPlan {
  const later = () => between(random, at + 1, count - 1);
  const asks = !chance(random, 0.15);
  const verbs: VerbPlan[] = [...prompts(random, 2)];
  if (chance(random, 0.1)) verbs.push({ kind: "session", verb: oneOf(random, ["start", "stop"] as const) });
  if (chance(random, 0.05)) verbs.push({ kind: "tones" });
  if (asks) verbs.push(questionPlan(random));
  if (asks && chance(random, 0.2)) verbs.push(...prompts(random, 2));
  if (asks && chance(random, 0.1)) verbs.push(questionPlan(random));
  if (chance(random, 0.05)) verbs.push({ kind: "hangup" });
  if (verbs.length === 0) verbs.push({ kind: "say", tells: true });
  const branches = Array.from({ length: asks ? between(random, 1, 3) : 1 }, (_, nth) =>
    branchPlan(random, asks && nth > 0 && chance(random, 0.15) ? at : later()),
  );
  return {
    verbs,
    leave: {
      keeps: chance(random, 0.8) ? `answer${at}` : undefined,
      branches,
      tries: between(random, 1, 3),
      otherwise: later(),
      inDoubt: chance(random, 0.7) ? later() : undefined,
      lost: chance(random, 0.25) ? later() : undefined,
    },
  };
}

function branchPlan(random: Random, to: number): BranchPlan {
  const count = oneOf(random, [0, 0, 0, 1, 1, 2]);
  return {
    to,
    effects: Array.from({ length: count }, (_, nth) => ({
      name: `effect${nth}`,
      inDoubt: chance(random, 0.6) ? "retry" : "give-up",
      tellsBefore: nth > 0 && chance(random, 0.5),
    })),
    together: count > 1 && chance(random, 0.5),
    language: chance(random, 0.1) ? oneOf(random, ["en", "ja"] as const) : undefined,
    noteCharacters: chance(random, 0.1) ? longNoteCharacters : 0,
  };
}

/** A gather as often as all that act on others together. */
const questionKinds = [
  ...(["gather", "gather", "gather", "gather", "gather", "gather", "record", "dial", "dial"] as const),
  ...(["enqueue", "pay", "connect", "refer", "sms", "raw"] as const),
] as const;

function questionPlan(random: Random): QuestionPlan {
  const kind = oneOf(random, questionKinds);
  switch (kind) {
    case "gather":
      return {
        kind,
        input: oneOf(random, ["dtmf", "dtmf", "dtmf speech", "speech"] as const),
        numDigits: between(random, 1, 4),
        finishOnKey: oneOf(random, [undefined, undefined, "#", "*", ""]),
        prompts: prompts(random, 3),
      };
    case "record":
      return {
        kind,
        maxLengthSec: oneOf(random, [3, 30, 120]),
        finishOnKey: oneOf(random, [undefined, "#", "*"]),
      };
    case "dial":
      return dialPlan(random);
    case "enqueue":
      return { kind, wait: asidePlan(random) };
    case "pay":
      return { kind, charges: chance(random, 0.7) };
    case "connect":
      return { kind, noun: oneOf(random, ["Stream", "ConversationRelay"] as const) };
    case "refer":
    case "sms":
      return { kind };
    case "raw":
      return {
        kind,
        name: oneOf(random, ["Pay", "Enqueue", "Connect", "ConversationRelay"] as const),
        acts: chance(random, 0.8),
      };
  }
}

function dialPlan(random: Random): QuestionPlan {
  const noun = oneOf(random, ["Number", "Number", "Number", "Sip", "Client", "Conference", "Queue"] as const);
  return {
    kind: "dial",
    noun,
    numbers: noun === "Number" ? between(random, 1, 2) : 1,
    timeoutSec: oneOf(random, [undefined, 20]),
    whisper: noun === "Conference" || noun === "Queue" ? "none" : asidePlan(random),
    records: chance(random, 0.2),
  };
}

function asidePlan(random: Random): AsidePlan {
  return oneOf(random, ["none", "hear", "key"] as const);
}

function prompts(random: Random, max: number): PromptPlan[] {
  return Array.from({ length: between(random, 0, max) }, () => promptPlan(random));
}

function promptPlan(random: Random): PromptPlan {
  const kind = oneOf(random, ["say", "say", "play", "play", "pause"] as const);
  switch (kind) {
    case "say":
      return { kind, tells: chance(random, 0.5) };
    case "play":
      return { kind, file: between(random, 0, filesMax - 1), loop: oneOf(random, [undefined, undefined, 2]) };
    case "pause":
      return { kind, lengthSec: between(random, 1, 3) };
  }
}

/** From `min` to `max`, both included. */
function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

function chance(random: Random, probability: number): boolean {
  return random() < probability;
}
