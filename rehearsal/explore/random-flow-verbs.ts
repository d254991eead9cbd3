import type { PromptContext } from "../../core/flow.ts";
import { defineMedia } from "../../core/media.ts";
import {
  client,
  conference,
  connectStream,
  conversationRelay,
  dial,
  enqueue,
  gather,
  hangup,
  number,
  pause,
  pay,
  playDigits,
  queue,
  raw,
  record,
  refer,
  reject,
  say,
  sip,
  sms,
  start,
  stop,
  wait,
  whisper,
} from "../../core/verb-builders.ts";
import { type Aside, actionUrl, type DialTarget, type GatherVerb, type RawVerb, type Verb } from "../../core/verbs.ts";
import { type AsidePlan, filesMax, type PromptPlan, type QuestionPlan, type VerbPlan } from "./random-flow-plan.ts";

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
      case "tones":
        return playDigits("1w2");
      case "session":
        return plan.verb === "start"
          ? start.stream("wss://agent.rehearsal.invalid/ear", { name: "ear" })
          : stop.stream("ear");
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
      return dialOf(plan);
    case "enqueue": {
      const heard = asideOf(plan.wait, (options) => wait(beside, options.key ? { leave: options.key } : {}));
      return enqueue("support", heard === undefined ? {} : { wait: heard });
    }
    case "pay":
      return pay(plan.charges ? { chargeAmount: "10.00" } : { tokenType: "reusable" });
    case "connect":
      return plan.noun === "Stream"
        ? connectStream("wss://agent.rehearsal.invalid/stream")
        : conversationRelay("wss://agent.rehearsal.invalid/relay");
    case "refer":
      return refer("sip:desk@rehearsal.invalid");
    case "sms":
      return sms("call us again");
    case "raw":
      return rawOf(plan.name, plan.acts);
  }
}

const beside: Aside["prompts"] = [say({ en: "Beside the call.", ja: "少々お待ちください。" }), play("prompt-0")];

function asideOf(plan: AsidePlan, make: (options: { readonly key?: string }) => Aside): Aside | undefined {
  return plan === "none" ? undefined : make(plan === "key" ? { key: "5" } : {});
}

function dialOf(plan: Extract<QuestionPlan, { kind: "dial" }>): Verb {
  const heard = asideOf(plan.whisper, ({ key }) => whisper(beside, key === undefined ? {} : { accept: key }));
  const told = heard === undefined ? {} : { whisper: heard };
  const targets = (): readonly DialTarget[] => {
    switch (plan.noun) {
      case "Number":
        return numbers.slice(0, plan.numbers).map((to) => number(to, told));
      case "Sip":
        return [sip("sip:desk@rehearsal.invalid", told)];
      case "Client":
        return [client("ann", {}, told)];
      case "Conference":
        return [conference("room")];
      case "Queue":
        return [queue("support")];
    }
  };
  const timeout = plan.timeoutSec === undefined ? {} : { timeout: plan.timeoutSec };
  return dial(targets(), { ...timeout, ...(plan.records && { record: "record-from-answer" as const }) });
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
