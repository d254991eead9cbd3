import { FlowError } from "../../core/errors.ts";
import { type AnyStep, type Flow, findStep } from "../../core/flow.ts";
import type { Once, Run } from "../../core/once.ts";
import { languages } from "../../core/verbs.ts";
import { modelWorld } from "../../rehearsal/checkers/model-world.ts";
import { type Derived, deriveScripts } from "../../rehearsal/model/derive-scripts.ts";
import { createStage } from "../../rehearsal/world/stage.ts";
import { withoutSettings } from "../shown.ts";

/** A flow that breaks although nothing went wrong: no fault could be blamed for anything. */
export class FlowTroubleError extends Error {
  override readonly name = "FlowTroubleError";
}

/**
 * The scripts of a flow in all languages.
 *
 * @throws FlowTroubleError that names flow, step and reason, when a step throws without any fault, or an effect fails
 */
export async function scriptsOf(flow: Flow, settings: Readonly<Record<string, string>>): Promise<Derived> {
  let trouble: string | undefined;
  const watched = watchedFlow(flow, (step, what, error) => {
    trouble ??= `flow '${flow.name}' cannot be rehearsed: step '${step}': ${what}: ${messageOf(error)}`;
  });
  try {
    const derived = await deriveScripts(watched, modelWorld(createStage(watched, settings)), { languages });
    if (trouble === undefined) return derived;
  } catch (error) {
    trouble ??= `flow '${flow.name}' cannot be rehearsed: ${messageOf(error)}`;
  }
  throw new FlowTroubleError(withoutSettings(trouble, settings));
}

type Note = (step: string, what: string, error: unknown) => void;

/** The same flow; what its code throws of its own accord is noted. */
function watchedFlow(flow: Flow, note: Note): Flow {
  const leads = (from: string, { step }: { readonly step: string }): void => {
    if (findStep(flow, step) === undefined) note(from, "it leads nowhere", `the flow has no step '${step}'`);
  };
  const steps = new Map([...flow.steps].map(([name, step]) => [name, watchedStep(name, step, note, leads)] as const));
  return { ...flow, steps };
}

type Leads = (from: string, to: { readonly step: string }) => void;

function watchedStep(name: string, step: AnyStep, note: Note, leads: Leads): AnyStep {
  const { next, lost } = step;
  return {
    ...step,
    prompt: (...given) =>
      watch(
        () => step.prompt(...given),
        (error) => note(name, "its prompt throws", error),
      ),
    ...(lost && {
      lost: (context) =>
        watch(
          () => lost(context),
          (error) => note(name, "lost throws", error),
        ),
    }),
    ...(next && {
      next: async (context) => {
        let isLeft = false;
        const once = watchedOnce(context.once, name, note, () => {
          isLeft = true;
        });
        try {
          const led = await next({ ...context, once });
          leads(name, led);
          return led;
        } catch (error) {
          if (!isLeft) note(name, "its next throws", error);
          throw error;
        }
      },
    }),
  };
}

/**
 * An effect that fails in a world without faults would be in doubt in every call.
 *
 * @param leave told when `next` is left through the author's code, because an effect is in doubt
 */
function watchedOnce(once: Once, step: string, note: Note, leave: () => void): Once {
  const watched = (effect: string, run: Run<unknown>, options: never) => {
    const noted: Run<unknown> = async (...given) => {
      try {
        return await run(...given);
      } catch (error) {
        note(step, `effect '${effect}' fails without a fault`, error);
        throw error;
      }
    };
    const taking = once(effect, noted, options);
    taking.catch((error: unknown) => {
      if (!(error instanceof FlowError)) leave();
    });
    return taking;
  };
  return watched as Once;
}

function watch<T>(run: () => T, onError: (error: unknown) => void): T {
  try {
    return run();
  } catch (error) {
    onError(error);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
