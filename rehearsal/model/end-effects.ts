import type { EndedContext, Flow } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import type { ModelWorld } from "./flow-model.ts";
import { type EffectText, modelOnce } from "./model-once.ts";

/** Effects of the end have this turn in their keys. */
export const endTurn = limits.turnsMax + 1;

export interface EndEffect {
  readonly name: string;
  readonly does: EffectText;
  readonly inDoubt: "retry" | "give-up";
}

/** What a flow is told when the call is over. */
export type Told = Omit<EndedContext<Readonly<Record<string, unknown>>>, "once" | "call" | "settings">;

/** What the outside is asked for when the call is over, in a world without faults. */
export async function effectsOfEnd(flow: Flow, told: Told, world: ModelWorld): Promise<readonly EndEffect[]> {
  const policies = new Map<string, EndEffect["inDoubt"]>();
  const noting: ModelWorld = {
    settings: world.settings,
    call: world.call,
    runEffect: (effect, _, inDoubt) => {
      policies.set(effect, inDoubt);
      return "done";
    },
    takeEffects: () => world.takeEffects(),
  };
  const { step, data, language } = told;
  const scope = modelOnce({ step, data, language, visits: 1, turn: endTurn }, noting);
  // the author's own error is no end of the world: the call is over all the same
  await Promise.resolve()
    .then(() => flow.ended?.({ ...told, call: world.call, settings: world.settings, once: scope.once }))
    .catch(() => undefined);
  await scope.settled();
  return scope.effects.map(({ name, does }) => ({ name, does, inDoubt: policies.get(name) ?? "retry" }));
}
