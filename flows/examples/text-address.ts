import { defineFlow, goTo, hangup, type Letter, type NextContext, say, yesNo } from "../../core/index.ts";

type Step = "address" | "sent" | "booked" | "withheld" | "doubtful" | "goodbye";
interface Data {
  readonly calledBack: boolean;
}

/** How late each is still of use. */
const smsWithinSec = 6 * 3600;
const callWithinSec = 3600;
const dialable = /^\+\d{8,15}$/;

const addressText = {
  en: "We are at 5 Harbour Street. To get the address as a text message, press 1. To be called back later, press 2.",
  ja: "当店は港町5番地にございます。住所をメッセージでお送りする場合は1を、折り返しの電話をご希望の方は2を押してください。",
};
const calledBackText = { en: "You asked us to call you back.", ja: "ご希望の折り返しのお電話です。" };
const message = { en: "Our address: 5 Harbour Street", ja: "住所：港町5番地" };
const sentText = { en: "The message is on its way. Goodbye.", ja: "メッセージをお送りいたします。失礼いたします。" };
const bookedText = { en: "We will call you back. Goodbye.", ja: "折り返しお電話いたします。失礼いたします。" };
const withheldText = {
  en: "Your number is not shown to us. Please call again with your number shown.",
  ja: "番号が通知されておりません。番号を通知して、おかけ直しください。",
};
const doubtfulText = {
  en: "We could not make sure of that. If nothing comes, please call again.",
  ja: "受付を確認できませんでした。連絡がない場合は、お手数ですが、おかけ直しください。",
};

/** Twilio's REST API may be down just now: the letter is delivered as soon as it is there again, and nobody waits for it. */
async function post({ once, call }: NextContext<Data>, effect: "text" | "call-back", letter: Letter, then: Step) {
  if (!dialable.test(call.from)) return goTo("withheld");
  await once(effect, (_key, _signal, outbox) => outbox.send(letter), { inDoubt: "retry" });
  return goTo(then);
}

/** Sends a text message, or calls back, by the outbox: no request of the call needs Twilio's REST API. */
export const textAddress = defineFlow<Step, Data>({
  name: "text-address",
  start: "address",
  data: { calledBack: false },
  steps: {
    address: {
      inDoubt: "doubtful",
      ...yesNo<Step, Data>("address", {
        ask: ({ calledBack }) => [...(calledBack ? [say(calledBackText)] : []), say(addressText)],
        yes: (context) => {
          const { call, language } = context;
          const text = { body: message[language], withinSec: smsWithinSec };
          return post(context, "text", { kind: "sms", to: call.from, from: call.to, ...text }, "sent");
        },
        no: (context) => {
          const { call, language } = context;
          const back = { flow: "text-address", language, data: { calledBack: true }, withinSec: callWithinSec };
          return post(context, "call-back", { kind: "call", to: call.from, from: call.to, ...back }, "booked");
        },
        otherwise: "goodbye",
      }),
    },
    sent: { prompt: () => [say(sentText), hangup()] },
    booked: { prompt: () => [say(bookedText), hangup()] },
    withheld: { prompt: () => [say(withheldText), hangup()] },
    doubtful: { prompt: () => [say(doubtfulText), hangup()] },
    goodbye: { prompt: () => [say({ en: "Thank you for calling.", ja: "お電話ありがとうございました。" }), hangup()] },
  },
  lastResort: () => [say(doubtfulText), hangup()],
});
