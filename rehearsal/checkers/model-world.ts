import type { ModelWorld } from "../model/flow-model.ts";
import { modelDoor, openDoor, outsideService, settingsFor } from "../world/outside-service.ts";
import { callSid, type Stage } from "../world/stage.ts";

const standing = { nowMs: () => 0, sleep: () => new Promise<never>(() => {}) };
const never = (): Promise<never> => new Promise(() => {});

/** A world for the model: an outside of its own, in which nothing goes wrong but what `doubts` says. */
export function modelWorld(
  stage: Stage,
  doubts: (effect: string, turn: number, inDoubt: "retry" | "give-up") => boolean = () => false,
): ModelWorld {
  let outside = outsideService(standing);
  const door = openDoor((path, init) => outside.serve(path, init, () => "-", never), modelDoor);
  return {
    settings: settingsFor(() => door, stage.settings),
    // what `placeCall` says of the party unless told otherwise
    call: { sid: callSid, from: "+15005550001", to: "+15005550002" },
    runEffect: (effect, turn, inDoubt) => (doubts(effect, turn, inDoubt) ? "doubt" : "done"),
    takeEffects: () => {
      const texts = outside.executed.map(({ text }) => text);
      outside = outsideService(standing);
      return texts;
    },
  };
}
