import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../run-command.ts";
import {
  access,
  actionUrl,
  alert,
  alerts,
  answered,
  callSid,
  failover,
  failsAtMs,
  fallback,
  host,
  invoked,
  primary,
  seal,
  type Texts,
} from "./night.ts";

/** Planted where people's things are, and in places where nobody would expect them; none may be told. */
const planted = {
  caller: "+15005550042",
  grouped: "(500) 555-0042",
  digits: "86420975",
  speech: "my zebra is called Mortimer",
  name: "Planted Name",
  token: "0123456789abcdefplantedtoken",
  signature: "pLaNtEdSiGnAtUrE0123456789=",
  seal,
};
const all = Object.values(planted).join(" ");
const form = new URLSearchParams({
  From: planted.caller,
  Digits: planted.digits,
  SpeechResult: planted.speech,
  CallerName: planted.name,
});

function dirty(): Texts {
  const url = `${actionUrl}?${form}`;
  const body = `Twilio was unable to fetch content from: ${url}\nError: Total timeout is triggered. ${all}`;
  const headers = { "X-Twilio-WebhookError": `11203 ${all}`, "x-planted": all };
  const one = {
    ...alert({ url, body, headers }),
    ...{ request_variables: form.toString(), request_headers: `X-Twilio-Signature=${planted.signature}`, planted: all },
    more_info: all,
  };
  const strange = {
    ...alert({ url: `https://${planted.digits}.example.com/${planted.name}?${form}`, atMs: failsAtMs + 60_000 }),
    sid: all,
  };
  const debugged = {
    ...{ Sid: all, Level: all, Timestamp: new Date(failsAtMs + 120_000).toISOString(), Planted: all },
    Payload: JSON.stringify({
      ...{ resource_sid: all, error_code: "11200", more_info: { Msg: all, url } },
      webhook: {
        request: { url, parameters: Object.fromEntries(form), headers: { "X-Twilio-Signature": planted.signature } },
        response: { body },
      },
    }),
  };
  const edge = {
    status: "500",
    integrationStatus: "-",
    functionStatus: "-",
    integrationError: all,
    error: all,
    path: url,
    ip: all,
  };
  const own = {
    event: "turn.failed",
    status: 500,
    reason: all,
    step: planted.caller,
    table: all,
    flow: all,
    digits: planted.digits,
  };
  const item = {
    callSid: { S: callSid },
    data: { S: all },
    flow: { S: all },
    from: { S: planted.caller },
    turn: { N: "1" },
  };
  return {
    ...{
      "alerts.json": JSON.stringify({ alerts: [one, strange] }),
      "alerts.csv": `error_code,timestamp,request_url,note\n11200,2026-03-03T04:00:00Z,${url},${all}\n`,
    },
    ...{
      "debugger.jsonl": JSON.stringify(debugged),
      ...access(edge, { ...edge, requestId: all, routeKey: all, functionRequestId: all }),
    },
    ...primary(...invoked(own, `\tStatus: error\tError Type: ${planted.token}`, [`Error: ${all}`, all])),
    ...fallback(
      { event: "turn.last-resort", reason: all, errorCode: planted.digits },
      { ...failover, step: all, reason: all, planted: all },
    ),
    "table.json": JSON.stringify({ Items: [item, { ...item, callSid: { S: all } }] }),
  };
}

const folder = mkdtempSync(path.join(tmpdir(), "stayline-triage-command-"));
const folderOf = (name: string, texts: Texts) => {
  const dir = mkdtempSync(path.join(folder, `${name}-`));
  for (const [file, text] of Object.entries(texts)) writeFileSync(path.join(dir, file), text);
  return dir;
};
let clean = "";
beforeAll(() => {
  clean = folderOf("clean", {
    ...alerts(answered(503)),
    ...access({ status: "503", functionStatus: "503" }),
    ...primary(...invoked({ event: "turn.failed", status: 503, reason: "deadline" })),
    ...fallback({}),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function command(...args: string[]) {
  const { said, ended } = run(["triage", ...args]);
  return { status: await ended, ...said };
}

test("nothing private that stands in any source is told, in words or as JSON", async () => {
  const dir = folderOf("dirty", dirty());
  for (const args of [[], ["--json"]]) {
    const { status, out, err } = await command("--dir", dir, ...args);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain(callSid);
    const parts = [
      ...Object.values(planted),
      "5005550042",
      "555-0042",
      "zebra",
      "Mortimer",
      "Planted",
      "planted",
      seal.slice(3),
    ];
    for (const part of parts) expect(out).not.toContain(part);
  }
});

test("the report for a terminal tells sources, how often, when, which URL, and each request with its evidence", async () => {
  const { status, out } = await command("--dir", clean);
  expect(status).toBe(0);
  for (const part of [
    ...["+ access log    2 requests", "- table         not given", "1 failed requests", "failed-in-handler"],
    ...["03      1 ####", "1 within 5 minutes from 2026-03-03T03:00:00.000Z", `1  ${host}/voice/{flow}/{sealed}`],
    ...[
      `${callSid}  11200  ${host}/voice/{flow}/{sealed}  failed-in-handler, caller saved`,
      "our code says so: deadline",
    ],
    ...[
      "access log: 503 after 20 ms",
      "(found by apigw-requestid)",
      "Lambda: began, ended after 15 ms",
      "turn.resumed, turn 1.1",
    ],
  ]) {
    expect(out).toContain(part);
  }
});

test("files can be named one by one, and only a span of time looked at", async () => {
  const file = (name: string) => path.join(clean, name);
  const named = [
    "--alerts",
    file("alerts.json"),
    "--access",
    file("access.jsonl"),
    "--logs",
    file("primary.log"),
    file("fallback.log"),
  ];
  const whole = JSON.parse((await command("--dir", clean, "--json")).out);
  expect(JSON.parse((await command(...named, "--json")).out).requests).toEqual(whole.requests);
  const before = JSON.parse((await command(...named, "--json", "--until", "2026-03-03T02:00Z")).out);
  expect(before).toMatchObject({ requests: [], counts: {} });
});

test.each([
  [[], "nothing to look at"],
  [["--dir", "nowhere"], "--dir cannot be read (ENOENT)"],
  [["--live", "--since", "soon"], "--since is a time"],
  [["--live", "--since", "1h", "--until", "2h"], "--since is after --until"],
  [["--colour"], "Unknown option"],
])("arguments %j are refused in one line", async (args, message) => {
  const { status, err } = await command(...args);
  expect(status).toBe(2);
  expect(err).toContain(message);
  expect(err.trim().split("\n")).toHaveLength(1);
});

test("where no source can be read, it says so of each and fails", async () => {
  const { status, out } = await command("--alerts", path.join(folder, "none.json"));
  expect(status).toBe(1);
  expect(out).toContain("- alerts        a file cannot be read (ENOENT)");
});
