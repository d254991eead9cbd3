import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Leg } from "../../scripts/stack/leg.ts";

const run = promisify(execFile);
const stopWithinMs = 2_000;
const eventWithinMs = 5_000;

/** Suspends a leg, and returns when the system says that it stands still. */
export async function suspend(leg: Leg): Promise<void> {
  leg.suspend();
  const deadlineMs = performance.now() + stopWithinMs;
  while (performance.now() < deadlineMs) {
    const { stdout } = await run("ps", ["-o", "state=", "-p", String(leg.pid)]);
    if (stdout.trim().startsWith("T")) return;
    await sleep(2);
  }
  throw new Error("the leg does not stop");
}

/** What happened inside a leg for each request of a call that it has logged, in order, whether anybody still waited for it or not. */
export function eventsOf(leg: Leg, callSid: string): string[] {
  return leg
    .output()
    .split("\n")
    .filter((line) => line.includes(callSid))
    .map((line) => JSON.parse(line))
    .map(({ event, inside }) => String(inside ?? event));
}

/** Waits for the event that a leg logs for a call after the first `count`. */
export async function nextEvent(leg: Leg, callSid: string, count: number): Promise<string> {
  const deadlineMs = performance.now() + eventWithinMs;
  while (performance.now() < deadlineMs) {
    const event = eventsOf(leg, callSid)[count];
    if (event !== undefined) return event;
    await sleep(5);
  }
  throw new Error("the leg did not finish what it was doing");
}
