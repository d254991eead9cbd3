import { endTurn } from "../model/end-effects.ts";
import type { RehearsedCall } from "../world/rehearsed-call.ts";
import { type EndEffect, endKey, isEndTaken, isOfEnd } from "./at-end.ts";
import type { Checker } from "./checker.ts";
import { mayDoubt } from "./expectation.ts";

/**
 * What a flow does when the call is over is done then and not before, once, with what the call's last document knew; it is done
 * for sure when a leg says that it took the news. An effect that may never be tried twice is not, whoever hears of the end.
 */
export const endedOnce: Checker = (call, { atEnd }) => {
  if (call.flow.ended === undefined) return [];
  const findings: string[] = [];
  const overAtMs = call.ends[0]?.atMs ?? Number.POSITIVE_INFINITY;
  for (const { key, text, atMs } of call.executed.filter(isOfEnd)) {
    if (atMs < overAtMs) findings.push(`done before the call was over: ${text}`);
    const wanted = atEnd.some((effects) => effects.some(({ name, does }) => endKey(name) === key && does === text));
    if (!wanted) findings.push(`done at the end, and no document asks for it: ${text}`);
  }
  const policies = new Map(atEnd.flat().map(({ name, inDoubt }) => [name, inDoubt]));
  for (const [name, inDoubt] of policies) {
    const times = call.requested.filter((key) => key === endKey(name)).length;
    if (inDoubt === "give-up" && times > 1) findings.push(`'${name}' was tried ${times} times at the end`);
    if (call.executed.filter(({ key }) => key === endKey(name)).length > 1) findings.push(`'${name}' was done twice`);
  }
  const isDone = atEnd.length === 0 || atEnd.some((effects) => effects.every((effect) => isSettled(call, effect)));
  if (isEndTaken(call) && !isDone) findings.push("the end was heard of, and not all was done that the flow does then");
  return findings;
};

/** Done, or in doubt: the table says so, and something happened for which it may be. */
function isSettled(call: RehearsedCall, { name, does }: EndEffect): boolean {
  if (call.executed.some(({ key, text }) => key === endKey(name) && text === does)) return true;
  const state = call.item?.effects.get(`${endTurn}:${name}`)?.state;
  return mayDoubt(call) && state !== undefined && state !== "done";
}
