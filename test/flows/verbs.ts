import {
  client,
  conference,
  connectStream,
  conversationRelay,
  defineFlow,
  dial,
  enqueue,
  type Flow,
  goTo,
  hangup,
  type Input,
  number,
  pay,
  payPrompt,
  playDigits,
  queue,
  refer,
  reject,
  say,
  sip,
  sms,
  start,
  stop,
  wait,
  whisper,
} from "../../core/index.ts";
import { play } from "../../flows/media.ts";
import { runEffect } from "../../flows/service.ts";

/**
 * Every verb that yields, and both kinds of documents beside a call. Each step says what it learned of the one before, so that
 * whoever is told a wrong outcome says so.
 */
const lastResort = () => [say("last resort"), hangup()];

/** An outcome in a few words: all that a flow may go by. */
function learned(input: Input): string {
  switch (input.kind) {
    case "dial":
      return `${input.status} ${input.durationSec} s${input.bridged === false ? ", nobody" : ""}`;
    case "queue":
      return input.result;
    case "pay":
      return `${input.result} ${input.confirmationCode ?? "no charge"} ${input.token ?? "no token"}`;
    case "connect":
      return `${input.status} ${input.handoff ?? "nothing"} ${input.errorCode ?? "no error"}`;
    case "refer":
      return `${input.status} ${input.sipStatus}`;
    case "sms":
      return input.status;
    default:
      return input.kind;
  }
}

/** Waits, leaves with a key, and becomes who serves the queue. */
const verbsQueue = defineFlow<"line" | "desk" | "end", { readonly waited: string; readonly served: string }>({
  name: "verbs-queue",
  start: "line",
  steps: {
    line: {
      prompt: () => [
        enqueue("support", { wait: wait([say("you are next"), play("front-desk-connecting")], { leave: "9" }) }),
      ],
      next: ({ input }) => goTo(learned(input) === "bridged" ? "end" : "desk", { waited: learned(input), served: "-" }),
    },
    desk: {
      prompt: ({ waited }) => [
        say(`waiting: ${waited}`),
        dial(queue("support", { whisper: whisper([say("you are being put through")]) }), { timeout: 20 }),
      ],
      next: ({ input }) => goTo("end", { served: learned(input) }),
    },
    end: { prompt: ({ waited, served }) => [say(`waiting: ${waited}, serving: ${served}`), hangup()] },
  },
  lastResort,
});

/** Charges, and ships once for it; else keeps the card for later. */
const verbsPay = defineFlow<
  "charge" | "keep" | "end",
  { readonly paid: string; readonly kept: string; readonly shipped: string }
>({
  name: "verbs-pay",
  start: "charge",
  steps: {
    charge: {
      prompt: () => [
        pay({ chargeAmount: "12.50" }, [payPrompt({ for: "payment-card-number" }, play("front-desk-connecting"))]),
      ],
      inDoubt: "end",
      next: async ({ input, once, settings, call }) => {
        const paid = { paid: learned(input), kept: "-", shipped: "no" };
        if (input.kind === "lost") return goTo("end", paid);
        if (input.kind !== "pay" || input.result !== "success") return goTo("keep", paid);
        const ship = { effect: "ship", callSid: call.sid, arguments: { for: "12.50" } };
        const run = (key: string, signal: AbortSignal) => runEffect(settings.SHIPPING_URL, ship, key, signal);
        return goTo("end", { ...paid, shipped: await once("ship", run, { inDoubt: "retry" }) });
      },
    },
    keep: {
      prompt: ({ paid }) => [say(`paying: ${paid}`), pay({ tokenType: "reusable" })],
      next: ({ input }) => goTo("end", { kept: learned(input) }),
    },
    end: {
      prompt: ({ paid, kept, shipped }) => [say(`paying: ${paid}, keeping: ${kept}, shipped: ${shipped}`), hangup()],
    },
  },
  lastResort,
});

/** An agent who hears, and another one when that one fails; what runs beside the call begins and ends. */
const verbsAgent = defineFlow<"agent" | "stream" | "end", { readonly agent: string; readonly stream: string }>({
  name: "verbs-agent",
  start: "agent",
  steps: {
    agent: {
      prompt: () => [
        start.stream("wss://agent.example.com/ear", { name: "ear", track: "inbound_track" }),
        start.recording(),
        start.transcription({ name: "words" }),
        conversationRelay("wss://agent.example.com/relay", { welcomeGreeting: "Hello." }, { desk: "front" }),
      ],
      next: ({ input }) => {
        const agent = learned(input);
        return goTo(input.kind === "connect" && input.status === "ended" ? "end" : "stream", { agent, stream: "-" });
      },
    },
    stream: {
      prompt: ({ agent }) => [
        say(`agent: ${agent}`),
        stop.stream("ear"),
        stop.recording(),
        stop.transcription("words"),
        connectStream("wss://agent.example.com/stream"),
      ],
      next: ({ input }) => goTo("end", { stream: learned(input) }),
    },
    end: { prompt: ({ agent, stream }) => [say(`agent: ${agent}, stream: ${stream}`), hangup()] },
  },
  lastResort,
});

/** Two who are asked whether they take the call, then a conference; or one who only hears of it. */
const verbsDial = defineFlow<"people" | "sip" | "room" | "end", { readonly called: string }>({
  name: "verbs-dial",
  start: "people",
  steps: {
    people: {
      prompt: () => {
        const ask = { whisper: whisper([say("a call for you"), play("front-desk-connecting")], { accept: "1" }) };
        const people = [number("+815012345678", ask), client("ann", { desk: "front" }, ask)];
        return [dial(people, { answerOnBridge: true, record: "record-from-answer", timeout: 20 })];
      },
      next: ({ input }) => {
        if (input.kind !== "dial") return goTo("sip", { called: input.kind });
        // who declines may count as completed; how long they talked, both paths tell
        const { durationSec } = input;
        return durationSec > 0
          ? goTo("room", { called: `reached ${durationSec} s` })
          : goTo("sip", { called: "nobody" });
      },
    },
    sip: {
      prompt: () => [dial(sip("sip:desk@example.com", { whisper: whisper([say("a call")]) }))],
      next: ({ input, data }) => {
        const reached = input.kind === "dial" && input.status === "completed" ? "reached" : "not reached";
        return goTo("end", { called: `${data.called}, sip ${reached}` });
      },
    },
    room: {
      prompt: () => [dial(conference("room", { beep: "false", endConferenceOnExit: true }))],
      next: ({ input, data }) => goTo("end", { called: `${data.called}, room ${learned(input)}` }),
    },
    end: { prompt: ({ called }) => [say(`called: ${called}`), hangup()] },
  },
  lastResort,
});

/** Hands a SIP call over, and writes when that fails. */
const verbsMessage = defineFlow<
  "hand" | "write" | "gone" | "end",
  { readonly handed: string; readonly written: string }
>({
  name: "verbs-message",
  start: "hand",
  steps: {
    hand: {
      prompt: () => [playDigits("1w2"), refer("sip:desk@example.com")],
      next: ({ input }) => {
        const done = input.kind === "refer" && input.status === "completed";
        return goTo(done ? "gone" : "write", { handed: learned(input), written: "-" });
      },
    },
    write: {
      prompt: ({ handed }) => [say(`handed over: ${handed}`), sms("call us again")],
      next: ({ input }) => goTo("end", { written: learned(input) }),
    },
    gone: { prompt: () => [reject("busy")] },
    end: { prompt: ({ handed, written }) => [say(`handed over: ${handed}, written: ${written}`), hangup()] },
  },
  lastResort,
});

export const verbFlows: readonly Flow[] = [verbsQueue, verbsPay, verbsAgent, verbsDial, verbsMessage];

/** For a rehearsal of these alone. */
export const flows = verbFlows;
