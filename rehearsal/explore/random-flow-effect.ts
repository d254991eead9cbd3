import { KeyRefusedError } from "../../core/errors.ts";
import type { NextContext } from "../../core/flow.ts";
import { inDoubt } from "../../core/once.ts";
import type { BranchPlan, EffectPlan } from "./random-flow-plan.ts";
import type { RandomData } from "./random-flow-verbs.ts";

/** What is kept where nobody knows whether the effect happened. */
export const doubtful = "in doubt";

/**
 * Runs the effects of a branch: each a POST to the outside service, once.
 *
 * @param answer what the caller said, an argument of each
 * @returns what came of them, by name
 */
export async function runEffects(
  { effects, together }: BranchPlan,
  answer: string,
  context: NextContext<RandomData>,
): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  if (together) {
    const found = await Promise.all(effects.map((effect) => runEffect(effect, { answer }, context)));
    for (const [at, { name }] of effects.entries()) results[name] = found[at] ?? doubtful;
    return results;
  }
  let before = "nothing";
  for (const effect of effects) {
    before = await runEffect(effect, effect.tellsBefore ? { answer, before } : { answer }, context);
    results[effect.name] = before;
  }
  return results;
}

async function runEffect(
  { name, inDoubt: policy }: EffectPlan,
  given: Readonly<Record<string, string>>,
  { once, settings, call }: NextContext<RandomData>,
): Promise<string> {
  const run = (key: string, signal: AbortSignal) =>
    post(`${settings.SERVICE_URL}/${name}`, { callSid: call.sid, given }, key, signal);
  if (policy === "retry") return once(name, run, { inDoubt: "retry" });
  const result = await once(name, run, { inDoubt: "give-up" });
  return result === inDoubt ? doubtful : result;
}

async function post(url: string, body: object, idempotencyKey: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
    signal,
  });
  if (answer.status === 409) throw new KeyRefusedError(`${url}: the key was used with other arguments`);
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  const { reference } = (await answer.json()) as { readonly reference: string };
  return reference;
}
