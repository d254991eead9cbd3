import type { Checker } from "./checker.ts";

/**
 * Nobody is dialled twice, charged twice or put into a queue twice for one turn, whatever became of the answer. A caller who
 * is led to the same step again does it in another turn; a document may dial the same person twice by itself.
 */
export const executedOnce: Checker = ({ steps }) => {
  const findings: string[] = [];
  for (const [at, { verb, what, turn, step, document }] of steps.entries()) {
    const again = steps
      .slice(0, at)
      .some((one) => one.verb === verb && one.turn === turn && one.what === what && one.document !== document);
    if (again) findings.push(`the ${verb} of '${step}' was executed again in turn ${turn}`);
  }
  return findings;
};
