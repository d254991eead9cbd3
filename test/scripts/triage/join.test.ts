import { describe, expect, test } from "vitest";
import {
  access,
  actionUrl,
  alert,
  alerts,
  callSid,
  failedId,
  failover,
  failsAtMs,
  fallback,
  invoked,
  judged,
  noAnswer,
  primary,
  triaged,
} from "./night.ts";

const broken = alerts(noAnswer("11205 HTTP connection failure"));
/** The second turn, handled well, so long before the failure. */
const answeredBefore = (ms: number) => ({
  ...primary(...invoked({ atMs: failsAtMs - ms, elapsedMs: 10 })),
  ...access({ timeEpoch: String(failsAtMs - ms - 11) }),
});

describe("an answer that was given before a failure", () => {
  test("was heard, if the fallback asks that very question again: what failed is the request after it", async () => {
    const asksAgain = fallback({ turn: 2, attempt: 1 });
    expect(await judged({ ...broken, ...answeredBefore(4_600), ...asksAgain })).toMatchObject({
      verdict: "never-reached",
    });
  });
  test("was lost, if the fallback gives it again", async () => {
    const again = fallback({ event: "turn.replayed", turn: 2, attempt: 0 });
    expect(await judged({ ...broken, ...answeredBefore(3_000), ...again })).toMatchObject({
      verdict: "lost-after-commit",
    });
  });
  test("was lost, if the fallback asks the question before it: the table did not have it", async () => {
    const before = fallback({ turn: 1, attempt: 1 });
    const texts = {
      ...broken,
      ...access(),
      ...primary(...invoked({ saved: false, atMs: failsAtMs - 3_000 })),
      ...before,
    };
    const { verdict, evidence } = await judged(texts);
    expect(verdict).toBe("lost-after-commit");
    expect(evidence[0]).toContain("without a commit");
  });
  test("was lost, if nothing is known of the fallback and Twilio noticed after the whole time it waits", async () => {
    expect(await judged({ ...broken, ...answeredBefore(4_700) })).toMatchObject({ verdict: "lost-after-commit" });
    expect(await judged({ ...broken, ...answeredBefore(2_500) })).toMatchObject({ verdict: "never-reached" });
  });
});

test("the failure of another call that ended in the same second is not this one's, even with the same status", async () => {
  const other = { callSid: `CA${"d".repeat(32)}`, event: "turn.failed", status: 503, reason: "deadline" };
  const texts = {
    ...{ ...alerts({ status: 503 }), ...access({ status: "503", functionStatus: "503" }) },
    ...{ ...primary(...invoked(other)), ...fallback({}) },
  };
  const { requests } = await triaged(texts);
  expect(requests.find((one) => one.callSid === callSid)).toMatchObject({ verdict: "never-reached" });
});

describe("alerts that are dated late", () => {
  const sids = (texts: ReturnType<typeof alert>[]) =>
    texts.map((one, at) => ({ ...one, sid: `NO${String(at).repeat(32)}` }));
  const file = (...told: ReturnType<typeof alert>[]) => ({ "alerts.json": JSON.stringify(sids(told)) });
  const refused = noAnswer("11202 TCP connection refused");

  test("tell of the same failure as the fallback's line, once", async () => {
    const texts = {
      ...file(alert({ ...refused, atMs: failsAtMs + 9_000 })),
      ...access(),
      ...primary(),
      ...fallback({}),
    };
    const { requests } = await triaged(texts);
    expect(requests).toMatchObject([{ verdict: "never-reached", errorCode: "11200", saved: "saved" }]);
  });

  test("tell of two failures of one call in their order, each with its own cause", async () => {
    const second = { atMs: failsAtMs + 8_000, turn: 2, attempt: 1 };
    const texts = {
      ...file(
        alert({ ...refused, atMs: failsAtMs + 7_000 }),
        alert({ ...noAnswer("11210 x"), atMs: failsAtMs + 12_000 }),
      ),
      ...{ ...access(), ...primary(), ...fallback({}, second) },
    };
    const { requests } = await triaged(texts);
    expect(requests.map(({ verdict, at }) => [verdict, Date.parse(at) - failsAtMs])).toEqual([
      ["never-reached", failover.atMs - failover.elapsedMs - failsAtMs],
      ["dns-tls", second.atMs - failover.elapsedMs - failsAtMs],
    ]);
  });
});

describe("the same failure", () => {
  const one = alert(noAnswer("11210 HTTP bad host name"));
  const payload = {
    resource_sid: callSid,
    error_code: "11200",
    more_info: { url: actionUrl },
    webhook: { request: { url: actionUrl } },
  };
  const debugged = { Sid: "", Level: "ERROR", Timestamp: new Date(failsAtMs + 700).toISOString(), Payload: payload };

  test("that stands in two exports is told once, with what both know", async () => {
    const { requests } = await triaged({
      "alerts.json": JSON.stringify([one]),
      "debugger.jsonl": JSON.stringify(debugged),
    });
    expect(requests).toMatchObject([{ verdict: "dns-tls", at: new Date(failsAtMs + 700).toISOString() }]);
  });
  test("is not another one of the same call and code in the same second", async () => {
    const other = { ...one, sid: `NO${"9".repeat(32)}` };
    expect((await triaged({ "alerts.json": JSON.stringify([one, other]) })).requests).toHaveLength(2);
    expect((await triaged({ "alerts.json": JSON.stringify([one, one]) })).requests).toHaveLength(1);
  });
  test("that the fallback was told of twice, because its first answer was not heard, is one", async () => {
    const texts = fallback(
      { event: "request.client-closed", inside: "turn.resumed" },
      { event: "turn.replayed", atMs: failsAtMs + 6_000 },
    );
    const { requests } = await triaged({ ...texts, ...access(), ...primary() });
    expect(requests).toMatchObject([{ verdict: "never-reached", saved: "saved" }]);
  });
});

test("a log that ends long before a failure tells nothing of it", async () => {
  const later = failsAtMs + 3_600_000;
  const texts = { ...alerts({ ...noAnswer("11202 x"), atMs: later }), ...access(), ...primary(), "fallback.log": "" };
  const { verdict, missing } = await judged(texts);
  expect(verdict).toBe("unknown");
  expect(missing).toEqual(["access log", "primary log"]);
});

test("the hours, peaks and URLs count every failure once", async () => {
  const minutes = [0, 0, 1, 2, 30, 90];
  const told = minutes.map((minute, at) => ({
    ...alert({ ...noAnswer("11202 x"), atMs: failsAtMs + minute * 60_000 }),
    sid: `NO${String(at).repeat(32)}`,
  }));
  const { byHour, peaks, byUrl, byEdge, counts } = await triaged({ "alerts.json": JSON.stringify(told) });
  expect(byHour).toEqual({ "03": 5, "04": 1 });
  expect(peaks.map(({ failed }) => failed)).toEqual([4, 1, 1]);
  expect(peaks[0]?.from).toBe(new Date(failsAtMs).toISOString());
  expect(byUrl).toEqual({ "https://line.example.com/voice/{flow}/{sealed}": 6 });
  expect(byEdge).toEqual({ "not known": 6 });
  expect(counts).toEqual({ unknown: 6 });
});

test("a refused signature that nobody at Twilio knows of may be a stranger's, and it says so", async () => {
  const rejected = invoked({ event: "request.rejected", status: 403, reason: "signature", callSid: undefined });
  const { requests } = await triaged({ ...access({ status: "403", functionStatus: "403" }), ...primary(...rejected) });
  expect(requests).toMatchObject([{ verdict: "refused-signature", missing: ["alerts"], saved: "not-known" }]);
  expect(requests[0]?.evidence[0]).toContain("whether it was Twilio's request, only its alerts tell");
  const withAlerts = await triaged({
    ...alerts(),
    ...access({ status: "403", functionStatus: "403" }),
    ...primary(...rejected),
  });
  expect(withAlerts.requests).toEqual([]);
});

test("an access log that lacks requests which the function had just then does not prove that one never came", async () => {
  const beganLater = {
    "access.jsonl":
      access({ timeEpoch: String(failsAtMs + 600_000), requestId: "LATER-REQUEST=" })["access.jsonl"].split("\n")[1] ??
      "",
  };
  const texts = { ...alerts(noAnswer("11202 x")), ...primary(), ...fallback({}) };
  expect(await judged({ ...texts, ...beganLater })).toMatchObject({ verdict: "unknown", missing: ["access log"] });
  expect(await judged({ ...texts, ...access() })).toMatchObject({ verdict: "never-reached" });
});

test("a browser that is shown the sorry page with a 503 is no failed request, whether Twilio's alerts are at hand or not", async () => {
  const page = { event: "request.rejected", status: 503, reason: "sorry page", callSid: undefined, turn: undefined };
  const texts = { ...access({ status: "503", functionStatus: "503" }), ...primary(...invoked(page)) };
  expect((await triaged(texts)).requests).toEqual([]);
  expect((await triaged({ ...texts, ...alerts() })).requests).toEqual([]);
});

test("a failure at a URL that is none of ours is not laid at our door, though something of ours failed in the same second", async () => {
  const url = "https://elsewhere.example.org/menu.php";
  const failed = invoked({ event: "turn.failed", status: 503, reason: "deadline", callSid: `CA${"d".repeat(32)}` });
  const texts = {
    ...alerts({ url, status: 503 }),
    ...access({ status: "503", functionStatus: "503" }),
    ...primary(...failed),
  };
  const { requests } = await triaged({ ...texts, ...fallback({}) });
  expect(requests.find((one) => one.callSid === callSid)).toMatchObject({
    ...{ verdict: "unknown", missing: ["the log of that host"], saved: "saved" },
    url: "https://elsewhere.example.org/{other}",
  });
});

describe("an invocation that died, of which Lambda's lines are all there is", () => {
  const at = (ms: number) => new Date(failsAtMs + ms).toISOString();
  const line = (ms: number, type: string, record: object) =>
    JSON.stringify({ time: at(ms), type: `platform.${type}`, record });
  const dying = (ms: number) =>
    primary(
      line(ms, "start", { requestId: failedId }),
      line(ms + 300, "report", {
        requestId: failedId,
        status: "error",
        errorType: "Runtime.ExitError",
        metrics: { durationMs: 300 },
      }),
    );
  test("is told by itself", async () => {
    expect(await judged(dying(0))).toMatchObject({ verdict: "failed-before-handler", at: at(300), saved: "not-known" });
  });
  test("is the cause of the failure that ended with it, and the evidence says that only the time tells so", async () => {
    const { verdict, evidence } = await judged({ ...alerts({ status: 500 }), ...dying(0), ...fallback({}) });
    expect(verdict).toBe("failed-before-handler");
    expect(evidence.join("\n")).toContain("Lambda: began, its process ended after 300 ms (found by time alone)");
  });
  test("is not the cause of what failed at another time", async () => {
    const { counts } = await triaged({ ...alerts({ status: 500 }), ...dying(20_000), ...fallback({}) });
    expect(counts).toEqual({ unknown: 1, "failed-before-handler": 1 });
  });
});

describe("with the table in place of the fallback's log", () => {
  /** The fallback's next document. */
  const held = (turn: number, attempt: number, atMs: number) => {
    const where = { flow: { S: "appointment" }, step: { S: "confirm" }, leg: { S: "fallback" }, build: { S: "b1" } };
    const position = { turn: { N: String(turn) }, attempt: { N: String(attempt) }, resumes: { N: "1" } };
    const trail = { S: [turn, attempt, "fallback", atMs, "confirm", 0, "gather"].join("|") };
    const item = {
      callSid: { S: callSid },
      ...where,
      ...position,
      data: { S: "x" },
      token: { S: "t" },
      "v#1.0": trail,
    };
    return { "table.json": JSON.stringify({ Items: [item] }) };
  };
  test("an answer was lost, if nothing was written until the caller's next one: it was given again", async () => {
    const texts = { ...broken, ...answeredBefore(3_000), ...held(3, 0, failsAtMs + 5_000) };
    expect(await judged(texts)).toMatchObject({ verdict: "lost-after-commit", saved: "saved" });
  });
  test("an answer was heard, if its question is asked again", async () => {
    const texts = { ...broken, ...answeredBefore(4_700), ...held(2, 1, failsAtMs + 200) };
    expect(await judged(texts)).toMatchObject({ verdict: "never-reached", saved: "saved" });
  });
});
