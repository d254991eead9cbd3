import type { Caller, CallerStep } from "../caller-script.ts";
import type { Script } from "../model/derive-scripts.ts";
import type { Choices } from "./choices.ts";
import type { Asked } from "./rehearsed-call.ts";
import { nameBefore } from "./renamed-flow.ts";
import type { Scene } from "./scene.ts";

const connected: CallerStep = { kind: "dial", status: "completed", durationSec: 10 };
const silent: CallerStep = { kind: "silence" };
const tempers = ["same", "other"];

/**
 * A caller who follows a script by the turns of the call: asked again after a failure, the same is answered, or (a branch
 * of the search) something else.
 */
export function scriptedCaller(
  script: Script,
  scene: Scene,
  choices: Choices,
  onAsked: (asked: readonly Asked[]) => void,
) {
  const asked: Asked[] = [];
  let document: unknown;
  const caller: Caller = ({ verb, beside }) => {
    if (beside !== undefined) return silent;
    const given = scene.given.at(-1);
    const { turn = 0, step: named = "", from = 0 } = given?.answer.checkpoint ?? {};
    const step = nameBefore(named);
    if (given?.answer.outcome === "last-resort") return connected;
    onAsked(asked);
    const first = given !== document;
    const did = first ? answer(turn, step) : silent;
    document = given;
    asked.push({ turn, step, verb, did, first, from });
    return did;
  };
  const answer = (turn: number, step: string): CallerStep => {
    const scripted = script.answers[turn - 1];
    const fits = scripted?.step === step ? scripted : undefined;
    if (fits === undefined) return script.otherwise.get(step) ?? silent;
    const before = asked.some((one) => one.turn === turn && one.step === step);
    if (!before || choices.choose("caller", "asked again", tempers) === "same") return fits.answer;
    return fits.other;
  };
  return { script: caller, asked };
}
