import { declaredLoss } from "../declared.ts";
import { duringCall } from "./at-end.ts";
import type { Checker } from "./checker.ts";

/** What the caller was told in the end is what the outside was asked to do. */
export const toldAsDone: Checker = (call, { ending, match }) => {
  if (ending.length === 0 || match !== undefined || declaredLoss(call) !== undefined) return [];
  const done =
    duringCall(call)
      .map(({ text }) => text)
      .join(", ") || "nothing";
  return [`told as in '${call.given.at(-1)?.answer.checkpoint?.step}', done: ${done}`];
};
