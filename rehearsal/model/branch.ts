import type { ModelState, ModelTransition } from "./flow-model.ts";

/** Where an answer leads, told apart from other places that the same step leads to. */
export interface Branch {
  readonly id: string;
  /** branches of one shape differ in values alone: which day, which grade */
  readonly shape: string;
  /** changed data as JSON, a value that the outside made named by its effect: it may differ from turn to turn */
  readonly changes: ReadonlyMap<string, string>;
}

/** The branch of a transition: the next step, what changed in the data and the language, and what the outside saw. */
export function branchOf(from: ModelState, { to, effects }: ModelTransition): Branch {
  const step = to === "last-resort" ? "(last resort)" : to.step;
  const results = new Map(effects.map(({ name, result }) => [JSON.stringify(result), JSON.stringify(`<${name}>`)]));
  const changes = new Map<string, string>();
  if (to !== "last-resort") {
    for (const [name, value] of Object.entries(to.data)) {
      const json = JSON.stringify(value);
      if (json !== JSON.stringify(from.data[name])) changes.set(name, results.get(json) ?? json);
    }
  }
  const language = to === "last-resort" || to.language === from.language ? "" : to.language;
  const way = `${from.step}>${step}${language}`;
  return {
    id: JSON.stringify([way, ...changes, ...effects.map(({ does }) => does)]),
    shape: JSON.stringify([way, ...changes.keys(), ...effects.map(({ name }) => name)]),
    changes,
  };
}
