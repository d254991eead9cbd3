import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type ProbeReport, runProbe } from "../../../scripts/triage/probe.ts";
import { readProbeSettings } from "../../../scripts/triage/probe-settings.ts";
import { probeText } from "../../../scripts/triage/probe-text.ts";
import { type TestStack, testStack } from "../../support/stack.ts";
import { testCertificate } from "../../support/test-certificate.ts";
import { type Served, startLambda, startLayer, startSilence, type Trouble } from "./probe-servers.ts";

const functionName = "stayline-StatusCallback-1";
const folder = mkdtempSync(path.join(tmpdir(), "stayline-probe-"));
const running: Served[] = [];
let stack: TestStack;
type Layer = Awaited<ReturnType<typeof startLayer>>;
let name: Layer;
let api: Layer;

/** Twilio's way in: the public name, which leads to the API, which leads to the leg. */
beforeAll(async () => {
  api = await startLayer(() => stack.primary.baseUrl);
  name = await startLayer(() => api.url);
  stack = await testStack({ publicUrls: { primary: name.url } });
}, 120_000);
afterEach(async () => {
  name.set();
  api.set();
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([name, api, stack].map((one) => one?.stop()));
});

async function kept<T extends Served>(starting: Promise<T>): Promise<T> {
  const served = await starting;
  running.push(served);
  return served;
}

interface Given {
  readonly public?: string;
  readonly api?: string;
  readonly lambda?: string;
  readonly fallback?: string;
  readonly times?: number;
  readonly authToken?: string;
  readonly functionName?: string;
}

/** Everything is signed for the leg's own public URL; each way leads to another door. */
async function probe({ times = 60, ...given }: Given): Promise<ProbeReport> {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  const env = {
    TWILIO_AUTH_TOKEN: given.authToken ?? stack.authToken,
    AWS_REGION: "eu-west-1",
    ...(given.lambda && { AWS_ENDPOINT_URL_LAMBDA: given.lambda }),
  };
  const settings = readProbeSettings(
    {
      public: given.public ?? name.url,
      api: given.api,
      function: given.lambda && (given.functionName ?? functionName),
      fallback: given.fallback,
      times: String(times),
      every: "100ms",
    },
    env,
  );
  if (settings.kind === "wrong") throw new Error(settings.why);
  return runProbe(settings.ways, settings.notAsked, { times, everyMs: 5 });
}

test("all ways answer when nothing is wrong, with their times", async () => {
  const lambda = await kept(startLambda(stack.primary.baseUrl, { functionName }));
  const report = await probe({ api: api.url, lambda: lambda.url, fallback: stack.fallback.baseUrl, times: 5 });
  expect(report.ways.map(({ way, outcomes }) => [way, outcomes])).toEqual([
    ["public name", { answered: 5 }],
    ["API endpoint", { answered: 5 }],
    ["direct invocation", { answered: 5 }],
    ["fallback leg", { answered: 5 }],
  ]);
  for (const { latencyMs, phasesMs } of report.ways) {
    expect(latencyMs?.p99).toBeGreaterThan(0);
    expect(phasesMs.connect?.p50).toBeGreaterThan(0);
    expect(phasesMs.firstByte?.p50).toBeGreaterThan(0);
    expect(phasesMs.tls).toBeUndefined();
  }
  expect(report.sentences[0]).toMatch(/^no way to the primary failed/);
  const scope = /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/lambda\/aws4_request/;
  expect(lambda.seen[0]?.authorization).toMatch(scope);
});

describe("the sentence names the layer that fails", () => {
  const troubles: Trouble[] = ["503", "close", "not HTTP"];
  test.each(troubles)("the public name: %s", async (trouble) => {
    name.set(trouble, 0.25);
    const { ways, sentences } = await probe({ api: api.url });
    expect(ways.map(({ failed }) => failed)).toEqual([name.troubled(), 0]);
    expect(name.troubled()).toBeGreaterThan(8);
    expect(sentences[0]).toMatch(/: failures come in between the public name and the API/);
    const told = { "503": "status 503", close: "closed before an answer", "not HTTP": "not HTTP" }[trouble as "503"];
    expect(Object.keys(ways[0]?.outcomes ?? {})).toEqual(["answered", told]);
  });

  test("the API, which the public name leads to", async () => {
    api.set("503", 0.5);
    const lambda = await kept(startLambda(stack.primary.baseUrl, { functionName }));
    const { ways, sentences } = await probe({ api: api.url, lambda: lambda.url });
    expect(ways.map(({ failed }) => failed > 8)).toEqual([true, true, false]);
    expect(sentences[0]).toMatch(/^API endpoint fails .*: failures come in between the API and the function/);
  });

  test("the function: what Lambda says of it is counted by its kind", async () => {
    const faultOf = (nth: number) => (nth % 3 === 0 ? "error" : nth % 3 === 1 ? "throttle" : undefined);
    const lambda = await kept(startLambda(stack.primary.baseUrl, { functionName, faultOf }));
    api.set("503", 0.66);
    const { ways, sentences } = await probe({ api: api.url, lambda: lambda.url, times: 30 });
    expect(ways[2]?.outcomes).toEqual({ "the function failed": 10, "Lambda 429": 10, answered: 10 });
    expect(ways[2]?.codes).toEqual({ "Sandbox.Timedout": 10, TooManyRequestsException: 10 });
    expect(sentences[0]).toMatch(/^direct invocation fails 66\.7 % .*: the failures are in the function or behind it/);
  });

  test("the same seed finds the same failures again", async () => {
    const outcomes = [];
    for (const _ of [1, 2]) {
      name.set("503", 0.2, 7);
      outcomes.push((await probe({ times: 20 })).ways[0]?.outcomes);
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
  });
});

describe("no cause is taken for another", () => {
  test("a token that is not the leg's: 403, and the sentence says what that means", async () => {
    const { ways, sentences } = await probe({ authToken: "another token", times: 2 });
    expect(ways[0]?.outcomes).toEqual({ "status 403": 2 });
    expect(sentences[0]).toContain("TWILIO_AUTH_TOKEN or the public base URL");
  });

  test("a function that may not be invoked tells nothing of calls", async () => {
    const lambda = await kept(startLambda(stack.primary.baseUrl, { functionName }));
    const { ways, sentences } = await probe({ api: api.url, lambda: lambda.url, functionName: "other", times: 2 });
    expect(ways[2]).toMatchObject({ outcomes: { "Lambda 404": 2 }, unusable: true });
    expect(sentences).toContainEqual(expect.stringMatching(/^direct invocation could not be asked.*ResourceNotFound/));
    expect(sentences[0]).toMatch(/^no way to the primary failed/);
  });

  test("a server that answers, but is not the leg", async () => {
    const { ways } = await probe({ public: stack.effectsUrl, times: 2 });
    expect(ways[0]?.outcomes.answered).toBeUndefined();
  });

  test("nobody listens; no such host; TLS that nobody vouches for; TLS for another host", async () => {
    const { key, cert } = await testCertificate(folder, "line", ["localhost"]);
    const server = createServer({ key, cert }, (_, response) => void response.end("{}")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const outcomeAt = async (url: string) => {
      const [way] = (await probe({ public: url, times: 1 })).ways;
      return [Object.keys(way?.outcomes ?? {}).join(), Object.keys(way?.codes ?? {}).join()];
    };
    const trusted = getCACertificates("default");
    try {
      expect(await outcomeAt("http://127.0.0.1:1")).toEqual(["refused", "ECONNREFUSED"]);
      expect((await outcomeAt("https://nowhere.invalid"))[0]).toBe("no DNS answer");
      expect(await outcomeAt(`https://127.0.0.1:${port}`)).toEqual(["TLS failed", "DEPTH_ZERO_SELF_SIGNED_CERT"]);
      // plain HTTP where TLS is expected
      expect((await outcomeAt(name.url.replace("http:", "https:")))[0]).toBe("TLS failed");
      setDefaultCACertificates([...trusted, cert]);
      expect(await outcomeAt(`https://127.0.0.1:${port}`)).toEqual(["TLS failed", "ERR_TLS_CERT_ALTNAME_INVALID"]);
      const [way] = (await probe({ public: `https://localhost:${port}`, times: 2 })).ways;
      expect(way?.outcomes).toEqual({ "not the leg's answer": 2 });
      expect(way?.phasesMs.tls?.p50).toBeGreaterThan(0);
    } finally {
      setDefaultCACertificates(trusted);
      server.close();
    }
  });
});

test("a way that hangs ends at Twilio's deadlines, and holds the others up no longer than that", async () => {
  const silence = await kept(startSilence());
  name.set("hang", 1);
  const startedMs = Date.now();
  const [hanging, unsecured] = await Promise.all([
    probe({ api: api.url, times: 1 }),
    probe({ public: silence.url, times: 2 }),
  ]);
  expect(Date.now() - startedMs).toBeLessThan(9_000);
  expect(hanging.ways.map(({ outcomes }) => Object.keys(outcomes))).toEqual([["no answer in time"], ["answered"]]);
  expect(unsecured.ways[0]?.outcomes).toEqual({ "no TLS in time": 2 });
});

test("the table for people has the ways side by side, and neither token nor seal", async () => {
  name.set("503", 0.5);
  const report = await probe({ api: api.url, fallback: stack.fallback.baseUrl, times: 10 });
  const told = probeText(report);
  expect(told).toMatch(/^public name +10 +\d0\.0 % +\d+/m);
  expect(told).toMatch(/^API endpoint +10 +100\.0 % +\d+ +\d+ +\d+ +- +\d+\/\d+ +- +\d+\/\d+$/m);
  expect(told).toContain("=> fallback leg fails 0 % (0 of 10): it can take calls");
  for (const secret of [stack.authToken, stack.sealKeys.slice(3)]) {
    expect(told + JSON.stringify(report)).not.toContain(secret);
  }
});

test("a leg without its table is told apart from one that fails", async () => {
  stack.tableProxy.fault("hang", { leg: "primary" });
  const { ways, sentences } = await probe({ times: 2 });
  stack.tableProxy.clear();
  expect(ways[0]).toMatchObject({ failed: 0, tableNotReached: 2 });
  expect(sentences).toContainEqual(expect.stringMatching(/2 of 2 answers without the table/));
});
