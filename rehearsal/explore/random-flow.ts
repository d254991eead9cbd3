import { defineFlow, type Flow, goTo, type Next, type NextContext, type StepDefinition } from "../../core/flow.ts";
import type { Input } from "../../core/input.ts";
import { dial, hangup, say } from "../../core/verb-builders.ts";
import type { Random } from "./random.ts";
import { runEffects } from "./random-flow-effect.ts";
import { type BranchPlan, type FlowPlan, type LeavePlan, randomPlan, type StepPlan } from "./random-flow-plan.ts";
import { type RandomData, verbsOf } from "./random-flow-verbs.ts";

const asking: ReadonlySet<string> = new Set([
  ...["gather", "record", "dial", "enqueue", "pay", "connect", "refer", "sms", "raw"],
]);
const words: readonly (readonly string[])[] = [
  ["yes", "one", "はい", "いち"],
  ["no", "two", "いいえ", "に"],
  ["three", "さん"],
];

/** A flow that nobody wrote: whatever an author may do, in some order. Made of its numbers alone, and then deterministic. */
export function randomFlow(random: Random, name: string): Flow {
  return flowOf(randomPlan(random), name);
}

/** The flow of a plan. */
export function flowOf(plan: FlowPlan, name: string): Flow {
  const steps = plan.steps.map((step, at): [string, StepDefinition<string, RandomData>] => [
    stepName(at),
    toStep(step, at),
  ]);
  return defineFlow<string, RandomData>({
    name,
    start: stepName(0),
    steps: Object.fromEntries(steps),
    language: plan.language,
    mediaUrls: plan.mediaUrls,
    data: plan.data,
    lastResort: () => [say({ en: "We are sorry.", ja: "申し訳ございません。" }), dial("+815012345678"), hangup()],
  });
}

function stepName(at: number): string {
  return `step${at}`;
}

function toStep({ verbs, leave }: StepPlan, at: number): StepDefinition<string, RandomData> {
  const self = stepName(at);
  const prompt: StepDefinition<string, RandomData>["prompt"] = (data, context) => verbsOf(self, verbs, data, context);
  if (leave === undefined) return { prompt };
  const { inDoubt, lost } = leave;
  const asks = verbs.some(({ kind }) => asking.has(kind));
  return {
    prompt,
    next: (context) => leaveBy(leave, self, asks, context),
    ...(inDoubt !== undefined && { inDoubt: stepName(inDoubt) }),
    ...(lost !== undefined && { lost: () => goTo(stepName(lost), { [`lost${at}`]: "yes" }) }),
  };
}

async function leaveBy(
  leave: LeavePlan,
  self: string,
  asks: boolean,
  context: NextContext<RandomData>,
): Promise<Next<string, RandomData>> {
  const { input, visits } = context;
  const answer = textOf(input);
  const kept: RandomData = leave.keeps === undefined ? {} : { [leave.keeps]: answer };
  const branch = branchFor(leave, input, asks);
  if (branch === undefined || (stepName(branch.to) === self && visits >= leave.tries)) {
    const again = visits < leave.tries && asksAgain(input);
    return goTo(again ? self : stepName(leave.otherwise), kept);
  }
  const results = await runEffects(branch, answer, context);
  const named = Object.entries(results).map(([name, result]) => [`${self}-${name}`, result]);
  const note = branch.noteCharacters === 0 ? {} : { note: "n".repeat(branch.noteCharacters) };
  const { language } = branch;
  return goTo(
    stepName(branch.to),
    { ...kept, ...note, ...Object.fromEntries(named) },
    language === undefined ? {} : { language },
  );
}

/** What was dialled or paid is not dialled or paid again by itself. */
function asksAgain({ kind }: Input): boolean {
  return kind === "nothing" || kind === "digits" || kind === "speech" || kind === "recording";
}

function branchFor({ branches }: LeavePlan, input: Input, asks: boolean): BranchPlan | undefined {
  const chosen = choiceOf(input, asks);
  return chosen === undefined || chosen < 0 ? undefined : branches[chosen];
}

/** How a recording ended is not asked: a status callback does not tell it. */
function choiceOf(input: Input, asks: boolean): number | undefined {
  switch (input.kind) {
    case "digits":
      return Number(input.digits[0]) - 1;
    case "speech":
      return words.findIndex((some) => some.includes(input.text));
    case "recording":
      return input.durationSec > 0 ? 0 : 1;
    case "dial":
      return input.status === "completed" || input.status === "answered" ? 0 : input.status === "busy" ? 1 : 2;
    case "queue":
      return input.result === "bridged" ? 0 : 1;
    case "pay":
      return input.result === "success" ? 0 : 1;
    case "connect":
      return input.status === "ended" ? 0 : 1;
    case "refer":
      return input.status === "completed" ? 0 : 1;
    case "sms":
      return input.status === "sending" ? 0 : 1;
    case "nothing":
      return asks ? undefined : 0;
    default:
      return undefined;
  }
}

function textOf(input: Input): string {
  switch (input.kind) {
    case "digits":
      return input.digits;
    case "speech":
      return input.text;
    case "recording":
      return input.url;
    case "dial":
    case "refer":
    case "sms":
      return input.status;
    case "connect":
      return `${input.status} ${input.handoff ?? ""}`;
    case "queue":
    case "pay":
      return input.result;
    case "lost":
      return `lost ${input.verb}`;
    default:
      return input.kind;
  }
}
