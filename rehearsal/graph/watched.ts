import type { AnyStep, Flow } from "../../core/flow.ts";
import type { ModelTransition, ModelWorld } from "../model/flow-model.ts";

/** Something that the flow's own code does wrong although nothing around it is wrong. */
export interface Trouble {
  readonly step: string;
  readonly what: string;
}

interface Circumstances {
  readonly guessed: boolean;
  /** an effect was made to be in doubt */
  readonly faulty: boolean;
  readonly transition?: ModelTransition;
}

/** The same flow; what its code throws is noted, and judged by `settle` when the circumstances are known. */
export function watchedFlow(flow: Flow) {
  const troubles: Trouble[] = [];
  let thrown: Trouble[] = [];
  const note = (step: string, what: string, error: unknown): void => {
    thrown.push({ step, what: `${what} throws: ${messageOf(error)}` });
  };
  const steps = new Map([...flow.steps].map(([name, step]) => [name, watchedStep(name, step, note)] as const));

  function settle(step: string, { guessed, faulty, transition }: Circumstances): void {
    const noted = thrown;
    thrown = [];
    // with data that was guessed, or an effect that was made to be in doubt, throwing may be right
    if (guessed || faulty) return;
    for (const effect of transition?.doubted ?? []) {
      add({ step, what: `effect '${effect}' fails where nothing is wrong: is its address taken from settings?` });
    }
    if ((transition?.doubted.length ?? 0) > 0) return;
    for (const trouble of noted) add(trouble);
    if (noted.length === 0 && transition?.to === "last-resort")
      add({ step, what: transition.reason ?? "ends in error" });
  }

  function add(trouble: Trouble): void {
    if (!troubles.some(({ step, what }) => step === trouble.step && what === trouble.what)) troubles.push(trouble);
  }

  return { flow: { ...flow, steps }, troubles, settle };
}

function watchedStep(name: string, step: AnyStep, note: (step: string, what: string, error: unknown) => void): AnyStep {
  const { prompt, next, lost } = step;
  const watch = <T>(what: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      note(name, what, error);
      throw error;
    }
  };
  return {
    ...step,
    prompt: (...given) => watch("its prompt", () => prompt(...given)),
    ...(lost && { lost: (context) => watch("lost", () => lost(context)) }),
    ...(next && {
      next: async (context) => {
        try {
          return await next(context);
        } catch (error) {
          note(name, "next", error);
          throw error;
        }
      },
    }),
  };
}

/** The same world; what the way on may depend on, besides answers, is told. */
export function watchedWorld(world: ModelWorld, onGap: (what: string) => void): ModelWorld {
  const { sid, from, to } = world.call;
  return {
    ...world,
    settings: new Proxy(world.settings, {
      get: (target, name) => {
        // addresses of outside services, which the world gives
        if (typeof name === "string" && !/_URL$/.test(name)) onGap(`setting FLOW_${name} is read`);
        return Reflect.get(target, name);
      },
    }),
    call: {
      sid,
      get from() {
        onGap("the caller's number is read");
        return from;
      },
      get to() {
        onGap("the called number is read");
        return to;
      },
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split("\n", 1)[0]}` : String(error);
}
