import { defineFlow, digits, goTo, hangup, record, say, yesNo } from "../../core/index.ts";
import { play } from "../media.ts";
import { doOnce } from "./effect.ts";

type Step = "age" | "again" | "why" | "thanks";
type Data = Readonly<Record<never, never>>;

const ageMin = 5;
const ageMax = 110;
const ageText = {
  en: "Three short questions. How old are you? Please enter your age, then press the hash key.",
  ja: "三つの質問にお答えください。はじめに、ご年齢を入力し、最後にシャープを押してください。",
};
const againText = {
  en: "Would you fly with us again? For yes, press 1 or say yes. For no, press 2 or say no.",
  ja: "次回も当社をご利用になりますか。はいの方は1を、いいえの方は2を押してください。お話しくださっても結構です。",
};
const whyText = {
  en: "Last question: tell us why, after the tone. Press the hash key when you are done.",
  ja: "最後の質問です。発信音のあとに、その理由をお聞かせください。終わりましたら、シャープを押してください。",
};
const sorryText = { en: "We cannot take more answers now.", ja: "申し訳ございません。回答をお受けできません。" };

/**
 * Three questions: a number, yes or no, and a recording that Twilio transcribes. Each answer is stored before the next
 * question is asked, under its question's name; one that stays in doubt does not hold up the rest.
 */
export const surveyCall = defineFlow<Step, Data>({
  name: "survey-call",
  start: "age",
  steps: {
    age: {
      inDoubt: "again",
      ...digits<Step, Data>("age", {
        ask: (_, { visits }) => (visits > 1 ? [play("not-understood"), say(ageText)] : [say(ageText)]),
        count: { min: 1, max: 3 },
        valid: (age) => Number(age) >= ageMin && Number(age) <= ageMax,
        accept: async (age, context) => {
          await doOnce(context, "answer-age", { age: Number(age) });
          return goTo("again");
        },
        otherwise: "again",
      }),
    },
    again: {
      inDoubt: "why",
      ...yesNo<Step, Data>("again", {
        ask: (_, { visits }) => (visits > 1 ? [play("not-understood"), say(againText)] : [say(againText)]),
        speech: true,
        yes: async (context) => {
          await doOnce(context, "answer-again", { again: true });
          return goTo("why");
        },
        no: async (context) => {
          await doOnce(context, "answer-again", { again: false });
          return goTo("why");
        },
        otherwise: "why",
      }),
    },
    why: {
      inDoubt: "thanks",
      // Twilio transcribes English alone [D record page]
      prompt: (_, { language }) => [
        say(whyText),
        record({ maxLength: 90, finishOnKey: "#", transcribe: language === "en" }),
      ],
      next: async (context) => {
        const { input } = context;
        if (input.kind !== "recording" || input.durationSec === 0) return goTo("thanks");
        await doOnce(context, "answer-why", { recordingUrl: input.url });
        return goTo("thanks");
      },
    },
    thanks: { prompt: () => [play("survey-thanks"), hangup()] },
  },
  lastResort: () => [say(sorryText), hangup()],
});
