import type { PromptContext } from "../../core/flow.ts";
import { defineMedia } from "../../core/media.ts";
import { dial, gather, hangup, pause, raw, record, reject, say } from "../../core/verb-builders.ts";
import { actionUrl, type GatherVerb, type RawVerb, type Verb } from "../../core/verbs.ts";
import { filesMax, type PromptPlan, type QuestionPlan, type VerbPlan } from "./random-flow-plan.ts";

export type RandomData = Readonly<Record<string, string>>;
type Prompt = GatherVerb["prompts"][number];

const play = defineMedia(
  Object.fromEntries(
    Array.from({ length: filesMax }, (_, file) => [
      `prompt-${file}`,
      {
        en: { file: `en/random-${file}.mp3`, text: `The text of prompt ${file}.` },
        ja: { file: `ja/random-${file}.mp3`, text: `案内${file}でございます。` },
      },
    ]),
  ),
);
const numbers = ["+815012345678", "+815087654321"];
/** A longer value is told by its length. */
const toldCharactersMax = 120;

/** The document of a planned step, as `prompt` gives it. */
export function verbsOf(
  step: string,
  plans: readonly VerbPlan[],
  data: RandomData,
  context: PromptContext,
): readonly Verb[] {
  return plans.map((plan) => {
    switch (plan.kind) {
      case "hangup":
        return hangup();
      case "reject":
        return reject("busy");
      case "say":
      case "play":
      case "pause":
        return promptOf(step, plan, data, context);
      default:
        return questionOf(step, plan, data, context);
    }
  });
}

function promptOf(step: string, plan: PromptPlan, data: RandomData, context: PromptContext): Prompt {
  switch (plan.kind) {
    case "say": {
      const { visits, unsure } = context;
      const told = plan.tells ? tell(data) : "";
      const doubt = unsure ? " (unsure)" : "";
      return say({
        en: `This is ${step}, visit ${visits}${doubt}. ${told}`,
        ja: `${step}、${visits}回目${doubt}。${told}`,
      });
    }
    case "play":
      return play(`prompt-${plan.file}`, plan.loop === undefined ? {} : { loop: plan.loop });
    case "pause":
      return pause(plan.lengthSec);
  }
}

function questionOf(step: string, plan: QuestionPlan, data: RandomData, context: PromptContext): Verb {
  switch (plan.kind) {
    case "gather": {
      const { input, numDigits, finishOnKey } = plan;
      const ends = finishOnKey === undefined ? {} : { finishOnKey };
      const hints = input === "dtmf" ? {} : { hints: "yes, no, one, two" };
      const digits = input === "speech" ? {} : { numDigits, ...ends };
      const prompts = plan.prompts.map((prompt) => promptOf(step, prompt, data, context));
      return gather({ input, timeout: 3, ...digits, ...hints }, ...prompts);
    }
    case "record": {
      const ends = plan.finishOnKey === undefined ? {} : { finishOnKey: plan.finishOnKey };
      return record({ maxLength: plan.maxLengthSec, ...ends });
    }
    case "dial":
      return dial(numbers.slice(0, plan.numbers), plan.timeoutSec === undefined ? {} : { timeout: plan.timeoutSec });
    case "raw":
      return rawOf(plan.name, plan.acts);
  }
}

function rawOf(name: Extract<QuestionPlan, { kind: "raw" }>["name"], acts: boolean): Verb {
  const action: RawVerb["attributes"] = acts ? { action: actionUrl } : {};
  switch (name) {
    case "Pay":
      return raw("Pay", { ...action, chargeAmount: "10.00" });
    case "Enqueue":
      return raw("Enqueue", action, "support");
    case "Connect":
      return raw("Connect", action, raw("Stream", { url: "wss://agent.rehearsal.invalid/stream" }));
    case "ConversationRelay":
      return raw("Connect", action, raw("ConversationRelay", { url: "wss://agent.rehearsal.invalid/relay" }));
  }
}

function tell(data: RandomData): string {
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${value.length > toldCharactersMax ? `${value.length} characters` : value}.`)
    .join(" ");
}
