import type { AnyStep, Flow } from "../../core/flow.ts";

const mark = "Anew";

/**
 * The flow as it is after a deployment in which every step got another name: the old names stand in `renamed`, so a
 * call that is in the middle of a step goes on. Works for any flow.
 */
export function renamedFlow(flow: Flow): Flow {
  const renamed = new Map([...flow.steps.keys()].map((name) => [name, `${name}${mark}`]));
  const now = (name: string): string => renamed.get(name) ?? name;
  const steps = new Map([...flow.steps].map(([name, step]): [string, AnyStep] => [now(name), toRenamed(step, now)]));
  for (const [old, name] of flow.renamed) renamed.set(old, now(name));
  const { redial } = flow;
  return {
    ...flow,
    start: now(flow.start),
    steps,
    renamed,
    redial: redial && { ...redial, offer: now(redial.offer) },
  };
}

/** The step's name before the deployment. */
export function nameBefore(step: string): string {
  return step.endsWith(mark) ? step.slice(0, -mark.length) : step;
}

function toRenamed(step: AnyStep, now: (name: string) => string): AnyStep {
  const { next, lost, inDoubt } = step;
  return {
    ...step,
    ...(next && {
      next: async (context) => {
        const led = await next(context);
        return { ...led, step: now(led.step) };
      },
    }),
    ...(lost && {
      lost: (context) => {
        const led = lost(context);
        return { ...led, step: now(led.step) };
      },
    }),
    ...(inDoubt !== undefined && { inDoubt: now(inDoubt) }),
  };
}
