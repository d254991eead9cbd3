import { type CallLines, repeats, stepsDown } from "./call-lines.ts";
import type { Failure } from "./failure.ts";
import { cameInMs } from "./read-logs.ts";
import type { Line } from "./records.ts";

/** Twilio's export has whole seconds, and clocks differ. */
const skewMs = 2_000;
/** From the failure of one request to the fallback's. */
const withinMs = 20_000;
/** An alert may be dated later than what it is about. */
const datedLateMs = 60_000;

/** One failure, as the fallback was told of it; perhaps more than once. */
interface Failover {
  readonly firstMs: number;
  readonly steppedDown: boolean;
  readonly first: Line;
  /** the answer to it that counts */
  last: Line;
}

/**
 * Gives each alert the fallback's line that took over after it, and adds the failures of which only the fallback's log tells. Where
 * the fallback was asked, its log has the finer time.
 */
export function withFailovers(alerts: readonly Failure[], calls: CallLines): Failure[] {
  const left = new Set<Failover>();
  const byCall = Map.groupBy(alerts, ({ callSid }) => callSid ?? "");
  for (const callSid of calls.callSids) {
    const told = failoversOf(calls.of(callSid));
    for (const one of told) left.add(one);
    const asked = (byCall.get(callSid) ?? []).filter(isFailedOver);
    for (const [failure, failover] of pairsOf(asked, told)) {
      left.delete(failover);
      Object.assign(failure, { ...toldBy(failover), atMs: failover.firstMs });
    }
  }
  const alone = [...left].map((failover): Failure => {
    const { firstMs, steppedDown, last } = failover;
    const place = { kind: steppedDown ? "media" : "other" } as const;
    return { atMs: firstMs, place, ...toldBy(failover), ...(last.callSid && { callSid: last.callSid }) };
  });
  return [...alerts, ...alone];
}

function toldBy({ first, last, steppedDown }: Failover): Pick<Failure, "failover" | "failoverAgain" | "steppedDown"> {
  return { failover: first, steppedDown, ...(last !== first && { failoverAgain: last }) };
}

/** Is the fallback asked after such a failure? */
function isFailedOver({ place, alert }: Failure): boolean {
  return place.kind !== "status" && place.kind !== "fallback" && alert?.warning !== true;
}

function failoversOf(lines: readonly Line[]): Failover[] {
  const found: Failover[] = [];
  for (const line of lines) {
    if (line.leg !== "fallback" || line.errorCode === undefined) continue;
    const before = found.at(-1);
    if (before !== undefined && repeats(before.last, line)) before.last = line;
    else found.push({ firstMs: cameInMs(line), steppedDown: stepsDown(lines, line), first: line, last: line });
  }
  return found;
}

/** As many of one as of the other: in their order. Else those that are near in time; what is then left, by the code. */
function pairsOf(alerts: readonly Failure[], told: readonly Failover[]): (readonly [Failure, Failover])[] {
  const fits = ({ atMs }: Failure, { firstMs }: Failover, lateMs: number) =>
    firstMs >= atMs - lateMs && firstMs <= atMs + withinMs;
  const inOrder = alerts.flatMap((alert, at) => {
    const failover = told[at];
    return failover !== undefined && fits(alert, failover, datedLateMs) ? [[alert, failover] as const] : [];
  });
  if (alerts.length === told.length && inOrder.length === told.length) return inOrder;
  const left = new Set(told);
  const pairs = new Map<Failure, Failover>();
  for (const lateMs of [skewMs, datedLateMs]) {
    for (const alert of alerts) {
      if (pairs.has(alert)) continue;
      const sameCode = (one: Failover) => one.last.errorCode === alert.alert?.errorCode;
      const near = [...left].filter((one) => fits(alert, one, lateMs));
      const failover = near.find(sameCode) ?? (lateMs === skewMs ? near[0] : undefined);
      if (failover === undefined) continue;
      left.delete(failover);
      pairs.set(alert, failover);
    }
  }
  return [...pairs];
}
