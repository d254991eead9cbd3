import { createHash } from "node:crypto";
import type { CallEvent } from "../call-record.ts";
import type { Caller } from "../caller-script.ts";
import type { Script } from "../model/derive-scripts.ts";
import { placeCall } from "../place-call.ts";
import { type Choices, type Chosen, createChoices, type Otherwise } from "./choices.ts";
import { faultyLine } from "./faulty-line.ts";
import { faultyTable } from "./faulty-table.ts";
import { createHandlers } from "./handlers.ts";
import { lazyDialect, type Settled } from "./lazy-dialect.ts";
import { leftBehind } from "./left-behind.ts";
import { letterText } from "./letter-text.ts";
import { metQuestions } from "./met-questions.ts";
import { type Executed, outsideService } from "./outside-service.ts";
import type { Asked, ExecutedStep, RehearsedCall, WorldState } from "./rehearsed-call.ts";
import { nameBefore } from "./renamed-flow.ts";
import { createScene, type Scene } from "./scene.ts";
import { scriptedCaller } from "./scripted-caller.ts";
import { callSid as rehearsedSid, type Stage } from "./stage.ts";
import { virtualTime } from "./virtual-time.ts";

/** What a caller of one's own may look at while the call goes on. */
export interface CallerView {
  readonly scene: Scene;
  readonly choices: Choices;
  readonly executed: readonly Executed[];
}

/** A run is a pure function of this. */
export interface RehearsalCase {
  readonly stage: Stage;
  readonly script: Script;
  readonly chosen: Chosen;
  /** Chooses where `chosen` says nothing; default: nothing goes wrong. */
  readonly otherwise?: Otherwise;
  /** Questions about Twilio that are not to be branched on. */
  readonly settled?: Settled;
  readonly onEvent?: (event: CallEvent) => void;
  /** Notes where the whole world stood each time the caller was asked. */
  readonly states?: boolean;
  /** Of a call that comes before the one that is rehearsed; default: that one's. */
  readonly callSid?: string;
  /** In place of a caller who follows the script; no less deterministic. */
  readonly caller?: (view: CallerView) => { readonly script: Caller; readonly asked: readonly Asked[] };
}

/** An afternoon in 2025; only differences matter. */
export const startMs = 1_750_000_000_000;
const documentsMax = 100;

/** Places one call in virtual time, through both legs, the table and the outside in this process. */
export async function rehearseCall(given: RehearsalCase): Promise<RehearsedCall> {
  const { stage, script, settled = {}, callSid = rehearsedSid } = given;
  const left = script.earlier && (await leftBehind(stage, script.earlier, callSid, rehearseCall));
  const time = virtualTime(left?.nextMs ?? startMs);
  const choices = createChoices(given.chosen, given.otherwise);
  const scene = createScene(choices, time);
  const table = faultyTable({
    callSid,
    sealer: stage.sealer,
    time,
    meet: scene.meet,
    onOperation: scene.wakeForOperation,
    before: left?.runs ?? [],
    onLetter: (key, letter) => outside.posted(key, letterText(letter)),
  });
  const outside = outsideService(time);
  const handlers = createHandlers({ stage, scene, table, outside, time });
  const questions = metQuestions(stage.urls.parse);
  const line = faultyLine({
    stage,
    scene,
    handlers,
    time,
    outcomeStored: table.hasOutcome,
    turnStored: table.turn,
    writeCount: () => table.writes.length,
    onFallback: questions.onFallback,
  });
  scene.begin(table.goDown);

  const dialect = lazyDialect(
    settled,
    (question, options) => choices.choose("dialect", question, options),
    questions.onRead,
  );
  const states: WorldState[] = [];
  const noteState = (asked: readonly Asked[]): void => {
    const parts = [scene.digest(), table.digest(), line.digest(), outside.digest()];
    if (given.states !== true || parts.includes(undefined)) return;
    const { twiml, saved, outcome } = scene.given.at(-1)?.answer ?? {};
    const text = JSON.stringify([parts, asked, twiml, saved, outcome]);
    states.push({ at: choices.points.length, key: createHash("sha1").update(text).digest("base64") });
  };
  const caller =
    given.caller?.({ scene, choices, executed: outside.executed }) ?? scriptedCaller(script, scene, choices, noteState);
  const steps: ExecutedStep[] = [];
  const onEvent = (event: CallEvent): void => {
    if (event.kind === "executed") {
      const { turn = 0, step = "" } = scene.here() ?? {};
      const isLast = scene.given.at(-1)?.answer.outcome === "last-resort";
      const { verb, what, params } = event;
      if (!isLast) steps.push({ turn, step: nameBefore(step), verb, what, document: scene.given.length, params });
    }
    given.onEvent?.(event);
  };
  const placed = time.run(
    placeCall({
      ...stage.urlsOf(script.language),
      authToken: "not signed in this process",
      accountSid: `AC${"0".repeat(32)}`,
      callSid,
      script: caller.script,
      fullDialect: dialect,
      exchange: line.exchange,
      sleep: time.pass,
      nowMs: time.nowMs,
      documentsMax,
      onEvent,
    }),
  );
  const record = await placed.finally(handlers.close);
  return {
    flow: stage.flow,
    language: script.language,
    script,
    record,
    points: choices.points,
    states,
    settled,
    questions: questions.met,
    faults: scene.faults,
    given: scene.given,
    asides: scene.asides,
    steps,
    asked: caller.asked,
    executed: outside.executed,
    requested: outside.asked,
    ends: scene.ends,
    writes: table.writes,
    beside: table.beside,
    nowMs: time.nowMs(),
    item: await table.item(),
    untold: scene.untold,
    hungUp: scene.hungUp(),
    spoken: stage.spoken,
  };
}
