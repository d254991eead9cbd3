import { checkCall } from "../checkers/check-call.ts";
import type { Expect } from "../checkers/expectation.ts";
import { type Dialect, dialectAnswers } from "../dialect.ts";
import type { Script } from "../model/derive-scripts.ts";
import type { Chosen, Otherwise } from "../world/choices.ts";
import { rehearseCall } from "../world/rehearse-call.ts";
import type { Stage } from "../world/stage.ts";
import { namedByAnswers, narrowed } from "./dialect-text.ts";
import type { NamedDialect } from "./dialects.ts";
import type { Rehearsed } from "./explore.ts";
import { oneOf, type Random, randomOf } from "./random.ts";

/** A flow, and the scripts that its random cases are taken from. */
export interface Rehearsable {
  readonly stage: Stage;
  readonly expect: Expect;
  readonly scripts: readonly Script[];
}

export interface RandomCase {
  readonly seed: number;
  /** Which case of the seed, from 0. */
  readonly index: number;
  readonly flows: readonly Rehearsable[];
  /** Default: a random answer to each question. */
  readonly dialect?: NamedDialect;
}

const faultsMax = 3;
/** How probable a fault is at an operation: some calls break early, others late. */
const densities = [0.05, 0.1, 0.2, 0.4];

/**
 * Places one random call: flow, script, dialect, up to three faults, and a caller who may have a change of mind. What was
 * chosen is explicit in the result, so its case id places the same call again.
 */
export async function placeRandomCase({ seed, index, flows, dialect }: RandomCase): Promise<Rehearsed> {
  const random = randomOf(seed, index);
  const { stage, expect, scripts } = oneOf(random, flows);
  const script = oneOf(random, scripts);
  const spoken = dialect ?? namedByAnswers(randomDialect(random));
  const call = await rehearseCall({
    stage,
    script,
    chosen: new Map(),
    otherwise: randomChoices(random),
    settled: spoken.dialect,
  });
  const chosen: Chosen = new Map(
    call.points.flatMap(({ chosen: option, options }, at) => (option === options[0] ? [] : [[at, option] as const])),
  );
  const met = dialect ?? narrowed(spoken.dialect, call.questions);
  // judged as it will be when it is placed again by its id
  const judged = { ...call, settled: met.dialect };
  return { script, dialect: met, chosen, call: judged, findings: checkCall(judged, await expect(judged)) };
}

function randomDialect(random: Random): Dialect {
  const answers = Object.entries(dialectAnswers as Record<string, readonly unknown[]>);
  return Object.fromEntries(answers.map(([question, its]) => [question, oneOf(random, its)])) as unknown as Dialect;
}

function randomChoices(random: Random): Otherwise {
  const density = oneOf(random, densities);
  let faultsLeft = 1 + Math.floor(random() * faultsMax);
  return ({ what, options }) => {
    const [usual = ""] = options;
    if (what === "caller") return oneOf(random, options);
    if (what !== "fault" || faultsLeft === 0 || random() >= density) return usual;
    faultsLeft -= 1;
    return oneOf(random, options.slice(1));
  };
}
