import type { CallerInput, OpenQuestion } from "../../console/protocol.ts";
import type { AnyCaller, CallerStep } from "../../rehearsal/caller-script.ts";
import type { Pace, Wait } from "./pace.ts";
import { openQuestion, takeInput, unanswered } from "./questions.ts";

export interface LiveCaller {
  readonly script: Exclude<AnyCaller, CallerStep[]>;
  /** @returns false: the line does not listen to that now */
  input(input: CallerInput): boolean;
  /** Lets the time of a verb pass; what the person has waited already is not waited for again. */
  sleep(ms: number): Promise<void>;
  /** A sound begins. @returns false: nobody hears it, because the caller has spoken already, or is gone */
  soundBegins(inGather: boolean): boolean;
  question(): OpenQuestion | undefined;
  /** Answers that are left to be given by themselves. */
  replaying(): boolean;
  hungUp(): boolean;
}

export interface LiveCallerOptions {
  readonly pace: Pace;
  /** Given before a person is asked: of a call that is replayed. */
  readonly recorded: readonly CallerStep[];
  readonly onQuestion: (question: OpenQuestion) => void;
  readonly onAnswer: (question: OpenQuestion, step: CallerStep) => void;
}

/** Keys that come before the prompt is over are kept, as many as a Gather could want. */
const earlyMax = 16;

/** A person at the page, who may answer, be silent, press a key into a prompt, and hang up at any time. */
export function createLiveCaller({ pace, recorded, onQuestion, onAnswer }: LiveCallerOptions): LiveCaller {
  const left = [...recorded];
  let open:
    | { question: OpenQuestion; keys: string; askedMs: number; answer: (step: CallerStep, lived: boolean) => void }
    | undefined;
  let timer: Wait | undefined;
  let early: CallerInput[] = [];
  let listening = false;
  let hungUp = false;
  let waited = false;

  const startTimer = () => {
    timer?.wake();
    if (open === undefined) return;
    const { question } = open;
    const wait = pace.wait(question.timeoutMs, "person");
    timer = wait;
    void wait.over.then((how) => {
      if (how !== "passed" || timer !== wait || open === undefined) return;
      open.answer(unanswered(question.verb, open.keys, question.timeoutMs), true);
    });
  };
  const take = (input: CallerInput): boolean => {
    if (open === undefined) return false;
    const taken = takeInput(open.question, input, open.keys, pace.nowMs() - open.askedMs);
    if (taken.kind === "not-taken") return false;
    // what the page chose as a whole (a recording of 5 s) is still to be lived through
    if (taken.kind === "answer") open.answer(taken.step, input.kind === "digits" || input.kind === "silence");
    else {
      open.keys = taken.keys;
      startTimer();
    }
    return true;
  };

  return {
    script: (asked, verb) => {
      listening = false;
      const question = openQuestion(asked, verb);
      const given = left.shift();
      const now = hungUp ? takeInput(question, { kind: "hangup" }, "", 0) : undefined;
      const known = now?.kind === "answer" ? now.step : given;
      if (known !== undefined) {
        early = [];
        waited = true;
        onAnswer(question, known);
        return known;
      }
      return new Promise<CallerStep>((resolve) => {
        const answer = (step: CallerStep, lived: boolean) => {
          open = undefined;
          const ended = timer;
          timer = undefined;
          ended?.wake();
          waited = lived;
          onAnswer(question, step);
          resolve(step);
        };
        open = { question, keys: "", askedMs: pace.nowMs(), answer };
        onQuestion(question);
        startTimer();
        const before = early;
        early = [];
        for (const input of before) take(input);
      });
    },
    input: (input) => {
      if (input.kind === "hangup") hungUp = true;
      if (open !== undefined) return take(input);
      if (input.kind === "hangup") {
        pace.wake();
        return true;
      }
      if (!listening || early.length >= earlyMax || (input.kind !== "digits" && input.kind !== "speech")) return false;
      early.push(input);
      pace.wake();
      return true;
    },
    sleep: async (ms) => {
      if (waited || hungUp || left.length > 0) {
        waited = false;
        return;
      }
      await pace.wait(ms, "sound").over;
    },
    soundBegins: (inGather) => {
      waited = false;
      listening = inGather;
      if (!inGather) early = [];
      return !hungUp && early.length === 0;
    },
    question: () => open?.question,
    replaying: () => left.length > 0,
    hungUp: () => hungUp,
  };
}
