import { defineFlow, gather, goTo, hangup, type NextContext, type PromptContext, say, yesOrNo } from "../core/index.ts";
import { play } from "./media.ts";
import { runEffect } from "./service.ts";

type Step = "visit" | "recommend" | "better" | "thanks";
type Data = Readonly<Record<never, never>>;

const triesMax = 3;
const grades = [
  /^(?:1(?!\d)|one(?![a-z])|いち|一)/,
  /^(?:2(?!\d)|two(?![a-z])|に|二)/,
  /^(?:3(?!\d)|three(?![a-z])|さん|三)/,
  /^(?:4(?!\d)|four(?![a-z])|よん|四)/,
  /^(?:5(?!\d)|five(?![a-z])|ご|五)/,
];

/** Stores one answer at the outside service, once. An answer that stays in doubt is not worth holding the caller. */
async function store({ once, settings, call }: NextContext<Data>, question: string, answer: string): Promise<void> {
  const effect = { effect: `answer-${question}`, callSid: call.sid, arguments: { answer } };
  await once("answer", (key, signal) => runEffect(settings.BOOKINGS_URL, effect, key, signal), { inDoubt: "retry" });
}

const again = ({ visits }: PromptContext) => (visits > 1 ? [play("not-understood")] : []);

/** Three questions, by key or by voice; each answer is stored before the next question is asked. */
export const survey = defineFlow<Step, Data>({
  name: "survey",
  start: "visit",
  steps: {
    visit: {
      prompt: (_, context) => [
        gather(
          { input: "dtmf speech", numDigits: 1, hints: "one, two, three, four, five" },
          ...again(context),
          play("survey-visit"),
        ),
      ],
      inDoubt: "recommend",
      next: async (context) => {
        const { input, visits } = context;
        const said =
          input.kind === "digits" ? input.digits : input.kind === "speech" ? input.text.trim().toLowerCase() : "";
        const grade = grades.findIndex((pattern) => pattern.test(said)) + 1;
        if (grade === 0) return goTo(visits < triesMax ? "visit" : "recommend");
        await store(context, "visit", String(grade));
        return goTo("recommend");
      },
    },
    recommend: {
      prompt: (_, context) => [
        gather({ input: "dtmf speech", numDigits: 1, hints: "yes, no" }, ...again(context), play("survey-recommend")),
      ],
      inDoubt: "better",
      next: async (context) => {
        const answer = yesOrNo(context.input);
        if (answer === undefined) return goTo(context.visits < triesMax ? "recommend" : "better");
        await store(context, "recommend", answer);
        return goTo("better");
      },
    },
    better: {
      prompt: () => [gather({ input: "dtmf speech", numDigits: 1, speechTimeout: "auto" }, play("survey-better"))],
      inDoubt: "thanks",
      next: async (context) => {
        const { input } = context;
        if (input.kind === "speech") await store(context, "better", input.text);
        return goTo("thanks");
      },
    },
    thanks: { prompt: () => [play("survey-thanks"), hangup()] },
  },
  lastResort: () => [
    say({
      en: "We are sorry, we cannot take more answers now. Thank you for those you gave. Goodbye.",
      ja: "申し訳ございません。ただいま回答を承ることができません。ご協力ありがとうございました。",
    }),
    hangup(),
  ],
});
