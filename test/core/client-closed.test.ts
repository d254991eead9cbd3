import { expect, test } from "vitest";
import { type Asked, connectionOf, isOver, outcomeOf, patienceMs, tellConnection } from "../../core/client-closed.ts";
import { limits } from "../../core/limits.ts";
import type { Told } from "../../core/log.ts";

const answered: Told = { event: "turn.answered", status: 200, turn: 3, step: "book", saved: true };
const timedOutInside: Told = { event: "turn.failed", status: 503, reason: "deadline", table: "timeout" };

const began = { beganAtMs: 1_000_000, connection: undefined };
const asked = (leg: "primary" | "fallback", over: Partial<Asked> = {}): Asked => ({
  ...began,
  patienceMs: patienceMs[leg],
  ...over,
});

for (const leg of ["primary", "fallback"] as const) {
  const inTime = isOver(asked(leg), began.beganAtMs + patienceMs[leg] - 1);
  const late = isOver(asked(leg), began.beganAtMs + patienceMs[leg]);

  test(`${leg}: neither timed out, and the line tells the answer that Twilio got`, () => {
    expect(outcomeOf(answered, inTime)).toEqual(answered);
  });
  test(`${leg}: only something inside timed out, which is a failure and not a 499: Twilio was still there to ask the fallback`, () => {
    expect(outcomeOf(timedOutInside, inTime)).toEqual(timedOutInside);
  });
  test(`${leg}: only Twilio stopped waiting, which is a 499 whose line still tells where the call is`, () => {
    expect(outcomeOf(answered, late)).toEqual({
      ...answered,
      event: "request.client-closed",
      inside: "turn.answered",
      status: 499,
    });
  });
  test(`${leg}: both timed out, which is a 499 that keeps why`, () => {
    const { reason, table } = timedOutInside;
    const expected = { event: "request.client-closed", inside: "turn.failed", status: 499, reason, table };
    expect(outcomeOf(timedOutInside, late)).toEqual(expected);
  });
}

test("a connection that was closed is over before any deadline, and one that is open is not over by that alone", () => {
  const connection = new AbortController();
  const open = asked("primary", { connection: connection.signal });
  expect(isOver(open, began.beganAtMs + 1)).toBe(false);
  connection.abort();
  expect(isOver(open, began.beganAtMs + 1)).toBe(true);
});

test("a request that was turned away stays turned away: a stranger's patience is not ours to know", () => {
  const rejected: Told = { event: "request.rejected", status: 403, reason: "signature" };
  expect(outcomeOf(rejected, true)).toEqual(rejected);
});

test("the primary's patience is longer than Lambda lets it live, the fallback's than its own deadline: in time is never a 499", () => {
  expect(patienceMs.primary).toBeGreaterThan(limits.lambdaTimeoutMs);
  expect(patienceMs.fallback).toBeGreaterThan(limits.fallbackLeaveMs);
});

test("only a server that holds the connection can tell of it", () => {
  expect(connectionOf({})).toBeUndefined();
  const host = {};
  const { signal } = new AbortController();
  tellConnection(host, () => signal);
  expect(connectionOf(host)).toBe(signal);
});
