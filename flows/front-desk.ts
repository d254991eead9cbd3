import { defineFlow, dial, goTo, hangup, menu, record, say } from "../core/index.ts";
import { play } from "./media.ts";
import { runEffect } from "./service.ts";

type Step = "choose" | "connect" | "voicemail" | "thanks" | "goodbye";
interface Data {
  readonly reference: string;
}

const desk = "+815012345678";
const ringSec = 20;
const messageSecMax = 120;

/** A menu, then a person; nobody there, then voicemail. The message is handed to the outside service once. */
export const frontDesk = defineFlow<Step, Data>({
  name: "front-desk",
  start: "choose",
  steps: {
    choose: menu<Step, Data>("choose", {
      ask: (_, { visits }) =>
        visits > 1 ? [play("not-understood"), play("front-desk-menu")] : [play("front-desk-menu")],
      choices: { 1: "connect", 2: "voicemail" },
      otherwise: "voicemail",
    }),
    connect: {
      prompt: () => [play("front-desk-connecting"), dial(desk, { timeout: ringSec })],
      // A lost outcome leads to voicemail too: the desk is never rung twice for one choice.
      next: ({ input }) =>
        input.kind === "dial" && (input.status === "completed" || input.status === "answered")
          ? goTo("goodbye")
          : goTo("voicemail"),
    },
    voicemail: {
      prompt: () => [
        play("front-desk-voicemail"),
        record({ maxLength: messageSecMax, finishOnKey: "#", playBeep: true }),
      ],
      inDoubt: "goodbye",
      next: async ({ input, once, settings, call }) => {
        if (input.kind !== "recording") return goTo("goodbye");
        const message = { effect: "voicemail", callSid: call.sid, arguments: { recordingUrl: input.url } };
        const reference = await once(
          "voicemail",
          (key, signal) => runEffect(settings.BOOKINGS_URL, message, key, signal),
          { inDoubt: "retry" },
        );
        return goTo("thanks", { reference });
      },
    },
    thanks: { prompt: () => [play("front-desk-thanks"), hangup()] },
    goodbye: {
      prompt: () => [say({ en: "Thank you for calling. Goodbye.", ja: "お電話ありがとうございました。" }), hangup()],
    },
  },
  lastResort: () => [
    say({ en: "We are sorry. Please hold for a person.", ja: "申し訳ございません。係の者におつなぎします。" }),
    dial(desk),
    hangup(),
  ],
});
