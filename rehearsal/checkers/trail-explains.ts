import { nameBefore } from "../world/renamed-flow.ts";
import type { Checker } from "./checker.ts";

/** Every document that a leg says it has saved is in the table's trail: its turn, its step, its verbs. */
export const trailExplains: Checker = (call) => {
  const trail = new Map(call.item?.verbs.map((verb) => [`${verb.turn} ${nameBefore(verb.step)}`, verb]));
  return call.given.flatMap(({ answer }) => {
    const { checkpoint, saved, outcome } = answer;
    if (checkpoint === undefined || !saved || outcome === "last-resort") return [];
    const { turn, step } = checkpoint;
    if (trail.has(`${turn} ${nameBefore(step)}`)) return [];
    return [`'${nameBefore(step)}' was given in turn ${turn}, and the trail does not know it`];
  });
};
