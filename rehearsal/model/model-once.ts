import { FlowError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type InDoubt, inDoubt, type Once, type Run } from "../../core/once.ts";
import type { Outbox } from "../../core/outbox.ts";
import { letterText } from "../world/letter-text.ts";
import type { ModelState, ModelWorld } from "./flow-model.ts";

/** An effect as the outside saw it: canonical text of what was asked, the idempotency key left out. */
export type EffectText = string;

export interface ModelEffect {
  readonly name: string;
  readonly does: EffectText;
  /** what the flow was told; the same for each request of one effect */
  readonly result: unknown;
}

/** Thrown through the author's code to leave it. */
class Left extends Error {}

/**
 * The `once` of a world in which nothing is repeated: an effect runs, or it is in doubt. Effects that an author starts
 * side by side run one after the other, so that each is known by what the outside saw of it.
 */
export function modelOnce(state: ModelState, world: ModelWorld) {
  const effects: ModelEffect[] = [];
  const started = new Set<string>();
  const neverAborted = new AbortController().signal;
  const doubted: string[] = [];
  let left = false;
  let pending = 0;
  let running = false;
  let line: Promise<unknown> = Promise.resolve();

  const doubt = (effect: string, policy: "retry" | "give-up"): InDoubt => {
    doubted.push(effect);
    if (policy === "give-up") return inDoubt;
    left = true;
    throw new Left("in doubt");
  };

  async function take<Result>(
    effect: string,
    run: Run<Result>,
    policy: "retry" | "give-up",
  ): Promise<{ result: Result } | "doubt"> {
    if (world.runEffect(effect, state.turn, policy) === "doubt") return "doubt";
    running = true;
    let told: { result: Result } | "doubt";
    const letters: EffectText[] = [];
    const outbox: Outbox = { send: async (letter) => void letters.push(letterText(letter)) };
    try {
      told = { result: await run(`${world.call.sid}:${state.turn}:${effect}`, neverAborted, outbox) };
    } catch (error) {
      if (error instanceof FlowError) throw error;
      // a service that refuses for good stays in doubt on the fallback leg
      told = "doubt";
    } finally {
      running = false;
    }
    const result = told === "doubt" ? undefined : told.result;
    effects.push(...[...world.takeEffects(), ...letters].map((does) => ({ name: effect, does, result })));
    return told;
  }

  async function once<Result>(
    effect: string,
    run: Run<Result>,
    options: { readonly inDoubt: "retry" | "give-up" },
  ): Promise<Result | InDoubt> {
    if (left) throw new Left("in doubt");
    if (started.has(effect)) throw new FlowError(`effect '${effect}' is used twice in step '${state.step}'`);
    if (started.size >= limits.effectsPerTurnMax) throw new FlowError(`step '${state.step}': too many effects`);
    started.add(effect);
    pending += 1;
    try {
      // an effect inside another one cannot wait for it
      const taking = running ? take(effect, run, options.inDoubt) : line.then(() => take(effect, run, options.inDoubt));
      line = taking.catch(() => undefined);
      const told = await taking;
      return told === "doubt" ? doubt(effect, options.inDoubt) : told.result;
    } finally {
      pending -= 1;
    }
  }

  /** An error that nobody waits for must not end the process. */
  const watched: typeof once = (effect, run, options) => {
    const taking = once(effect, run, options);
    taking.catch(() => undefined);
    return taking;
  };

  return {
    once: watched as Once,
    effects,
    /** a `retry` effect in doubt has left the step, whatever the author's code made of it */
    left: () => left,
    doubted,
    pending: () => pending,
    settled: () => line,
  };
}
