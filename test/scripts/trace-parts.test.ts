import { describe, expect, test } from "vitest";
import type { Item } from "../../core/checkpoint-store.ts";
import { limits } from "../../core/limits.ts";
import { toAsked } from "../../scripts/trace/call-events.ts";
import { type Following, follow, followEveryMs, followMaxMs } from "../../scripts/trace/follow.ts";
import { toHeld } from "../../scripts/trace/held.ts";
import { joinTrace, type Trace } from "../../scripts/trace/join.ts";
import type { AskedRequest, LoggedWebhook } from "../../scripts/trace/known.ts";
import { traceText } from "../../scripts/trace/ladder.ts";
import { readLogLines } from "../../scripts/trace/log-lines.ts";
import { worded } from "../../scripts/trace/mask.ts";
import { tracePage } from "../../scripts/trace/page.ts";

const callSid = `CA${"1".repeat(32)}`;
const line = { event: "turn.answered", leg: "primary", build: "b1", atMs: 1_000, elapsedMs: 10, callSid, turn: 1 };
const json = JSON.stringify(line);

describe("log lines of a call are found", () => {
  const cases: readonly (readonly [where: string, text: string])[] = [
    ["as a leg writes them", json],
    [
      "behind a time and a request's id, between lines of others",
      `START x\n2026-01-01Z\treq\tINFO\t${json}\r\nREPORT {"a`,
    ],
    ["behind an object that is not ours", `{"level":"INFO"} {broken ${json}`],
    ["in a string of a document", JSON.stringify({ events: [{ message: `${json}\n` }] }, null, 2)],
    ["in a part of a printed document", JSON.stringify({ events: [{ message: json }] }, null, 2).split("\n")[3] ?? ""],
    ["in a string of a line", JSON.stringify({ message: `INFO ${json}` })],
    ["below a logger's own fields", JSON.stringify({ level: "INFO", message: line })],
    ["among a logger's own fields", JSON.stringify({ level: "INFO", message: "turn.answered", service: "x", ...line })],
    ["in a cell of a CSV", `"2026-01-01 00:00:00","${json.replaceAll('"', '""')}"`],
  ];
  test.each(cases)("%s", (_where, text) => {
    const { lines, ofAnyCall } = readLogLines([text], callSid);
    expect(lines).toEqual([
      { event: "turn.answered", leg: "primary", build: "b1", atMs: 1_000, elapsedMs: 10, turn: 1 },
    ]);
    expect(ofAnyCall).toEqual({ primary: 1, fallback: 0 });
  });

  test("once, though two files have them, and never another call's", () => {
    const other = JSON.stringify({ ...line, callSid: `CA${"2".repeat(32)}` });
    const { lines, ofAnyCall } = readLogLines([`${json}\n${other}`, json], callSid);
    expect(lines).toHaveLength(1);
    expect(ofAnyCall.primary).toBe(3);
  });

  test("with what happened in a request that Twilio had given up", () => {
    const gone = { ...line, event: "request.client-closed", inside: "turn.answered", status: 499 };
    const { lines } = readLogLines([JSON.stringify(gone)], callSid);
    expect(lines).toMatchObject([{ event: "turn.answered", status: 499, closed: true }]);
    expect(traceText(joinTrace({ callSid, sources: [], lines, asked: [], held: undefined }))).toContain(
      "Twilio had stopped waiting (499): nobody heard it",
    );
  });

  test("not in a text that is made to take long", () => {
    const startedMs = performance.now();
    expect(readLogLines(['{"'.repeat(100_000), `${"[".repeat(50_000)}`], callSid).lines).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe("nobody's things get into a trace", () => {
  test("from an item, whatever it holds", () => {
    const secret = "PLANTED+815012345678";
    const item: Item = {
      checkpoint: {
        ...{ flow: secret, step: "090 1234 5678", turn: 2, attempt: 0, resumes: 0, leg: "primary" },
        ...{ data: secret, token: secret, build: `k1.${secret}` },
      },
      effects: new Map([
        [`1:${secret}`, { token: secret, state: "done", result: secret, atMs: 5 }],
        ["1:sms-0901234", { token: secret, state: "claimed", atMs: 5 }],
        [`${limits.turnsMax + 1}:farewell`, { token: secret, state: "claimed", atMs: 5 }],
      ]),
      pins: new Map([[1, { token: secret, answer: secret }]]),
      outcomes: new Map([[1, secret]]),
      verbs: [{ verb: secret, step: secret, turn: 1, attempt: 0, index: 0, leg: "primary", atMs: 4 }],
      ...{ startedAtMs: 1, updatedAtMs: 5, endedAtMs: undefined },
    };
    const held = toHeld(item, 5 + limits.leaseMs + 1);
    const trace = joinTrace({ callSid, sources: [], lines: [], asked: [], held });
    expect(JSON.stringify(trace) + traceText(trace)).not.toMatch(/PLANTED|8150|5678|0901/);
    expect(held.effects.map(({ turn, effect, state }) => [turn, effect, state])).toEqual([
      [1, "…", "done"],
      [1, "…", "in-doubt"],
      [undefined, "farewell", "in-doubt"],
    ]);
    expect(toHeld(item, 6).effects[2]?.state).toBe("claimed");
    expect(held).toMatchObject({ pins: [1], outcomes: [1] });
  });

  test("from a reason", () => {
    const reason =
      "FlowError: https://x.example/a?Digits=1 +81 50-1234-5678 k1.aGVsbG8td29ybGQtaGVsbG8 AC0123456789abcdef door.ts:12:3";
    expect(worded(reason)).toBe("FlowError: … … … … door.ts:12:3");
    expect(worded("ConditionalCheckFailedException at once.ts:155:20")).toBe(
      "ConditionalCheckFailedException at once.ts:155:20",
    );
  });

  test("from one of Twilio's events: kinds, codes and verbs are all that is told", () => {
    const told = toAsked(
      {
        request: {
          url: "https://api.example.com/prod/voice/survey/k1.aGVsbG8td29ybGQtaGVsbG8",
          method: "POST",
          parameters: {
            Digits: "8642",
            speech_result: "PLANTED",
            from: "+8150",
            error_code: "+81501",
            call_status: "PLANTED",
          },
        },
        response: {
          response_code: 200,
          request_duration: 12,
          date_created: "Tue, 11 Aug 2020 17:44:08 +0000",
          response_body: "<Response><Planted/><Say>PLANTED</Say><Play>https://x</Play></Response>",
        },
      },
      { PRIMARY_BASE_URL: "https://api.example.com/prod", FALLBACK_BASE_URL: "https://f.example.com" },
    );
    expect(told).toEqual({
      ...{ leg: "primary", url: "action", atMs: 1_597_167_848_000, elapsedMs: 12, status: 200 },
      ...{ brought: ["digits", "speech"], verbs: ["Say", "Play"] },
    });
  });
});

describe("why a call failed over is told", () => {
  const failed = { ...at("primary", "turn.failed", 1_000), status: 503, reason: "deadline" };
  const answered = { ...at("primary", "turn.answered", 1_000), status: 200, turn: 1, attempt: 0 };
  const resumed = { ...at("fallback", "turn.resumed", 1_100), status: 200, errorCode: "11200" };
  const lost: AskedRequest = { leg: "primary", url: "voice", atMs: 1_000, brought: [], verbs: [] };
  const refused: AskedRequest = { ...lost, status: 502 };
  const cases: readonly (readonly [string, readonly LoggedWebhook[], readonly AskedRequest[], string])[] = [
    ["the primary's own error", [failed, resumed], [], "the primary answered 503 (deadline)"],
    [
      "an answer without the code",
      [at("primary", "turn.answered", -60_000), resumed],
      [refused],
      "the primary answered 502, its code has no log line of it",
    ],
    [
      "an answer that was lost",
      [answered, resumed],
      [lost],
      "the primary answered after 10 ms, and Twilio did not get it",
    ],
    [
      "a replay",
      [answered, { ...resumed, event: "turn.replayed" }],
      [],
      "its answer was committed, and did not get to Twilio",
    ],
    [
      "no line",
      [at("primary", "turn.answered", -60_000), resumed],
      [],
      "no log line of the failed request: it did not reach the code, or the code was ended before it could write",
    ],
    ["no log", [resumed], [], "the primary's log is not at hand"],
  ];
  test.each(cases)("%s", (_what, lines, asked, why) => {
    const had = lines.some(({ leg }) => leg === "primary");
    const sources = [{ name: "primary log", had, what: "" } as const];
    expect(joinTrace({ callSid, sources, lines, asked, held: undefined }).failovers).toMatchObject([
      { errorCode: "11200", why },
    ]);
  });

  function at(leg: "primary" | "fallback", event: string, atMs: number): LoggedWebhook {
    return { leg, event, atMs, elapsedMs: 10 };
  }
});

test("a line is about the request that was answered, not about one before it that was lost", () => {
  const request = { leg: "primary", url: "action", brought: [], verbs: [] } as const;
  const asked: AskedRequest[] = [
    { ...request, atMs: 1_000 },
    { ...request, atMs: 2_000, status: 200 },
  ];
  const lines = [{ leg: "primary", event: "turn.replayed", atMs: 2_100, elapsedMs: 10, status: 200 } as const];
  const sources = [{ name: "primary log", had: true, what: "" } as const];
  const { moments } = joinTrace({ callSid, sources, lines, asked, held: undefined });
  expect(moments).toMatchObject([{ silent: true }, { logged: lines[0], asked: asked[1] }]);
});

test("an effect is of the leg that was at work then, though the other one is asked a moment later", () => {
  const lines: LoggedWebhook[] = [
    { leg: "fallback", event: "turn.answered", atMs: 1_408, elapsedMs: 68, turn: 4, attempt: 0, step: "thanks" },
    { leg: "primary", event: "status.stored", atMs: 1_449, elapsedMs: 24 },
    { leg: "fallback", event: "turn.resumed", atMs: 2_100, elapsedMs: 50, errorCode: "11200" },
  ];
  const effects = [{ turn: 3, effect: "book", state: "done", atMs: 1_396 } as const];
  const held = { documents: [], effects, pins: [], outcomes: [] };
  const trace = joinTrace({ callSid, sources: [], lines, asked: [], held });
  expect(trace.moments.find(({ kind }) => kind === "effect")).toMatchObject({ leg: "fallback" });
  const [asked, effect, answered] = traceText(trace).split("\n").slice(3);
  expect(asked).toMatch(/─ webhook ─+▶│/);
  expect(effect).toMatch(/^ +56 .*│─ book: done ─+▶│$/);
  expect(answered).toMatch(/◀ answered 4\.0 thanks 68 ms ┄/);
  expect(traceText(trace)).toMatch(/─ fallback URL ─+▶│/);
});

test("the page runs nothing that came in with a log", () => {
  const text = JSON.stringify({ ...line, reason: "<script>alert(1)</script>" });
  const { lines } = readLogLines([text], callSid);
  const page = tracePage(joinTrace({ callSid, sources: [], lines, asked: [], held: undefined }));
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toContain("<script");
});

describe("a call that goes on is followed", () => {
  function world(endsAtMs: number) {
    let nowMs = 0;
    const told: number[] = [];
    const asked: boolean[] = [];
    const following: Following = {
      gather: async (withEvents) => {
        asked.push(withEvents);
        const lines = [0, 3_000]
          .filter((atMs) => atMs <= nowMs)
          .map((atMs) => ({ leg: "primary", event: "turn.answered", atMs, elapsedMs: 0 }) as const);
        const ended = nowMs < endsAtMs ? {} : { endedAtMs: endsAtMs };
        const held = { documents: [], effects: [], pins: [], outcomes: [], ...ended };
        return joinTrace({ callSid, sources: [], lines, asked: [], held });
      },
      news: ({ moments }: Trace) => told.push(moments.length),
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    };
    return { following, told, asked, elapsedMs: () => nowMs };
  }

  test("until it has ended; Twilio is asked then, and each news told once", async () => {
    const { following, told, asked, elapsedMs } = world(9_000);
    const trace = await follow(following);
    expect(trace.end.known).toBe(true);
    expect(told).toEqual([1, 2, 3]);
    expect(asked).toEqual([false, false, false, false, false, false, true]);
    expect(elapsedMs()).toBe(10_000);
  });

  test("for a bounded time", async () => {
    const { following, elapsedMs } = world(Number.POSITIVE_INFINITY);
    expect((await follow(following)).end.known).toBe(false);
    expect(elapsedMs()).toBeLessThanOrEqual(followMaxMs);
    expect(elapsedMs()).toBeGreaterThan(followMaxMs - 2 * followEveryMs);
  });
});
