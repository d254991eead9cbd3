import { defineFlow, dial, goTo, hangup, menu, say, yesNo } from "../core/index.ts";
import { play } from "./media.ts";
import { runEffect } from "./service.ts";

type Step = "chooseDay" | "confirm" | "booked" | "unsettled" | "goodbye";
interface Data {
  readonly day: Day;
  readonly reference: string;
}
type Day = "monday" | "tuesday";

const days = { monday: { en: "Monday", ja: "月曜日" }, tuesday: { en: "Tuesday", ja: "火曜日" } } as const;
const clinic = "+815012345678";

/** Books a day at a clinic: one key for the day, one to confirm, one effect. */
export const appointment = defineFlow<Step, Data>({
  name: "appointment",
  start: "chooseDay",
  steps: {
    chooseDay: menu<Step, Data>("chooseDay", {
      ask: (_, { visits }) =>
        visits > 1 ? [play("not-understood"), play("appointment-day")] : [play("appointment-day")],
      choices: { 1: goTo("confirm", { day: "monday" }), 2: goTo("confirm", { day: "tuesday" }) },
      otherwise: "goodbye",
    }),
    confirm: {
      inDoubt: "unsettled",
      ...yesNo<Step, Data>("confirm", {
        ask: ({ day }, { unsure }) => [
          ...(unsure
            ? [
                say({
                  en: "Pressing 1 again will not book you twice.",
                  ja: "もう一度1を押しても、二重に予約されることはありません。",
                }),
              ]
            : []),
          say({
            en: `To book ${days[day].en}, press 1. To choose another day, press 2.`,
            ja: `${days[day].ja}のご予約でよろしければ1を、選び直す場合は2を押してください。`,
          }),
        ],
        yes: async ({ data: { day }, once, settings, call }) => {
          const booking = { effect: "book", callSid: call.sid, arguments: { day } };
          const reference = await once(
            "book",
            (key, signal) => runEffect(settings.BOOKINGS_URL, booking, key, signal),
            {
              inDoubt: "retry",
            },
          );
          return goTo("booked", { reference });
        },
        no: () => goTo("chooseDay"),
        otherwise: "goodbye",
      }),
    },
    booked: {
      prompt: ({ day, reference }) => [
        say({
          en: `${days[day].en} is yours. Your reference is ${reference}. Goodbye.`,
          ja: `${days[day].ja}のご予約を承りました。受付番号は${reference}です。失礼いたします。`,
        }),
        hangup(),
      ],
    },
    unsettled: {
      prompt: ({ day }) => [
        say({
          en: `We could not settle your booking for ${days[day].en}. The clinic will call you back. Goodbye.`,
          ja: `${days[day].ja}のご予約を確定できませんでした。こちらから折り返しご連絡いたします。失礼いたします。`,
        }),
        hangup(),
      ],
    },
    goodbye: {
      prompt: () => [say({ en: "Please call again. Goodbye.", ja: "またのお電話をお待ちしております。" }), hangup()],
    },
  },
  lastResort: () => [
    say({ en: "We are sorry. Please hold for a person.", ja: "申し訳ございません。係の者におつなぎします。" }),
    dial(clinic),
    hangup(),
  ],
});
