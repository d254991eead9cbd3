import type { ModelPath } from "../model/paths.ts";
import { duringCall } from "./at-end.ts";
import type { Checker } from "./checker.ts";
import { unsureOf } from "./expectation.ts";

/** No effect happens more often than any outcome of the call asks for, whatever becomes of the call. */
export const effectsOnce: Checker = (call, { paths }) => {
  const findings: string[] = [];
  for (const [text, count] of countsOf(duringCall(call).map((one) => one.text))) {
    const asksFor = (path: ModelPath) => path.effects.filter(({ does }) => does === text).length;
    // nearly always the first outcome asks for as much
    if (paths.some((path) => asksFor(path) >= count)) continue;
    const wanted = Math.max(0, ...paths.map(asksFor));
    // an effect in doubt is in no outcome's list, and may have happened
    const doubted = paths.some(({ transitions }) => transitions.some((transition) => transition.doubted.length > 0))
      ? 1
      : 0;
    if (count > Math.max(wanted, doubted) + unsureOf(call))
      findings.push(`done ${count} times instead of ${wanted}: ${text}`);
  }
  const keys = call.executed.flatMap(({ key }) => key ?? []);
  if (new Set(keys).size < keys.length) findings.push("done twice under one key");
  return findings;
};

function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
