import type { Checkpoint } from "../../core/checkpoint.ts";
import type { RequestKind } from "../call-record.ts";
import { faultClassOf } from "../fault-classes.ts";
import { type FaultName, faultOptions, type PointKind } from "../fault-kinds.ts";
import type { Choices } from "./choices.ts";
import type { LegName } from "./leg.ts";
import type { EndNews, Given, MetFault } from "./rehearsed-call.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Prompts and answers of some turns; a whole call is shorter than a few of these. */
const turnsLaterMs = 25_000;
/** Promises that settle, one after the other, until an operation of the table is done; a few more than it takes. */
const ticksOfAnOperation = 40;
const hourMs = 3_600_000;

/** What everybody in a rehearsed call shares: where the call is, what goes wrong, who sleeps. */
export type Scene = ReturnType<typeof createScene>;

export function createScene(choices: Choices, time: VirtualTime) {
  const faults: MetFault[] = [];
  const given: Given[] = [];
  const asides: Given[] = [];
  const ends: EndNews[] = [];
  const untold = new Set<number>();
  const down = new Map<LegName, "refused" | "hang" | "flaps">();
  const flapped = new Map<LegName, number>();
  const deployed = new Set<LegName>();
  const skewMs: Record<LegName, number> = { primary: 0, fallback: 0 };
  const asleep = { operation: [] as (() => void)[], answer: [] as (() => void)[] };
  let request: { kind: RequestKind; leg: LegName; resuming: boolean } = {
    kind: "voice",
    leg: "primary",
    resuming: false,
  };
  let hungUp = false;
  let requests = 0;

  const here = (): Checkpoint | undefined => given.at(-1)?.answer.checkpoint;

  function meet<Kind extends PointKind>(kind: Kind, leg: LegName = request.leg): "-" | FaultName<Kind> {
    const at = choices.points.length;
    const fault = choices.choose("fault", kind, faultOptions[kind]) as "-" | FaultName<Kind>;
    if (fault === "-") return fault;
    const { step = "", turn = 0 } = here() ?? {};
    const { kind: of, resuming } = request;
    faults.push({ at, kind, fault, leg, step, turn, request: of, resuming, atMs: time.nowMs() });
    return fault;
  }

  return {
    faults,
    given,
    asides,
    ends,
    untold,
    here,
    meet,
    deployed,
    skewMs,
    hungUp: () => hungUp,
    hangUp: () => {
      hungUp = true;
    },
    /** What is wrong with the whole call, before it begins. */
    begin(tableDown: () => void): void {
      switch (meet("call")) {
        case "-":
          break;
        case "fallback-clock-ahead":
          skewMs.fallback = hourMs;
          break;
        case "fallback-clock-behind":
          skewMs.fallback = -hourMs;
          break;
        case "table-down":
          tableDown();
      }
    },
    /** A request for TwiML is on its way. */
    countRequest: (): void => {
      requests += 1;
    },
    /** What is wrong from here on, and what it has cost so far, as text; undefined while somebody sleeps who will wake. */
    digest(): string | undefined {
      if (time.isPending()) return undefined;
      const { primary, fallback } = skewMs;
      const classes = faults.map(faultClassOf);
      return [requests, [...down], [...flapped], [...deployed], primary, fallback, [...untold], classes].join(" ");
    },
    enter(kind: RequestKind, leg: LegName, resuming: boolean): void {
      request = { kind, leg, resuming };
    },
    /** A leg that is gone fails without being asked; one that flaps, every other time. */
    outage(leg: LegName): "refused" | "hang" | undefined {
      const how = down.get(leg);
      if (how !== "flaps") return how;
      const count = (flapped.get(leg) ?? 0) + 1;
      flapped.set(leg, count);
      return count % 2 === 0 ? undefined : "refused";
    },
    goDown: (leg: LegName, how: "refused" | "hang" | "flaps"): void => void down.set(leg, how),
    /** Suspended handlers wake by what others do. */
    stop(until: "next-operation" | "next-answer" | "turns-later"): Promise<void> {
      if (until === "turns-later") return time.sleep(turnsLaterMs);
      return new Promise((resolve) => {
        // whoever nobody wakes is awake at the end of the call
        const stop = time.timer(turnsLaterMs, resolve);
        const wake = () => {
          stop();
          resolve();
        };
        if (until === "next-answer") asleep.answer.push(wake);
        else asleep.operation.push(wake);
      });
    },
    /** Whoever waits for others to read or write wakes, and goes first. */
    async wakeForOperation(): Promise<void> {
      const waking = asleep.operation.splice(0);
      for (const wake of waking) wake();
      for (let tick = 0; waking.length > 0 && tick < ticksOfAnOperation; tick += 1) await undefined;
    },
    wakeForAnswer(): void {
      for (const wake of asleep.answer.splice(0)) wake();
    },
  };
}
