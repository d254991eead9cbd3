import type { Language } from "../../core/verbs.ts";
import type { CallEvent } from "../call-record.ts";
import type { Caller, CallerStep } from "../caller-script.ts";
import type { Dialect } from "../dialect.ts";
import type { Script } from "../model/derive-scripts.ts";
import { type CallerView, rehearseCall } from "../world/rehearse-call.ts";
import type { Asked, RehearsedCall } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import type { Stage } from "../world/stage.ts";
import { type Break, breaking } from "./breaks.ts";
import { withoutNetwork } from "./network.ts";
import { type Standing, standingOf } from "./standing.ts";

export interface Placed {
  readonly stage: Stage;
  readonly language: Language;
  readonly settled: Dialect;
  /** One for each question, in the order in which they are put. */
  readonly answers: readonly CallerStep[];
  readonly breaks: readonly Break[];
}

/**
 * Places the call from its start and gives these answers, up to the first question that has none. A run is a function of what
 * it is given, so the same call with one answer more is the same call continued.
 */
export async function runToQuestion({ stage, language, settled, answers, breaks }: Placed): Promise<Standing> {
  const { otherwise, unmet } = breaking(breaks);
  const events: CallEvent[] = [];
  let waiting: ((call: RehearsedCall) => Standing) | undefined;
  const caller = ({ scene, choices, executed }: CallerView) => {
    const asked: Asked[] = [];
    let count = 0;
    let document: unknown;
    const script: Caller = (question) => {
      const did = answers[count];
      count += 1;
      if (did !== undefined) {
        const { turn = 0, step = "", from = 0 } = scene.here() ?? {};
        const first = scene.given.at(-1) !== document;
        document = scene.given.at(-1);
        const beside = question.beside === undefined ? {} : { beside: true as const };
        asked.push({ turn, step: nameBefore(step), verb: question.verb, did, first, from, ...beside });
        return did;
      }
      if (waiting === undefined) {
        const soFar = {
          stage,
          events: [...events],
          given: [...scene.given],
          executed: [...executed],
          faults: [...scene.faults],
          pointCount: choices.points.length,
          unmet: unmet(),
          waitsAt: question,
          ended: undefined,
        };
        waiting = (call) => ({ ...soFar, call });
      }
      // what follows happens to nobody: the run is given up here
      return { kind: "hangup" };
    };
    return { script, asked };
  };
  const call = await withoutNetwork(() =>
    rehearseCall({
      stage,
      script: noScript(language),
      chosen: new Map(),
      settled,
      otherwise,
      caller,
      onEvent: (event) => void events.push(event),
    }),
  );
  return waiting?.(call) ?? standingOf(stage, call, unmet());
}

const noScript = (language: Language): Script => ({ id: "", language, answers: [], otherwise: new Map() });
