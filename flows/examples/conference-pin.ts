import { conference, defineFlow, dial, digits, goTo, hangup, say } from "../../core/index.ts";
import { doOnce } from "./effect.ts";

type Step = "pin" | "enter" | "left" | "refused";
interface Data {
  readonly room: string;
}

/** An example's: real ones are kept where those who hold conferences can change them. */
const rooms: Readonly<Record<string, string>> = { "123456": "monday-meeting", "271828": "board" };
const tries = 3;

const pinText = { en: "Please enter your six-digit PIN.", ja: "六桁の暗証番号を入力してください。" };
const wrongText = { en: "That PIN is not right.", ja: "暗証番号が正しくありません。" };
const enterText = { en: "You are now entering the conference.", ja: "これより会議室におつなぎいたします。" };
const leftText = {
  en: "You have left the conference. To enter it again, please call again. Goodbye.",
  ja: "会議から退出しました。もう一度参加される場合は、おかけ直しください。失礼いたします。",
};
const refusedText = {
  en: "We could not let you in. Please ask the organiser for your PIN. Goodbye.",
  ja: "暗証番号を確認できませんでした。主催者にお問い合わせください。失礼いたします。",
};
const sorryText = {
  en: "We are sorry. The conference cannot be reached now. Please call again.",
  ja: "申し訳ございません。ただいま会議室におつなぎできません。おかけ直しください。",
};

/**
 * Asks for a PIN, three times at most, and lets the caller in. Being admitted is noted once, so a one-time PIN could be used up
 * by it: an answer that comes twice is never "not right" the second time.
 */
export const conferencePin = defineFlow<Step, Data>({
  name: "conference-pin",
  start: "pin",
  steps: {
    pin: {
      inDoubt: "refused",
      ...digits<Step, Data>("pin", {
        ask: (_, { visits }) => (visits > 1 ? [say(wrongText), say(pinText)] : [say(pinText)]),
        tries,
        timeout: 10,
        count: 6,
        valid: (pin) => Object.hasOwn(rooms, pin),
        accept: async (pin, context) => {
          const room = rooms[pin] ?? "";
          await doOnce(context, "admit", { room });
          return goTo("enter", { room });
        },
        otherwise: "refused",
      }),
    },
    enter: {
      prompt: ({ room }) => [say(enterText), dial(conference(room, { beep: "onEnter", endConferenceOnExit: false }))],
      // However it ended, and if nobody knows how: who has left does not come in again by himself.
      next: () => goTo("left"),
    },
    left: { prompt: () => [say(leftText), hangup()] },
    refused: { prompt: () => [say(refusedText), hangup()] },
  },
  lastResort: () => [say(sorryText), hangup()],
});
