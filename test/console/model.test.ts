import { expect, test } from "vitest";
import { rowsMax } from "../../console/call-view.ts";
import { applied, type Model, modelOf, noBreakers } from "../../console/model.ts";
import { type ConsoleEvent, callsKept, type State } from "../../console/protocol.ts";
import { demoCall, demoEnd, demoTwiml } from "./demo-events.ts";

const state: State = { flows: [], calls: [], breakers: noBreakers, lastEventId: 0, canTrace: false };

function after(events: readonly ConsoleEvent[], from: Model = modelOf(state)): Model {
  return events.reduce((model, event) => applied(model, model.seenId + 1, event), from);
}

function onlyCall(model: Model) {
  const [view, ...others] = model.calls;
  if (view === undefined || others.length > 0) throw new Error(`${model.calls.length} calls`);
  return view;
}

test("a call that fails over shows its step, its failover, its question and the steps that it came to", () => {
  const { summary, visited } = onlyCall(after(demoCall()));
  expect(summary).toMatchObject({ state: "on", step: "connect", turn: 1, failovers: 1, question: { verb: "Dial" } });
  expect([...visited]).toEqual(["choose", "connect"]);
});

test("the captions are what was heard, what the caller did and what happened, in order", () => {
  const { captions } = onlyCall(after([...demoCall(), ...demoEnd()]));
  expect(captions.map(({ who, text, language }) => `${who} ${language}: ${text}`)).toEqual([
    "line en: Welcome. Press 1 for sales, 2 for support.",
    "caller en: You pressed 1",
    "note en: Suspend the primary: on",
    "note en: The primary failed (error 11205). The fallback takes over.",
    "line ja: 少々お待ちください。",
    "caller en: Dial: busy",
    "note en: The call has ended: the flow hung up.",
  ]);
});

test("a call that has ended waits for nothing", () => {
  const { summary } = onlyCall(after([...demoCall(), ...demoEnd()]));
  expect(summary).toMatchObject({ state: "ended", ended: "hangup" });
  expect(summary).not.toHaveProperty("question");
});

test("an event that comes a second time, because the stream was resumed, changes nothing", () => {
  const model = after(demoCall());
  const [, second] = demoCall();
  expect(second && applied(model, 2, second)).toBe(model);
});

test("a request is shown with the document before it and its reply", () => {
  const { exchanges } = onlyCall(after(demoCall()));
  expect(exchanges.get(0)).toMatchObject({ asked: { requestKind: "voice" }, reply: { twiml: demoTwiml } });
  expect(exchanges.get(0)?.twimlBefore).toBeUndefined();
  expect(exchanges.get(2)).toMatchObject({ twimlBefore: demoTwiml, reply: { verbs: ["Say", "Dial"] } });
});

test("a late line about an earlier turn does not move the call back", () => {
  const late = { kind: "turn", atMs: 9_000, callId: "1", turn: 0, step: "choose", leg: "primary" } as const;
  const model = after([...demoCall(), { ...late, outcome: "replayed", elapsedMs: 4 }]);
  expect(onlyCall(model).summary).toMatchObject({ step: "connect", turn: 1 });
});

test("breakers from before the page was opened do not undo what the state says", () => {
  const begun = modelOf({ ...state, lastEventId: 2 });
  const off: ConsoleEvent = { kind: "breaker", atMs: 0, name: "slow", on: true };
  expect(after([off, off], begun).breakers.slow).toBe(false);
  expect(after([off, off, off], begun).breakers.slow).toBe(true);
});

test("a breaker is a line in the ladders of the calls that are on, at the time where they are", () => {
  const press: ConsoleEvent = { kind: "breaker", atMs: 0, name: "slow", on: true };
  expect(onlyCall(after([...demoCall(), press])).rows.at(-1)).toMatchObject({
    label: "breaker on: Slow everything",
    atMs: 8_550,
  });
  expect(onlyCall(after([...demoCall(), ...demoEnd(), press])).rows.at(-1)?.label).toContain("call ended");
});

test("no more calls and rows are kept than may be", () => {
  const began = demoCall().find((event) => event.kind === "call.began");
  if (began === undefined) throw new Error("no call");
  const many = Array.from({ length: callsKept + 10 }, (_, at): ConsoleEvent => {
    return { ...began, callId: `${at}`, call: { ...began.call, id: `${at}` } };
  });
  const model = after(many);
  expect(model.calls).toHaveLength(callsKept);
  expect(model.calls[0]?.summary.id).toBe(`${callsKept + 9}`);

  const alert: ConsoleEvent = { kind: "alert", atMs: 1, callId: "1", errorCode: 1, level: "WARNING", detail: "" };
  const long = after([began, ...Array.from({ length: rowsMax + 5 }, () => alert)]);
  expect(onlyCall(long).rows).toHaveLength(rowsMax);
});

test("a rehearsal's progress is kept by its flow", () => {
  const rehearsal = {
    id: "1",
    flow: "survey",
    dialects: "few",
    state: "running",
    cases: 10,
    failed: 0,
    progress: 0.5,
  } as const;
  const model = after([{ kind: "rehearsal.progress", atMs: 0, rehearsal }]);
  expect(model.rehearsals.get("survey")).toEqual(rehearsal);
});
