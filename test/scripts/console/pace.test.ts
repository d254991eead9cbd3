import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPace } from "../../../scripts/console/pace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What has come of a promise, once all that is due has run. */
async function now<T>(promise: Promise<T>): Promise<T | "waiting"> {
  return Promise.race([promise, Promise.resolve().then(() => Promise.resolve("waiting" as const))]);
}

test("a sound lasts as long as it is, and a faster pace counts all of it", async () => {
  const pace = createPace(10);
  const beganMs = pace.nowMs();
  const { over } = pace.wait(5_000, "sound");
  await vi.advanceTimersByTimeAsync(499);
  expect(await now(over)).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(await over).toBe("passed");
  expect(pace.nowMs() - beganMs).toBe(5_000);
});

test("sounds can be faster than the person who is waited for", async () => {
  const pace = createPace(10, 1);
  const beganMs = pace.nowMs();
  const sound = pace.wait(1_000, "sound");
  await vi.advanceTimersByTimeAsync(100);
  expect(await sound.over).toBe("passed");
  const { over } = pace.wait(1_000, "person");
  await vi.advanceTimersByTimeAsync(500);
  pace.pause();
  pace.resume();
  await vi.advanceTimersByTimeAsync(499);
  expect(await now(over)).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(await over).toBe("passed");
  expect(pace.nowMs() - beganMs).toBe(2_000);
});

test("a key ends a sound, and what was not heard does not count", async () => {
  const pace = createPace(1);
  const beganMs = pace.nowMs();
  const { over } = pace.wait(5_000, "sound");
  await vi.advanceTimersByTimeAsync(1_000);
  pace.wake();
  expect(await over).toBe("woken");
  expect(pace.nowMs() - beganMs).toBe(1_000);
});

test("while the call is held no time passes, and a wait goes on where it was", async () => {
  const pace = createPace(1);
  const beganMs = pace.nowMs();
  const { over } = pace.wait(5_000, "person");
  await vi.advanceTimersByTimeAsync(3_000);
  pace.pause();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pace.nowMs() - beganMs).toBe(3_000);
  pace.resume();
  await vi.advanceTimersByTimeAsync(1_999);
  expect(await now(over)).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(await over).toBe("passed");
  expect(pace.nowMs() - beganMs).toBe(5_000);
});

test("a step lets one request go and holds the next", async () => {
  const pace = createPace(1);
  await pace.gate();
  pace.pause();
  const first = pace.gate().then(() => "gone");
  expect(await now(first)).toBe("waiting");
  pace.step();
  expect(await first).toBe("gone");
  expect(pace.isPaused()).toBe(true);
  const second = pace.gate().then(() => "gone");
  expect(await now(second)).toBe("waiting");
  pace.resume();
  expect(await second).toBe("gone");
});

test("a step from within a prompt skips it, goes on to the next request, and holds the one behind it", async () => {
  const pace = createPace(1);
  const { over } = pace.wait(5_000, "sound");
  const beganMs = pace.nowMs();
  pace.pause();
  pace.step();
  expect(await over).toBe("woken");
  expect(pace.nowMs() - beganMs).toBe(5_000);
  expect(await pace.wait(2_000, "sound").over).toBe("passed");
  await pace.gate();
  expect(await now(pace.gate().then(() => "gone"))).toBe("waiting");
});

test("an ended call waits for nothing, held or not", async () => {
  const pace = createPace(1);
  const waits = [pace.wait(5_000, "sound"), pace.wait(5_000, "person")];
  pace.pause();
  const gate = pace.gate().then(() => "gone");
  pace.end();
  expect(await Promise.all(waits.map(({ over }) => over))).toEqual(["woken", "woken"]);
  expect(await gate).toBe("gone");
  expect(await pace.wait(1_000, "sound").over).toBe("woken");
});
