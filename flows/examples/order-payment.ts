import { defineFlow, digits, goTo, hangup, menu, pay, payPrompt, say, yesNo } from "../../core/index.ts";
import { doOnce } from "./effect.ts";

type Step = "boxes" | "confirm" | "pay" | "settle" | "declined" | "paid" | "doubtful" | "goodbye";
type Data = { readonly boxes: number; readonly order: string; readonly paid: boolean };

const dollarsPerBox = 12;
/** After these no card was charged for certain [D pay page]; of any other end nobody here knows that. */
const notCharged = ["too-many-failed-attempts", "caller-interrupted-with-star"];
const confirmText = (boxes: number) => ({
  en: `${boxes} boxes are ${boxes * dollarsPerBox} dollars. To pay by card, press 1. For another number, press 2.`,
  ja: `${boxes}箱で${boxes * dollarsPerBox}ドルです。カードでのお支払いは1を、数の変更は2を押してください。`,
});
const cardPrompts = [
  payPrompt({ for: "payment-card-number" }, say({ en: "Your card number, please.", ja: "カード番号をお願いします。" })),
  payPrompt({ for: "expiration-date" }, say({ en: "The expiry date.", ja: "有効期限を、月、年の順にお願いします。" })),
  payPrompt({ for: "security-code" }, say({ en: "The security code.", ja: "セキュリティコードをお願いします。" })),
];
const declinedText = {
  en: "Your card was not charged. To try once more, press 1. To leave, press 2.",
  ja: "お支払いは行われておりません。もう一度お試しになる場合は1を、終了する場合は2を押してください。",
};
const doubtfulText = {
  en: "We could not settle your order. If you entered a card, do not pay again: we look into it, and call you back.",
  ja: "ご注文を確定できませんでした。カード番号を入力された方は、再度のお支払いをお控えください。折り返しご連絡いたします。",
};

/** Reserves an order, takes the payment once, and hands over what came of it. A payment is never begun again in doubt. */
export const orderPayment = defineFlow<Step, Data>({
  name: "order-payment",
  start: "boxes",
  data: { boxes: 0, order: "", paid: false },
  steps: {
    boxes: digits<Step, Data>("boxes", {
      ask: () => [say({ en: "How many boxes of tea, 1 to 9?", ja: "ご注文の箱数を、1から9で入力してください。" })],
      count: 1,
      valid: (key) => key !== "0",
      accept: (key) => goTo("confirm", { boxes: Number(key) }),
      otherwise: "goodbye",
    }),
    confirm: {
      inDoubt: "doubtful",
      ...yesNo<Step, Data>("confirm", {
        ask: ({ boxes }) => [say(confirmText(boxes))],
        yes: async (context) => goTo("pay", { order: await doOnce(context, "reserve", { boxes: context.data.boxes }) }),
        no: () => goTo("boxes"),
        otherwise: "goodbye",
      }),
    },
    pay: {
      prompt: ({ boxes, order }) => [
        pay({ chargeAmount: `${boxes * dollarsPerBox}.00`, currency: "usd", maxAttempts: 2 }, cardPrompts, { order }),
      ],
      // No effect here: one that failed would lose the only answer that tells whether the card was charged.
      next: ({ input }) => {
        const result = input.kind === "pay" ? input.result : "lost";
        return notCharged.includes(result) ? goTo("declined") : goTo("settle", { paid: result === "success" });
      },
    },
    settle: {
      inDoubt: "doubtful",
      prompt: () => [say({ en: "One moment, please.", ja: "少々お待ちください。" })],
      next: async (context) => {
        const { order, paid } = context.data;
        await doOnce(context, paid ? "ship" : "look-into", { order });
        return goTo(paid ? "paid" : "doubtful");
      },
    },
    declined: menu<Step, Data>("declined", {
      ask: () => [say(declinedText)],
      choices: { 1: "pay", 2: "goodbye" },
      otherwise: "goodbye",
    }),
    paid: { prompt: () => [say({ en: "Thank you, your tea is coming.", ja: "まもなく発送いたします。" }), hangup()] },
    doubtful: { prompt: () => [say(doubtfulText), hangup()] },
    goodbye: { prompt: () => [say({ en: "Goodbye.", ja: "失礼いたします。" }), hangup()] },
  },
  lastResort: () => [say(doubtfulText), hangup()],
});
