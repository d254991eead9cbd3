import { defineFlow, dial, gather, goTo, hangup, number, say, whisper } from "../../core/index.ts";

type Step = "ring" | "after" | "nobody" | "goodbye";
interface Data {
  /** whose turn it is, from 0 */
  readonly at: number;
}

const team = ["+815055500201", "+815055500202", "+815055500203"];
const ringSec = 15;

const firstText = {
  en: "One moment, we are calling our team.",
  ja: "担当の者をお呼びいたします。少々お待ちください。",
};
const nextText = { en: "We are trying somebody else.", ja: "別の担当の者をお呼びいたします。" };
const whisperText = {
  en: "A call for the team. To take it, press 1.",
  ja: "代表番号への着信です。受ける場合は1を押してください。",
};
const afterText = {
  en: "If you have been helped, you may hang up. To be put through to somebody else, press 1.",
  ja: "ご用件がお済みでしたら、このままお切りください。別の担当者におつなぎする場合は、1を押してください。",
};
const nobodyText = {
  en: "Nobody can take your call now. Please try again later. Goodbye.",
  ja: "申し訳ございません。ただいま全員が電話に出ることができません。のちほど、おかけ直しください。",
};
const sorryText = { en: "We are sorry. One moment, please.", ja: "申し訳ございません。少々お待ちください。" };

/** Who could not be reached is followed by the next in the team, if there is one. */
const nextInTeam = (at: number) => (at + 1 < team.length ? goTo("ring", { at: at + 1 }) : goTo("nobody"));

/**
 * Several numbers, one after the other. A called person hears who calls and takes the call with a key. After a call that was
 * answered, and one whose outcome nobody knows, only the caller's own key leads on: no number is ever rung again.
 */
export const huntGroup = defineFlow<Step, Data>({
  name: "hunt-group",
  start: "ring",
  data: { at: 0 },
  steps: {
    ring: {
      prompt: ({ at }) => [
        say(at === 0 ? firstText : nextText),
        dial(number(team[at] ?? "", { whisper: whisper([say(whisperText)], { accept: "1" }) }), {
          timeout: ringSec,
          answerOnBridge: true,
        }),
      ],
      next: ({ input, data }) => {
        const unanswered = input.kind === "dial" && ["busy", "no-answer", "failed", "canceled"].includes(input.status);
        return unanswered ? nextInTeam(data.at) : goTo("after");
      },
    },
    after: {
      prompt: () => [gather({ numDigits: 1 }, say(afterText))],
      next: ({ input, data }) =>
        input.kind === "digits" && input.digits === "1" ? nextInTeam(data.at) : goTo("goodbye"),
    },
    nobody: { prompt: () => [say(nobodyText), hangup()] },
    goodbye: {
      prompt: () => [say({ en: "Thank you for calling.", ja: "お電話ありがとうございました。" }), hangup()],
    },
  },
  lastResort: () => [say(sorryText), dial("+815055500200"), hangup()],
});
