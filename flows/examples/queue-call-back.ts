import { defineFlow, digits, enqueue, goTo, hangup, type NextContext, say, wait, yesNo } from "../../core/index.ts";
import { doOnce } from "./effect.ts";

type Step = "queue" | "offer" | "number" | "booked" | "doubtful" | "goodbye";
interface Data {
  readonly number: string;
}

const keyToLeave = "2";
const dialable = /^\+\d{8,15}$/;

/** So that every voice reads it figure by figure. */
const spelled = (number: string) => number.replace("+", "").split("").join(" ");

const queueText = { en: "All our people are talking.", ja: "ただいま、お電話が混み合っております。" };
const waitText = {
  en: "You keep your place in the queue. To be called back instead, press 2.",
  ja: "順番におつなぎしております。折り返しの電話をご希望の方は、2を押してください。",
};
const offerText = (number: string) => ({
  en: `To be called back at ${spelled(number)}, press 1. At another number, press 2. Or just hang up.`,
  ja: `折り返し先が${spelled(number)}でよろしければ1を、別の番号をご希望の方は2を押してください。`,
});
const numberText = {
  en: "Please enter the number with its country code, then press the hash key.",
  ja: "国番号から始まる電話番号を入力し、最後にシャープを押してください。",
};
const bookedText = { en: "We will call you back. Goodbye.", ja: "折り返しお電話いたします。失礼いたします。" };
const doubtfulText = {
  en: "We could not make sure that you will be called back. If nobody calls, please call again.",
  ja: "折り返しの受付を確認できませんでした。連絡がない場合は、お手数ですが、おかけ直しください。",
};

/** Books the call-back, once. */
async function book(context: NextContext<Data>, number: string) {
  await doOnce(context, "call-back", { number });
  return goTo("booked");
}

/** A queue with a key to leave it; who leaves, or cannot be put through, is offered a call-back. */
export const queueCallBack = defineFlow<Step, Data>({
  name: "queue-call-back",
  start: "queue",
  data: { number: "" },
  steps: {
    queue: {
      prompt: () => [say(queueText), enqueue("support", { wait: wait([say(waitText)], { leave: keyToLeave }) })],
      // What became of the wait may be lost: the caller is asked, and not put into the queue a second time.
      next: ({ input, call }) => {
        const unserved = ["leave", "queue-full", "error", "system-error"];
        if (input.kind === "queue" && !unserved.includes(input.result)) return goTo("goodbye");
        return dialable.test(call.from) ? goTo("offer", { number: call.from }) : goTo("number");
      },
    },
    offer: {
      inDoubt: "doubtful",
      ...yesNo<Step, Data>("offer", {
        ask: ({ number }) => [say(offerText(number))],
        yes: (context) => book(context, context.data.number),
        no: () => goTo("number"),
        otherwise: "goodbye",
      }),
    },
    number: {
      inDoubt: "doubtful",
      ...digits<Step, Data>("number", {
        ask: () => [say(numberText)],
        count: { min: 8, max: 15 },
        accept: (number, context) => book(context, `+${number}`),
        otherwise: "goodbye",
      }),
    },
    booked: { prompt: () => [say(bookedText), hangup()] },
    doubtful: { prompt: () => [say(doubtfulText), hangup()] },
    goodbye: { prompt: () => [say({ en: "Thank you for calling.", ja: "お電話ありがとうございました。" }), hangup()] },
  },
  lastResort: () => [say(doubtfulText), hangup()],
});
