import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../scripts/triage/result.ts";
import {
  access,
  actionUrl,
  alerts,
  answered,
  callSid,
  failsAtMs,
  fallback,
  host,
  idOf,
  invoked,
  judged,
  noAnswer,
  primary,
  seal,
  type Texts,
  triaged,
} from "./night.ts";

interface Case {
  readonly what: string;
  readonly texts: Texts;
  readonly verdict: Verdict;
  /** with one source taken away; where it is not named, the verdict stays */
  readonly without?: Partial<Record<"alerts" | "access" | "primary" | "fallback", Verdict>>;
}

const resumed = fallback({});
const failed = { status: "503", functionStatus: "503" };
const noFunction = { functionStatus: "-", functionRequestId: "-" };
const late = { waitedMs: 4_600, elapsedMs: 60, atMs: failsAtMs + 260, event: "request.client-closed", status: 499 };
const mediaUrl = `${host}/media/${seal}/choose-day.mp3`;

const cases: readonly Case[] = [
  {
    what: "the connection was refused, and the edge has nothing of it",
    texts: { ...alerts(noAnswer("11202 TCP connection refused")), ...access(), ...primary(), ...resumed },
    verdict: "never-reached",
    without: { access: "unknown" },
  },
  {
    what: "the function's concurrency was spent",
    texts: {
      ...alerts(answered(503)),
      ...access({ ...noFunction, status: "503", integrationStatus: "429", integrationError: "Rate Exceeded." }),
      ...{ ...primary(), ...resumed },
    },
    verdict: "edge-only",
    without: { access: "unknown" },
  },
  {
    what: "the API may not invoke the function",
    texts: {
      ...alerts(answered(500)),
      ...access({
        ...noFunction,
        status: "500",
        integrationStatus: "403",
        integrationError: "does not have permissions",
      }),
      ...{ ...primary(), ...resumed },
    },
    verdict: "edge-only",
    without: { access: "unknown" },
  },
  {
    what: "the signature was refused",
    texts: {
      ...alerts(answered(403)),
      ...access({ status: "403", functionStatus: "403" }),
      ...primary(...invoked({ event: "request.rejected", status: 403, reason: "signature", callSid: undefined })),
      ...resumed,
    },
    verdict: "refused-signature",
  },
  {
    what: "the API's rate was used up",
    texts: {
      ...alerts(answered(429)),
      ...access({ ...noFunction, status: "429", integrationStatus: "-" }),
      ...primary(),
      ...resumed,
    },
    verdict: "refused-throttle",
  },
  {
    what: "the process ended in the middle of the request",
    texts: {
      ...alerts(answered(500)),
      ...access({
        status: "500",
        functionStatus: "-",
        integrationError: "The Lambda function returned the following error",
      }),
      ...primary(...invoked(undefined, "\tStatus: error\tError Type: Runtime.ExitError")),
      ...resumed,
    },
    verdict: "failed-before-handler",
    without: { access: "unknown", primary: "unknown" },
  },
  {
    what: "the function could not start",
    texts: {
      ...alerts(answered(500)),
      ...access({
        status: "500",
        functionStatus: "-",
        integrationError: "The Lambda function returned the following error",
      }),
      ...primary(
        "INIT_REPORT Init Duration: 80.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError",
        ...invoked(undefined, "\tStatus: error\tError Type: Runtime.ImportModuleError"),
      ),
      ...resumed,
    },
    verdict: "failed-before-handler",
    without: { access: "unknown", primary: "unknown" },
  },
  {
    what: "our code gave up before Lambda's cut",
    texts: {
      ...alerts(answered(503)),
      ...access(failed),
      ...primary(...invoked({ event: "turn.failed", status: 503, reason: "deadline" })),
      ...resumed,
    },
    verdict: "failed-in-handler",
  },
  {
    what: "Lambda's timeout cut off a handler that stood still",
    texts: {
      ...alerts(answered(500)),
      ...access({ status: "500", functionStatus: "-", integrationError: "error" }),
      ...primary(...invoked(undefined, "\tStatus: timeout")),
      ...resumed,
    },
    verdict: "failed-in-handler",
    without: { access: "unknown", primary: "unknown" },
  },
  {
    what: "the function started later than the edge waits",
    texts: {
      ...alerts(answered(503)),
      ...access({
        ...{ ...noFunction, status: "503", integrationError: "Endpoint request timed out", responseLatencyMs: "4400" },
        timeEpoch: String(failsAtMs - 4_400),
      }),
      ...primary(...invoked({ ...late, inside: "turn.answered" })),
      ...resumed,
    },
    verdict: "answered-late",
    without: { primary: "unknown" },
  },
  {
    what: "the answer was committed and lost",
    texts: {
      ...alerts(noAnswer("11205 HTTP connection failure")),
      ...access({}),
      ...primary(...invoked({})),
      ...fallback({ event: "turn.replayed", turn: 2, attempt: 0 }),
    },
    verdict: "lost-after-commit",
  },
  {
    what: "Twilio could not parse what it got",
    texts: {
      ...alerts(answered(200, { errorCode: "12100" })),
      ...access({}),
      ...primary(...invoked({})),
      ...fallback({ event: "turn.replayed", turn: 2, attempt: 0, errorCode: "12100" }),
    },
    verdict: "bad-twiml",
  },
  {
    what: "a prompt was not there",
    texts: {
      ...alerts({ status: 404, url: mediaUrl }),
      ...access(),
      ...primary(),
      ...fallback({ rung: 1, attempt: 0 }),
    },
    verdict: "media-host",
  },
  {
    what: "the host did not resolve",
    texts: { ...alerts(noAnswer("11210 HTTP bad host name")), ...access(), ...primary(), ...resumed },
    verdict: "dns-tls",
    // that nothing arrived is all that our side can know
    without: { alerts: "never-reached" },
  },
  {
    what: "the certificate had expired",
    texts: { ...alerts({ errorCode: "11236" }), ...access(), ...primary(), ...fallback({ errorCode: "11236" }) },
    verdict: "dns-tls",
  },
];

describe.each(cases)("a caller's request, when $what", ({ texts, verdict, without = {} }) => {
  test(`is judged ${verdict}, and the caller saved`, async () => {
    expect(await judged(texts)).toMatchObject({ verdict, saved: "saved", callSid, missing: [] });
  });
  test.each(["alerts", "access", "primary", "fallback"] as const)(
    "without the source %s nothing wrong is said",
    async (source) => {
      const { verdict: said, missing, saved } = await judged(texts, source);
      expect(said).toBe(without[source] ?? verdict);
      if (said === "unknown") expect(missing.length).toBeGreaterThan(0);
      expect(saved).toBe(source === "fallback" ? "not-known" : "saved");
    },
  );
});

test("of alerts alone nothing is said but what they lack", async () => {
  const { verdict, saved, missing } = await judged(alerts({}));
  expect({ verdict, saved }).toEqual({ verdict: "unknown", saved: "not-known" });
  expect(missing).toEqual(["access log", "primary log", "fallback log"]);
});

test("a 502 of Twilio is no proof of a fault on either side: the evidence says whose making it was", async () => {
  const synthetic = await judged({
    ...alerts(noAnswer("11203 HTTP communication total time out triggered")),
    ...access(),
  });
  expect(synthetic.evidence.join("\n")).toContain("a 502 of Twilio's own making: X-Twilio-WebhookError 11203");
  const bare = await judged({ ...alerts({}), ...access() });
  expect(bare.evidence.join("\n")).toContain("of something in front of it, or of Twilio's own making");
});

test("an answer that the caller heard is not the one that was lost: the next request never came", async () => {
  // the first answer, nine seconds before, was heard; the fallback asks that question again
  const texts = { ...alerts(noAnswer("11205 HTTP connection failure")), ...access(), ...primary(), ...resumed };
  expect(await judged(texts)).toMatchObject({ verdict: "never-reached" });
  // and with nothing of the fallback, by the time
  expect(await judged(texts, "fallback")).toMatchObject({ verdict: "never-reached" });
});

test("requests of other calls that failed in the same second are not taken for this one", async () => {
  const other = { callSid: `CA${"d".repeat(32)}`, event: "turn.failed", status: 503, reason: "deadline" };
  const texts = {
    ...alerts(noAnswer("11202 TCP connection refused")),
    ...access(failed),
    ...primary(...invoked(other)),
    ...resumed,
  };
  const { requests } = await triaged(texts);
  const said = requests.map(({ callSid: sid, verdict }) => [sid, verdict]);
  expect(said.toSorted()).toEqual([
    [callSid, "never-reached"],
    [other.callSid, "failed-in-handler"],
  ]);
});

test("where only the time joins two lines, the evidence says so", async () => {
  const texts = { ...access({ ...noFunction, status: "500", integrationStatus: "403" }), ...primary(), ...resumed };
  const { verdict, evidence } = await judged(texts);
  expect(verdict).toBe("edge-only");
  expect(evidence.join("\n")).toContain("(found by time alone)");
});

describe("the caller", () => {
  const refused = { ...alerts(noAnswer("11202 TCP connection refused")), ...access(), ...primary() };
  test("is lost who heard the last resort", async () => {
    const texts = { ...refused, ...fallback({ event: "turn.last-resort" }) };
    expect(await judged(texts)).toMatchObject({ saved: "lost" });
  });
  test("is lost when the fallback was not asked", async () => {
    expect(await judged({ ...refused, "fallback.log": "" })).toMatchObject({ saved: "lost" });
  });
  test("is lost when the fallback failed, too, and both failures are told", async () => {
    const url = "https://stayline-1234.twil.io/voice-fallback?flow=appointment";
    const second = { url, status: 429, atMs: failsAtMs + 1_000 };
    const told = {
      "alerts.json": JSON.stringify({
        alerts: JSON.parse(alerts(noAnswer("11202"), second)["alerts.json"]).alerts.map((one: object, at: number) => ({
          ...one,
          sid: `NO${String(at).repeat(32)}`,
        })),
      }),
    };
    const { requests } = await triaged({ ...refused, ...told, "fallback.log": "" });
    expect(requests.map(({ verdict, saved }) => [verdict, saved])).toEqual([
      ["never-reached", "lost"],
      ["refused-throttle", "lost"],
    ]);
  });
  test("is saved whose next turn came, whatever the fallback's log has", async () => {
    const next = { requestId: idOf(3), turn: 2, atMs: failsAtMs + 6_000, event: "turn.answered", elapsedMs: 10 };
    const nextAccess = {
      functionRequestId: idOf(3),
      requestId: "EDGE-REQUEST-3=",
      timeEpoch: String(failsAtMs + 5_989),
    };
    const texts = { ...refused, ...access(nextAccess), ...primary(...invoked(next)) };
    expect(await judged(texts)).toMatchObject({ verdict: "never-reached", saved: "saved" });
  });
  test("of a status callback loses nothing", async () => {
    const url = actionUrl.replace("/voice/", "/status/");
    const texts = {
      ...alerts({ ...noAnswer("11202"), url, errorCode: "15003", level: "warning" }),
      ...access(),
      ...primary(),
    };
    expect(await judged({ ...texts, "fallback.log": "" })).toMatchObject({ verdict: "never-reached", saved: "saved" });
  });
});
