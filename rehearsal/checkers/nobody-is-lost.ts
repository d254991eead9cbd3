import { declaredLoss } from "../declared.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import type { Checker } from "./checker.ts";

/** The call reaches an ending that its answers lead to, or a loss that is declared for what happened to it. */
export const nobodyIsLost: Checker = (call, { ending, paths }) => {
  if (ending.length > 0 || declaredLoss(call) !== undefined) return [];
  const last = call.given.at(-1)?.answer;
  const reached =
    last?.outcome === "last-resort"
      ? `the last resort (${last.reason})`
      : `'${nameBefore(last?.checkpoint?.step ?? "nowhere")}', and then ${call.record.ended}`;
  const wanted = [...new Set(paths.map((path) => (typeof path.ending === "string" ? path.ending : path.ending.step)))];
  return [`the call came to ${reached}, not to ${wanted.join(" or ") || "any ending"}`];
};
