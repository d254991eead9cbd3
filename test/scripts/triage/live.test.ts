import { afterEach, expect, test } from "vitest";
import type { TriageResult } from "../../../scripts/triage/result.ts";
import { alertsOf } from "../../support/twilio-rest/monitor.ts";
import { account, type RestAnswer, type RestRequest, startTwilioRest } from "../../support/twilio-rest/server.ts";
import { run } from "../run-command.ts";
import { alert, callSid, noAnswer } from "./night.ts";
import { commit, dynamodb } from "./table-of-call.ts";

let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

async function twilio(handle: (request: RestRequest) => RestAnswer) {
  const rest = await startTwilioRest(handle);
  stops.push(rest.stop);
  const env = { TWILIO_ACCOUNT_SID: account.sid, TWILIO_AUTH_TOKEN: account.token, TWILIO_API_BASE_URL: rest.url };
  return { rest, env };
}

async function live(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { said, ended } = run(["triage", "--live", "--json", ...args], { env });
  const status = await ended;
  return { status, err: said.err, ...(JSON.parse(said.out) as TriageResult) };
}

/** Twilio keeps alerts for 30 days. */
const beganMs = Math.floor(Date.now() / 1_000 - 18_000) * 1_000;
const span = ["--since", "6h"];
const sidOf = (number: number) => `NO${String(number).padStart(32, "0")}`;
const dns = (number: number) => ({
  ...alert({ ...noAnswer("11210 HTTP bad host name"), atMs: beganMs + number * 60_000 }),
  sid: sidOf(number),
});

test("Twilio's alerts are listed for the span of time and fetched singly, because only then they have the headers that came", async () => {
  const { rest, env } = await twilio(
    alertsOf([dns(0), dns(1), { ...dns(2), sid: sidOf(2), date_created: new Date(beganMs - 7_200_000).toISOString() }]),
  );
  const { status, requests, sources } = await live(env, ...span);
  expect(status).toBe(0);
  expect(sources[0]).toEqual({ name: "alerts", had: true, what: "2 failures of webhooks from Twilio's Monitor API" });
  expect(requests.map(({ verdict }) => verdict)).toEqual(["dns-tls", "dns-tls"]);
  expect(rest.asked.map(({ operation }) => operation)).toEqual(["ListAlert", "FetchAlert", "FetchAlert"]);
  const [from = ""] = rest.asked[0]?.params.get("StartDate") ?? [];
  expect(Math.abs(Date.parse(from) - (Date.now() - 6 * 3_600_000))).toBeLessThan(60_000);
  expect(rest.wrong).toEqual([]);
});

test("of many alerts the latest two hundred are fetched singly, and it says so", async () => {
  const many = Array.from({ length: 230 }, (_, number) => dns(number));
  const { rest, env } = await twilio(alertsOf(many));
  const { requests, sources, counts } = await live(env, ...span);
  expect(requests).toHaveLength(230);
  expect(sources[0]?.what).toBe("230 failures of webhooks from Twilio's Monitor API; 30 without the headers that came");
  expect(rest.asked.filter(({ operation }) => operation === "FetchAlert")).toHaveLength(200);
  expect(counts["dns-tls"]).toBe(200);
});

test("who asks for what is older than Twilio keeps is told so", async () => {
  const { rest, env } = await twilio(alertsOf([]));
  const { sources } = await live(env, "--since", "90d");
  expect(sources[0]?.what).toContain("Twilio keeps none older than 30 days");
  const [from = ""] = rest.asked[0]?.params.get("StartDate") ?? [];
  expect(Date.parse(from)).toBeGreaterThan(Date.now() - 31 * 24 * 3_600_000);
});

test("an alert that cannot be fetched singly stays as the list has it", async () => {
  const handle = alertsOf([dns(0), dns(1)]);
  const { env } = await twilio((request) =>
    request.operation === "FetchAlert" && request.sids[0] === sidOf(1) ? { status: 500, body: {} } : handle(request),
  );
  const { requests, sources } = await live(env, ...span);
  expect(requests.map(({ verdict }) => verdict)).toEqual(["dns-tls", "unknown"]);
  expect(sources[0]?.what).toContain("1 without the headers");
});

test.each<[string, RestAnswer, string]>([
  ["answers 503", { status: 503, body: {} }, "Twilio's REST API is down (it answers 503)"],
  ["closes the connection", "hang-up", "Twilio's REST API is down (it cannot be reached)"],
  ["refuses", { status: 403, body: { code: 20003, message: "no +15005550042" } }, "Twilio refuses (20003)"],
])("when Twilio's REST API %s, it says so plainly and goes on with the rest", async (_, answer, what) => {
  const { env } = await twilio(() => answer);
  const table = await dynamodb();
  stops.push(table.stop);
  const { status, sources, requests, err } = await live(
    { ...env, ...table.env },
    ...span,
    "--alerts",
    "/nowhere/alerts.json",
  );
  expect(sources[0]).toMatchObject({ name: "alerts", had: false });
  expect(sources[0]?.what).toContain(what);
  expect(requests).toEqual([]);
  expect(status).toBe(1);
  expect(err).not.toContain("5005550042");
});

test("the table is asked for the calls in the alerts, and tells that the caller was saved", async () => {
  const { env } = await twilio(alertsOf([dns(0)]));
  const table = await dynamodb();
  stops.push(table.stop);
  await commit(table.store, callSid, beganMs + 400);
  const { sources, requests } = await live({ ...env, ...table.env }, ...span);
  expect(sources.at(-1)).toEqual({ name: "table", had: true, what: "items of 1 of 1 calls" });
  expect(requests).toMatchObject([{ callSid, verdict: "dns-tls", saved: "saved" }]);
  expect(requests[0]?.evidence.join("\n")).toContain("the table has the fallback's document");
});
