import { defineMedia } from "../core/index.ts";

/**
 * The prompt audio of the shipped flows. `file` is relative to `assets/prompts/`; `text` is what the file says, and
 * what `<Say>` speaks when no media host can be reached. `scripts/make-prompts.ts` makes the files from the texts.
 */
export const catalogue = {
  "appointment-day": {
    en: {
      file: "en/appointment-day.mp3",
      text: "Welcome to the clinic. To come on Monday, press 1. On Tuesday, press 2.",
    },
    ja: {
      file: "ja/appointment-day.mp3",
      text: "お電話ありがとうございます。クリニックの予約受付でございます。月曜日をご希望の方は1を、火曜日をご希望の方は2を押してください。",
    },
  },
  "not-understood": {
    en: { file: "en/not-understood.mp3", text: "Sorry, that did not come through." },
    ja: { file: "ja/not-understood.mp3", text: "申し訳ございません。入力を確認できませんでした。" },
  },
  "front-desk-menu": {
    en: {
      file: "en/front-desk-menu.mp3",
      text: "Thank you for calling. For the front desk, press 1. To leave a message, press 2.",
    },
    ja: {
      file: "ja/front-desk-menu.mp3",
      text: "お電話ありがとうございます。受付をご希望の方は1を、伝言を残される方は2を押してください。",
    },
  },
  "front-desk-connecting": {
    en: { file: "en/front-desk-connecting.mp3", text: "One moment, please. We are connecting you." },
    ja: { file: "ja/front-desk-connecting.mp3", text: "少々お待ちください。ただいまおつなぎいたします。" },
  },
  "front-desk-voicemail": {
    en: {
      file: "en/front-desk-voicemail.mp3",
      text: "Nobody can take your call now. Please leave a message after the tone, and press the hash key when you are done.",
    },
    ja: {
      file: "ja/front-desk-voicemail.mp3",
      text: "ただいま、電話に出ることができません。発信音のあとに、ご用件をお話しください。終わりましたら、シャープを押してください。",
    },
  },
  "front-desk-thanks": {
    en: {
      file: "en/front-desk-thanks.mp3",
      text: "Thank you. We have your message and will call you back. Goodbye.",
    },
    ja: {
      file: "ja/front-desk-thanks.mp3",
      text: "ありがとうございます。ご伝言を承りました。折り返しご連絡いたします。失礼いたします。",
    },
  },
  "survey-visit": {
    en: {
      file: "en/survey-visit.mp3",
      text: "Three short questions. First, how satisfied were you with your visit, from 1 to 5? Press or say a number.",
    },
    ja: {
      file: "ja/survey-visit.mp3",
      text: "短い質問を三つお伺いします。はじめに、ご来院の満足度を、1から5でお答えください。番号を押すか、数字をお話しください。",
    },
  },
  "survey-recommend": {
    en: {
      file: "en/survey-recommend.mp3",
      text: "Would you recommend us to a friend? Press 1 or say yes; press 2 or say no.",
    },
    ja: {
      file: "ja/survey-recommend.mp3",
      text: "ご友人に勧めたいと思われますか。1を押すか、はい、とお話しください。または、2を押すか、いいえ、とお話しください。",
    },
  },
  "survey-better": {
    en: {
      file: "en/survey-better.mp3",
      text: "Last question. What should we do better? Speak now, or press 0 to skip.",
    },
    ja: {
      file: "ja/survey-better.mp3",
      text: "最後の質問です。改善してほしい点を、このままお話しください。お答えにならない場合は、0を押してください。",
    },
  },
  "survey-thanks": {
    en: { file: "en/survey-thanks.mp3", text: "Thank you for your answers. Goodbye." },
    ja: { file: "ja/survey-thanks.mp3", text: "ご回答ありがとうございました。失礼いたします。" },
  },
} satisfies Record<string, Record<"en" | "ja", { file: string; text: string }>>;

export const play = defineMedia(catalogue);
