import type { CallEvent } from "../call-record.ts";
import type { Script } from "../model/derive-scripts.ts";
import { placeCall } from "../place-call.ts";
import { type Chosen, createChoices, type Otherwise } from "./choices.ts";
import { faultyLine } from "./faulty-line.ts";
import { faultyTable } from "./faulty-table.ts";
import { createHandlers } from "./handlers.ts";
import { lazyDialect, type Settled } from "./lazy-dialect.ts";
import { outsideService } from "./outside-service.ts";
import type { RehearsedCall } from "./rehearsed-call.ts";
import { createScene } from "./scene.ts";
import { scriptedCaller } from "./scripted-caller.ts";
import { callSid, type Stage } from "./stage.ts";
import { virtualTime } from "./virtual-time.ts";

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
}

/** An afternoon in 2025; only differences matter. */
const startMs = 1_750_000_000_000;
const documentsMax = 100;

/** Places one call in virtual time, through both legs, the table and the outside in this process. */
export async function rehearseCall(given: RehearsalCase): Promise<RehearsedCall> {
  const { stage, script, settled = {} } = given;
  const time = virtualTime(startMs);
  const choices = createChoices(given.chosen, given.otherwise);
  const scene = createScene(choices, time);
  const table = faultyTable({
    callSid,
    sealer: stage.sealer,
    time,
    meet: scene.meet,
    onOperation: scene.wakeForOperation,
  });
  const outside = outsideService(time);
  const handlers = createHandlers({ stage, scene, table, outside, time });
  const line = faultyLine({
    stage,
    scene,
    handlers,
    time,
    outcomeStored: table.hasOutcome,
  });
  scene.begin(table.goDown);

  const met = new Set<string>();
  const dialect = lazyDialect(settled, (question, options) => choices.choose("dialect", question, options), met);
  const caller = scriptedCaller(script, scene, choices);
  const record = await time.run(
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
      ...(given.onEvent === undefined ? {} : { onEvent: given.onEvent }),
    }),
  );
  return {
    flow: stage.flow,
    language: script.language,
    script,
    record,
    points: choices.points,
    settled,
    questions: met,
    faults: scene.faults,
    given: scene.given,
    asked: caller.asked,
    executed: outside.executed,
    writes: table.writes,
    item: await table.item(),
    untold: scene.untold,
    hungUp: scene.hungUp(),
    spoken: stage.spoken,
  };
}
