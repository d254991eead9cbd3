import type { AnyStep, Flow } from "../../core/flow.ts";

type Blocked = Partial<Record<(typeof names)[number], unknown>>;
const names = ["fetch", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "console"] as const;

/** Can be waited for, called and looked into, and is nothing. */
export const nothing: unknown = new Proxy(() => undefined, {
  get: (_, name) => (typeof name === "symbol" || name === "then" ? undefined : nothing),
  apply: () => nothing,
});

/**
 * The same flow, whose prompts can start nothing that goes on after them, and change no data but a copy: a flow that does
 * not know better is asked hundreds of times.
 */
export function quietFlow(flow: Flow): Flow {
  const steps = new Map(
    [...flow.steps].map(([name, step]): [string, AnyStep] => [
      name,
      { ...step, prompt: (data, context) => quietly(() => step.prompt(structuredClone(data), context)) },
    ]),
  );
  return { ...flow, steps };
}

function quietly<T>(run: () => T): T {
  const world = globalThis as Blocked;
  const before = names.map((name) => [name, world[name]] as const);
  for (const name of names) world[name] = nothing;
  try {
    return run();
  } finally {
    for (const [name, value] of before) world[name] = value;
  }
}
