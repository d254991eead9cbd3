import { expect, test } from "vitest";
import { afterEvent, viewOf } from "../../console/call-view.ts";
import { overridesIn, turnOf } from "../../console/detail-facts.ts";
import { heightOf, silencePxPerSec, trackOf, unseenWords } from "../../console/ladder-layout.ts";
import type { Row } from "../../console/ladder-rows.ts";
import { demoCall } from "./demo-events.ts";

function demoView() {
  const [began, ...events] = demoCall();
  if (began?.kind !== "call.began") throw new Error("no call");
  return events.reduce((view, event, at) => afterEvent(view, event, at + 1), viewOf(began.call));
}

function rowNamed(text: string): Row {
  const row = demoView().rows.find(({ label }) => label.includes(text));
  if (row === undefined) throw new Error(`no row with "${text}"`);
  return row;
}

test("the ladder of a failover reads from the first request to the fallback's answer", () => {
  const drawn = demoView().rows.map((row) => (row.kind === "arrow" ? `${row.from}>${row.to} ${row.label}` : row.label));
  expect(drawn).toEqual([
    "twilio>primary voice webhook",
    "primary>table turn 0 choose: answered, saved",
    "primary>twilio 200 in 13 ms · turn 0 choose · Gather",
    'twilio>caller "Welcome. Press 1 for sales, 2 for support."',
    "caller>twilio pressed 1",
    "breaker on: Suspend the primary",
    "twilio>primary action URL · Digits 1",
    "silence, 3.5 s",
    "primary>twilio no answer in 3.5 s, error 11205",
    "FAILOVER: error 11205, Twilio asks the fallback",
    "twilio>fallback fallback URL · Digits 1",
    "fallback>effects notify: done",
    "fallback>table turn 1 connect: resumed, saved",
    "fallback>twilio 200 in 30 ms · turn 1 connect · Say Dial",
    'twilio>caller "少々お待ちください。"',
  ]);
});

test("what failed stands out, and an answer that never came has no head", () => {
  expect(rowNamed("FAILOVER").tone).toBe("failover");
  expect(rowNamed("no answer")).toMatchObject({ tone: "bad", lost: true });
  expect(rowNamed("200 in 30 ms")).toMatchObject({ tone: "plain", lost: false });
});

test("silence is drawn to scale", () => {
  const silence = rowNamed("silence");
  if (silence.kind !== "silence") throw new Error("not silent");
  const height = (lengthMs: number) => heightOf({ ...silence, lengthMs });
  expect(height(3_500)).toBe(3.5 * silencePxPerSec);
  expect(height(20_000)).toBe(2 * height(10_000));
  // room for its words
  expect(height(10)).toBeGreaterThanOrEqual(20);
});

test("an arrow runs between its lanes, its words on the side with room", () => {
  expect(trackOf({ from: "twilio", to: "fallback" })).toEqual({
    ...{ left: 1, right: 3, pointsRight: true, words: "from-left" },
  });
  expect(trackOf({ from: "fallback", to: "twilio" })).toMatchObject({ left: 1, right: 3, pointsRight: false });
  expect(trackOf({ from: "fallback", to: "effects" }).words).toBe("to-right");
});

test("a row says its arrow to who cannot see it", () => {
  expect(unseenWords(rowNamed("no answer"))).toBe("seconds, Primary to Twilio, lost");
  expect(unseenWords(rowNamed("FAILOVER"))).toBe("seconds");
});

test("overrides are told with their meaning and unit", () => {
  expect(overridesIn("ct=1000&rt=3500&rc=0&rp=ct,rt")).toEqual([
    ["connect timeout (ct)", "1000 ms"],
    ["read timeout (rt)", "3500 ms"],
    ["retries (rc)", "0"],
    ["retried after (rp)", "ct,rt"],
  ]);
  expect(overridesIn("")).toEqual([]);
});

test("a call can be replayed from the turn of a row, where one is known", () => {
  const { exchanges } = demoView();
  const turnAt = (text: string) => {
    const row = rowNamed(text);
    return turnOf(row, row.request === undefined ? undefined : exchanges.get(row.request));
  };
  expect(turnAt("turn 1 connect: resumed")).toBe(1);
  expect(turnAt("fallback URL")).toBe(1);
  expect(turnAt("pressed 1")).toBeUndefined();
});

test("a leg's line that comes late stands where its time is", () => {
  const late = { kind: "turn", atMs: 15, callId: "1", turn: 0, leg: "primary", outcome: "late", elapsedMs: 1 } as const;
  const labels = afterEvent(demoView(), late, 100).rows.map(({ label }) => label);
  expect(labels.indexOf("turn 0: late")).toBe(labels.indexOf("turn 0 choose: answered, saved") + 1);
});
