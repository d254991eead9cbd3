import { request } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { atBooking } from "../support/mid-call.ts";
import { form, formBody, legOf, signatureOf, targetOf } from "../support/signed-request.ts";
import { place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  // so that the lines of both legs carry their metrics, too
  const logGroup = { AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/stayline/voice-webhook" };
  stack = await testStack({ env: { ...logGroup, METRICS_NAMESPACE: "Stayline/stayline" } });
});
afterEach(() => stack.tableProxy.clear());
afterAll(() => stack?.stop());

/** All that a line may say; none of these holds a text from outside but the sid, Twilio's error code and the shape of a wrong URL. */
const fields = new Set(
  `event leg build atMs elapsedMs callSid requestId flow step turn attempt resumes rung saved reason errorCode status table shape inside
  waitedMs tableMs silenceMs webhooks failovers _aws`.split(/\s+/),
);

const lines = () =>
  [...stack.primary.output().split("\n"), ...stack.fallback.output().split("\n")].filter((line) =>
    line.startsWith("{"),
  );

test("each webhook writes one line, and no line tells who called, what was pressed or said, or a key", async () => {
  const answers = [
    [/survey-visit/, "4"],
    [/survey-recommend/, "say:yes my name is Marker Person"],
    [/survey-better/, "say:secret words 918273"],
  ] as const;
  const calls = [
    await place(stack, "survey", { answers }),
    await place(stack, "survey", { answers, intercept: loseAnswerAt(2) }),
    await place(stack, "survey", { answers, intercept: loseRequestAt(2), dialect: { fallbackRepeatsParams: true } }),
  ];
  for (const [index, { callSid, requests }] of calls.entries()) {
    const answered = requests.filter(({ kind, outcome }) => kind !== "media" && outcome.kind === "answer").length;
    // the answer that was lost on its way back, in the second call, has its line too
    const expected = answered + (index === 1 ? 1 : 0);
    await expect.poll(() => lines().filter((line) => line.includes(callSid)).length).toBe(expected);
  }
  const all = `${stack.primary.output()}\n${stack.fallback.output()}`;
  const [first] = calls;
  const numbers = ["From", "To", "Caller", "Called"].map((name) => first?.requests[0]?.params[name] ?? "");
  const seals = first?.documents.flatMap(({ twiml }) => twiml.match(/k1\.[A-Za-z0-9_-]{20,}/g) ?? []) ?? [];
  expect(seals.length).toBeGreaterThan(3);
  for (const secret of ["Marker", "918273", stack.authToken, stack.sealKeys, ...numbers, ...seals]) {
    expect(secret.length).toBeGreaterThan(3);
    expect(all).not.toContain(secret);
  }
});

test("a caller who is gone before the answer leaves one line, too, and it tells no more than the others", async () => {
  const logged: string[] = [];
  const seals: string[] = [];
  for (const leg of ["primary", "fallback"] as const) {
    const { url, params } = await atBooking(stack, leg);
    const callSid = params.CallSid ?? "";
    const planted = { ...params, From: "+815012349876", CallerName: "Marker Person", SpeechResult: "Marker words" };
    seals.push(...(url.match(/k1\.[A-Za-z0-9_-]{20,}/g) ?? []));
    stack.tableProxy.reset();
    stack.tableProxy.fault("hang", { leg });
    const { hostname, port } = new URL(legOf(stack, url));
    const headers = { "content-type": form, "x-twilio-signature": signatureOf(stack.authToken, url, planted) };
    const asking = request({ hostname, port, method: "POST", path: targetOf(url), headers, agent: false });
    asking.on("error", () => {}).end(formBody(planted));
    await expect.poll(() => stack.tableProxy.counts()[leg].UpdateItem ?? 0).toBeGreaterThan(0);
    asking.destroy();
    const closed = () =>
      lines().filter((line) => line.includes(callSid) && line.includes('"event":"request.client-closed"'));
    await expect.poll(() => closed().length, { timeout: 8_000 }).toBe(1);
    logged.push(...closed());
    stack.tableProxy.clear();
  }
  expect(seals).toHaveLength(2);
  for (const secret of ["Marker", "12349876", stack.authToken, stack.sealKeys, ...seals]) {
    expect(logged.join("\n")).not.toContain(secret);
  }
});

test("no line has a field beside the closed list, and metrics are told apart by nothing of a call", () => {
  const written = lines().map((line) => JSON.parse(line));
  expect(written.length).toBeGreaterThan(15);
  expect(written.flatMap((line) => Object.keys(line)).filter((name) => !fields.has(name))).toEqual([]);
  expect(written.filter(({ _aws }) => _aws === undefined)).toEqual([]);
  expect(written.some(({ failovers }) => failovers === 1)).toBe(true);
  const directives = written.flatMap(({ _aws }): { Dimensions: string[][] }[] => _aws.CloudWatchMetrics);
  expect([...new Set(directives.flatMap(({ Dimensions }) => Dimensions.flat()))].sort()).toEqual([
    ...["errorCode", "event", "leg"],
  ]);
});
