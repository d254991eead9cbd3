import { describe, expect, test } from "vitest";
import { readCsv } from "../../../scripts/triage/csv.ts";
import { readAccess } from "../../../scripts/triage/read-access.ts";
import { readAlerts } from "../../../scripts/triage/read-alerts.ts";
import { readDebugger } from "../../../scripts/triage/read-debugger.ts";
import { readLogs } from "../../../scripts/triage/read-logs.ts";
import { readTable } from "../../../scripts/triage/read-table.ts";
import { placeOf } from "../../../scripts/triage/url.ts";
import {
  access,
  actionUrl,
  alert,
  callSid,
  failedId,
  failsAtMs,
  host,
  idOf,
  invoked,
  noAnswer,
  primary,
  seal,
} from "./night.ts";

const one = alert(noAnswer("11203 HTTP communication total time out triggered"));

describe("Twilio's alerts", () => {
  test("are the same from the Monitor API's page, from a list, from lines, and under other spellings of the names", () => {
    const camel = Object.fromEntries(
      Object.entries(one).map(([name, value]) => [
        name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    );
    const expected = readAlerts(JSON.stringify({ alerts: [one], meta: {} })).alerts;
    expect(expected).toMatchObject([
      { callSid, errorCode: "11200", synthetic: true, atMs: failsAtMs, cause: { kind: "timeout" } },
    ]);
    for (const text of [
      JSON.stringify([one]),
      JSON.stringify(one),
      `${JSON.stringify(one)}\n`,
      JSON.stringify([camel]),
    ]) {
      expect(readAlerts(text).alerts).toEqual(expected);
    }
  });

  test("are read from CSV whatever the order of columns, with quotes, commas and line ends inside of cells", () => {
    const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const text = `Alert Text,URL,Error Code,resource_sid,Timestamp,note\r\n${[
      cell(one.alert_text),
      cell(actionUrl),
      "11200",
      callSid,
      "2026-03-03T03:00:00Z",
      cell('a "quoted", \n note'),
    ].join(",")}\r\n`;
    expect(readAlerts(text).alerts).toMatchObject([
      { callSid, errorCode: "11200", atMs: failsAtMs, place: { kind: "turn", leg: "primary" }, status: 502 },
    ]);
  });

  test("about something else are counted, not taken", () => {
    expect(readAlerts(JSON.stringify([{ ...one, error_code: "30003" }, one]))).toMatchObject({
      others: 1,
      alerts: [{}],
    });
  });

  test("have headers as a form, as lines, as JSON or as an object", () => {
    const headers = { "X-Twilio-WebhookError": "11210 HTTP bad host name" };
    const forms = [headers, JSON.stringify(headers), "X-Twilio-WebhookError: 11210 HTTP bad host name\nDate: today"];
    for (const response_headers of [...forms, new URLSearchParams(headers).toString()]) {
      expect(readAlerts(JSON.stringify([{ ...one, response_headers }])).alerts[0]?.cause?.kind).toBe("dns");
    }
  });
});

test("the debugger's payloads are read as lines of JSON and as the forms that came in, with text or an object inside", () => {
  const payload = {
    ...{ resource_sid: callSid, error_code: "11200", more_info: { Msg: "Bad Gateway", url: actionUrl } },
    webhook: {
      request: { url: actionUrl },
      response: { status_code: null, headers: { "X-Twilio-WebhookError": "11220 x" } },
    },
  };
  const told = { Sid: `NO${"2".repeat(32)}`, Level: "ERROR", Timestamp: new Date(failsAtMs).toISOString() };
  const texts = [
    JSON.stringify({ ...told, Payload: JSON.stringify(payload) }),
    JSON.stringify({ ...told, Payload: payload }),
    new URLSearchParams({ ...told, Payload: JSON.stringify(payload) }).toString(),
  ];
  for (const text of [...texts, `[${texts[0]}]`]) {
    expect(readDebugger(text).alerts).toMatchObject([
      { callSid, synthetic: true, cause: { kind: "tls" }, atMs: failsAtMs },
    ]);
  }
});

test("the access log is read as its lines and out of an export of CloudWatch", () => {
  const lines = access({ status: "503" })["access.jsonl"].trim().split("\n");
  const exported = JSON.stringify({ events: lines.map((message) => ({ timestamp: 1, message })) }, null, 2);
  expect(readAccess(lines.join("\n"))).toHaveLength(2);
  expect(readAccess(exported)).toEqual(readAccess(lines.join("\n")));
  expect(readAccess(lines.join("\n"))[1]).toMatchObject({ status: 503, route: "turn", functionRequestId: failedId });
});

describe("Lambda's own lines", () => {
  const text = (...lines: string[]) => readLogs([lines.join("\n")]).invocations;
  test.each([
    ["\tStatus: timeout", "timeout"],
    ["\tStatus: error\tError Type: Runtime.ExitError", "exit"],
    ["\tStatus: error\tError Type: Runtime.OutOfMemory", "memory"],
    ["\tStatus: error\tError Type: Runtime.ImportModuleError", "init"],
    ["", undefined],
  ])("of a report that ends with %j tell %s", (ends, fate) => {
    expect(text(...invoked(undefined, ends)).get(failedId)).toMatchObject({
      started: true,
      ended: true,
      durationMs: 15,
      ...(fate && { fate }),
    });
    expect(text(...invoked(undefined, ends)).get(failedId)?.fate).toBe(fate);
  });

  test("tell the memory that was spent, where the runtime was killed for it", () => {
    const killed = invoked(undefined, "\tStatus: error")
      .join("\n")
      .replace("Max Memory Used: 118 MB", "Max Memory Used: 512 MB");
    expect(text(killed).get(failedId)?.fate).toBe("memory");
  });

  test("are the same in the JSON form", () => {
    const line = (type: string, record: object) =>
      JSON.stringify({ time: "2026-03-03T03:00:00.000Z", type: `platform.${type}`, record });
    const json = [
      line("initReport", { phase: "init", status: "error", errorType: "Runtime.Unknown" }),
      line("start", { requestId: failedId }),
      line("report", { requestId: failedId, status: "error", metrics: { durationMs: 3.2 } }),
      line("start", { requestId: idOf(7) }),
      line("report", { requestId: idOf(7), status: "timeout", metrics: { durationMs: 4000 } }),
    ];
    expect(text(...json).get(failedId)).toMatchObject({ started: true, fate: "init", durationMs: 3, atMs: failsAtMs });
    expect(text(...json).get(idOf(7))?.fate).toBe("timeout");
  });

  test("are found behind a time, in a CSV's cells and in an export's strings, with our lines between them", () => {
    const lines = primary(...invoked({ event: "turn.failed", reason: "deadline" }))["primary.log"].split("\n");
    const plain = readLogs([lines.join("\n")]);
    expect(plain.lines).toHaveLength(2);
    const behindTime = lines.map((line) => `2026-03-03T03:00:00.000Z\t${line}`).join("\n");
    const csv = lines.map((line) => `1772506800000,"${line.replaceAll('"', '""')}"`).join("\n");
    const exported = JSON.stringify({ events: lines.map((message) => ({ timestamp: failsAtMs, message })) }, null, 2);
    for (const one of [behindTime, csv, exported]) {
      const read = readLogs([one]);
      expect(read.lines).toEqual(plain.lines);
      expect([...read.invocations.keys()]).toEqual([...plain.invocations.keys()]);
    }
  });
});

describe("input that nobody would send in good faith", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const hostile = [
    ...[
      "",
      "\ufeff",
      "{",
      "[",
      "null",
      "[null,1,{}]",
      '"',
      'a,b\n"',
      "\u0000\u0001",
      '{"alerts":{}}',
      "START RequestId: x",
      deep,
    ],
    ...[`{"event":"turn.failed","leg":"primary","atMs":1e999}`, `{"timeEpoch":"-","requestId":"-","status":"-"}`],
    ...[`{"__proto__":{"polluted":1}}`, "Payload=%7B", `${"x".repeat(300_000)}{"`, '{"Items":[{"callSid":{"S":5}},7]}'],
    JSON.stringify([{ ...one, error_code: { toString: 1 }, date_created: [], date_generated: {}, request_url: 7 }]),
  ];
  test.each(hostile.map((text) => [text.slice(0, 40), text]))("%j is read as nothing", (_, text) => {
    expect(readAlerts(text).alerts).toEqual([]);
    expect(readDebugger(text).alerts).toEqual([]);
    expect(readAccess(text)).toEqual([]);
    expect(readLogs([text]).lines).toEqual([]);
    expect(readTable(text, 0).size).toBe(0);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a CSV without an end of its quote, and rows without end, end all the same", () => {
    expect(readCsv('a,"b\nc', 10)).toEqual([["a", "b\nc"]]);
    expect(readCsv("a\n".repeat(1_000), 10)).toHaveLength(10);
    expect(readCsv("a,b\rc,d\r\n\r\ne", 10)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });
});

test.each([
  [
    `https://user:pw@line.example.com/stage/voice/appointment/${seal}?From=%2B1#rt=1`,
    `${host}/voice/{flow}/{sealed}`,
    "turn",
  ],
  [`${host}/voice/appointment`, `${host}/voice/{flow}`, "first"],
  [`${host}/voice/appointment/${seal}/aside`, `${host}/voice/{flow}/{sealed}/aside`, "aside"],
  [`https://a-1234.twil.io/voice-fallback?flow=appointment`, "https://a-1234.twil.io/voice-fallback", "fallback"],
  ["https://cdn.example.com/+15005550006.mp3", "https://cdn.example.com/{media}", "media"],
  ["https://15005550006.example.com/secret", "https://{host}/{other}", "other"],
  ["menu.php?Digits=1234", "/{other}", "other"],
])("of the URL %s only origin and pattern are shown", (url, shown, kind) => {
  expect(placeOf(url)).toMatchObject({ shown, kind });
});

test("a line of Lambda's timeout has the time of the end: the invocation began so much earlier", () => {
  const line = `2026-03-03T03:00:04.000Z ${failedId} Task timed out after 4.00 seconds`;
  expect(readLogs([line]).invocations.get(failedId)).toMatchObject({ fate: "timeout", atMs: failsAtMs });
});
