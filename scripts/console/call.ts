import type { CallerInput, CallSummary, ConsoleEvent, Language, OpenQuestion } from "../../console/protocol.ts";
import type { CallEvent, Intercept } from "../../rehearsal/call-record.ts";
import type { CallerStep } from "../../rehearsal/caller-script.ts";
import type { Exchange } from "../../rehearsal/exchange.ts";
import type { Sound } from "../../rehearsal/line-state.ts";
import type { LiveCall } from "../../rehearsal/live-call.ts";
import { type CallOptions, placeCall } from "../../rehearsal/place-call.ts";
import type { LiveCaller } from "./caller.ts";
import { createLiveCaller } from "./caller.ts";
import type { Observed } from "./observer.ts";
import { createObserver } from "./observer.ts";
import type { Pace } from "./pace.ts";
import { createPosition } from "./position.ts";
import type { Prompts } from "./prompts.ts";
import { heardOf } from "./sounds.ts";

export interface CallSettings extends Omit<Observed, "callId"> {
  readonly id: string;
  readonly flow: string;
  readonly language: Language;
  readonly line: Pick<CallOptions, "voiceUrl" | "fallbackUrl" | "statusCallbackUrl" | "authToken" | "accountSid">;
  readonly exchange: Exchange;
  readonly pace: Pace;
  readonly prompts: Prompts;
  readonly replayOf?: { readonly callId: string; readonly turn: number };
  readonly recorded: readonly CallerStep[];
  readonly effectsAgain: readonly string[];
}

/** An answer of the caller, and the turn in which it was given. */
export interface Answer {
  readonly turn: number;
  readonly step: CallerStep;
}

export interface ConsoleCall {
  readonly id: string;
  readonly callSid: string;
  readonly flow: string;
  readonly language: Language;
  summary(): CallSummary;
  input(input: CallerInput): boolean;
  pause(): void;
  resume(): void;
  step(): void;
  answers(): readonly Answer[];
  effects(): readonly { readonly turn: number; readonly effect: string }[];
  /** Since it began, as the call lives it. */
  atMs(): number;
  /** A leg's line about this call. */
  turn(turn: number | undefined, step: string | undefined): void;
  /** An effect that the outside service was asked for. */
  effect(effect: string, state: "asked" | "done" | "again"): void;
  hangUp(): void;
  readonly over: Promise<void>;
}

/** Shorter gaps are no silence that anybody notices. */
const silenceMsMin = 300;
/** A person who presses keys for ever must not fill the memory. */
const answersMax = 1_000;
const documentsMax = 300;

/** Places a call whose caller is whoever sits at the page. */
export function startCall(settings: CallSettings): ConsoleCall {
  const { id, callSid, flow, language, pace, prompts, tell, recorded } = settings;
  const startedMs = pace.nowMs();
  const startedAt = new Date(startedMs).toISOString();
  const atMs = () => Math.round(pace.nowMs() - startedMs);
  const observer = createObserver({ ...settings, callId: id });
  const answers: Answer[] = [];
  const effects: { turn: number; effect: string }[] = [];
  let live: LiveCall | undefined;
  let failovers = 0;
  let ended: CallSummary["ended"];
  const position = createPosition();
  let quietSinceMs: number | undefined = 0;

  const turnNow = () => observer.checkpoint()?.turn ?? position.turn ?? 0;
  const endSilence = () => {
    const now = atMs();
    if (quietSinceMs !== undefined && now - quietSinceMs >= silenceMsMin) {
      tell({ kind: "silence", atMs: now, callId: id, fromMs: quietSinceMs, toMs: now });
    }
    quietSinceMs = undefined;
  };
  const caller: LiveCaller = createLiveCaller({
    pace,
    recorded,
    onQuestion: (question: OpenQuestion) => {
      endSilence();
      tell({ kind: "question", atMs: atMs(), callId: id, question });
    },
    onAnswer: ({ index }, given) => {
      if (answers.length < answersMax) answers.push({ turn: turnNow(), step: given });
      tell({ kind: "answered", atMs: atMs(), callId: id, index, input: given });
      quietSinceMs = atMs();
    },
  });
  const onSound = (sound: Sound): number => {
    if (!caller.soundBegins(sound.inGather)) return 0;
    const heard = heardOf(sound, prompts, language);
    endSilence();
    tell({ kind: "heard", atMs: atMs(), callId: id, ...heard });
    return heard.lengthMs;
  };
  const sleep = async (ms: number) => {
    await caller.sleep(ms);
    quietSinceMs ??= atMs();
  };
  const intercept: Intercept = async (request, send) => {
    if (request.kind !== "media" && request.kind !== "status") await pace.gate();
    const reply = await send();
    observer.reply(request, reply);
    return reply;
  };
  const end = (how: NonNullable<CallSummary["ended"]>) => {
    endSilence();
    ended = caller.hungUp() && how !== "error" ? "caller-hangup" : how;
    pace.end();
    tell({ kind: "call.ended", atMs: atMs(), callId: id, how: ended });
  };
  const onEvent = (event: CallEvent) => {
    if (event.kind === "failover") failovers += 1;
    // the caller is gone; status callbacks may follow for some seconds
    if (event.kind === "ended") return end(event.ended);
    // one clock for all that is told of a call: the line's own began a moment later
    observer.event({ ...event, atMs: atMs() });
    // the last document of a call has no checkpoint: then the leg's line has told more
    if (event.kind === "reply") position.reach(observer.checkpoint()?.turn, observer.checkpoint()?.step);
  };
  const question = () => {
    const now = caller.question();
    return now === undefined ? {} : { question: now };
  };
  const summary = (): CallSummary => ({
    ...{ id, callSid, flow, language, startedAt, failovers },
    state: ended !== undefined ? "ended" : pace.isPaused() ? "paused" : "on",
    ...(ended === undefined ? {} : { ended }),
    ...(position.step === undefined ? {} : { step: position.step }),
    ...(position.turn === undefined ? {} : { turn: position.turn }),
    ...(settings.replayOf === undefined ? {} : { replayOf: settings.replayOf }),
    ...question(),
  });
  const stateIs = (state: "on" | "paused") => {
    if (ended === undefined) tell({ kind: "call.state", atMs: atMs(), callId: id, state });
  };
  const input = (given: CallerInput): boolean => {
    if (ended !== undefined) return false;
    const asked = caller.question() !== undefined;
    const taken = caller.input(given);
    if (given.kind === "hangup") {
      pace.resume();
      // where nobody is asked, the document ends before its next verb
      if (!asked) live?.update({ status: "completed" });
    }
    return taken;
  };

  const again = settings.effectsAgain.length === 0 ? {} : { effectsAgain: settings.effectsAgain };
  tell({ kind: "call.began", atMs: 0, callId: id, call: summary(), ...again } satisfies ConsoleEvent);
  const over = placeCall({
    ...settings.line,
    ...{ callSid, script: caller.script, exchange: settings.exchange, nowMs: pace.nowMs },
    ...{ sleep, onSound, intercept, onEvent, documentsMax },
    onStart: (call) => {
      live = call;
    },
  }).then(
    () => {},
    () => {
      if (ended === undefined) end("error");
    },
  );
  return {
    ...{ id, callSid, flow, language, summary, input, atMs, over },
    pause: () => {
      pace.pause();
      stateIs("paused");
    },
    resume: () => {
      pace.resume();
      stateIs("on");
    },
    step: () => pace.step(),
    answers: () => answers,
    effects: () => effects,
    turn: position.reach,
    effect: (effect, state) => {
      if (state === "done" && effects.length < answersMax) effects.push({ turn: turnNow(), effect });
      tell({ kind: "effect", atMs: atMs(), callId: id, effect, state });
    },
    hangUp: () => void input({ kind: "hangup" }),
  };
}
