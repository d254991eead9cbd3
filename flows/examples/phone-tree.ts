import { defineFlow, dial, digits, goTo, hangup, menu, record, say, yesNo } from "../../core/index.ts";
import { play } from "../media.ts";
import { doOnce } from "./effect.ts";

type Step = "main" | "address" | "texted" | "extension" | "ring" | "voicemail" | "kept" | "doubtful" | "goodbye";
type Data = { readonly extension: string };

const operator = "+815055500100";
const people: Readonly<Record<string, string>> = { 100: operator, 101: "+815055500101", 102: "+815055500102" };
/** Twilio transcribes English alone [D record page]. */
const mailbox = (language: string) => record({ maxLength: 120, finishOnKey: "#", transcribe: language === "en" });
const goodbye = { en: "Thank you for calling. Goodbye.", ja: "お電話ありがとうございました。失礼いたします。" };
const menuText = {
  en: "Welcome to Kita Bicycles. If you know the extension, press 1. For our address, press 2. For anything else, press 0.",
  ja: "キタ自転車でございます。内線番号がおわかりの方は1を、所在地のご案内は2を、その他の方は0を押してください。",
};
const addressText = {
  en: "We are at Kitamachi 4, open from nine to six. To get this as a text message, press 1. For the menu, press 2.",
  ja: "所在地は北町四番地、営業時間は九時から十八時です。ショートメッセージをご希望の方は1を、メニューに戻るには2を押してください。",
};
const extensionText = { en: "Please enter the extension.", ja: "三桁の内線番号を入力してください。" };
const textedText = { en: "The message is on its way.", ja: "ショートメッセージをお送りしました。" };
const doubtfulText = {
  en: "We cannot tell whether that worked. If you hear nothing from us, please call again.",
  ja: "手続きの完了を確認できませんでした。連絡が届かない場合は、もう一度おかけください。",
};

/** Extensions, an address that is also sent as a text message, and a mailbox where nobody answers. */
export const phoneTree = defineFlow<Step, Data>({
  name: "phone-tree",
  start: "main",
  steps: {
    main: menu<Step, Data>("main", {
      ask: (_, { visits }) => (visits > 1 ? [play("not-understood"), say(menuText)] : [say(menuText)]),
      choices: { 1: "extension", 2: "address", 0: goTo("ring", { extension: "100" }) },
      otherwise: "goodbye",
    }),
    address: {
      inDoubt: "doubtful",
      ...yesNo<Step, Data>("address", {
        ask: () => [say(addressText)],
        yes: async (context) => {
          await doOnce(context, "text-address", { to: context.call.from });
          return goTo("texted");
        },
        no: () => goTo("main"),
        otherwise: "goodbye",
      }),
    },
    texted: { prompt: () => [say(textedText), say(goodbye), hangup()] },
    extension: digits<Step, Data>("extension", {
      ask: (_, { visits }) => (visits > 1 ? [play("not-understood"), say(extensionText)] : [say(extensionText)]),
      count: 3,
      valid: (extension) => Object.hasOwn(people, extension),
      accept: (extension) => goTo("ring", { extension }),
      otherwise: "main",
    }),
    ring: {
      prompt: ({ extension }) => [play("front-desk-connecting"), dial(people[extension] ?? operator, { timeout: 20 })],
      // An outcome that is lost leads to the mailbox too: nobody is rung twice for one choice.
      next: ({ input }) => goTo(input.kind === "dial" && input.status === "completed" ? "goodbye" : "voicemail"),
    },
    voicemail: {
      prompt: (_, { language }) => [play("front-desk-voicemail"), mailbox(language)],
      inDoubt: "doubtful",
      next: async (context) => {
        const { input, data } = context;
        if (input.kind !== "recording" || input.durationSec === 0) return goTo("goodbye");
        await doOnce(context, "message", { extension: data.extension, recordingUrl: input.url });
        return goTo("kept");
      },
    },
    kept: { prompt: () => [play("front-desk-thanks"), hangup()] },
    doubtful: { prompt: () => [say(doubtfulText), hangup()] },
    goodbye: { prompt: () => [say(goodbye), hangup()] },
  },
  lastResort: () => [say({ en: "One moment, please.", ja: "少々お待ちください。" }), dial(operator), hangup()],
});
