import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { flows } from "../../../flows/index.ts";
import { type BundleInput, bundleFiles, isBundleName, writeBundle } from "../../../scripts/triage/bundle.ts";
import { toTarGz } from "../../../scripts/triage/bundle-archive.ts";
import { personalValues, scrubOf, secretsOf } from "../../../scripts/triage/bundle-known.ts";
import type { ProbeReport } from "../../../scripts/triage/probe.ts";
import { findLayers } from "../../../scripts/triage/probe-layers.ts";
import { summaryOf } from "../../../scripts/triage/probe-summary.ts";
import { triage } from "../../../scripts/triage/report.ts";
import {
  accountSid,
  atMs,
  calls,
  edgeId,
  markers,
  planted,
  requestId,
  sealed,
  sealKeys,
  sources,
  texts,
} from "./bundle-sources.ts";

const folder = mkdtempSync(path.join(tmpdir(), "stayline-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const good = {
  outcome: { what: "answered", good: true, table: true },
  tookMs: 21,
  phases: { connectMs: 1, firstByteMs: 19 },
};
const bad = { outcome: { what: "status 502", good: false }, tookMs: 5, phases: {} };
const ways = [
  summaryOf("public name", [...Array(10).fill(good), ...Array(10).fill(bad)]),
  summaryOf("API endpoint", Array(20).fill(good)),
];
const at = new Date(atMs).toISOString();
const probe: ProbeReport = { from: at, to: at, everyMs: 500, notAsked: [], ways, ...findLayers(ways) };

const secrets = secretsOf({
  TWILIO_AUTH_TOKEN: planted.authToken,
  TWILIO_API_SECRET: planted.apiSecret,
  SEAL_KEYS: `${sealKeys},k2:${Buffer.alloc(32, 9).toString("base64")}`,
  PATH: "/usr/bin",
});
const input: BundleInput = {
  result: triage(sources, [{ name: "alerts", had: true, what: "3 alerts" }]),
  sources,
  texts: Object.values(texts),
  probe,
  secrets,
  legs: { primary: "https://line.example.com/prod?x=1", fallback: "https://stayline-1.twil.io" },
  flows,
  nowMs: atMs,
};

const named = (files = bundleFiles(input)) => Object.fromEntries(files.map(({ name, text }) => [name, text]));
const lines = (text = "") =>
  text
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));

describe("what Twilio's support asks for", () => {
  test("is in the archive, which any tar can open", async () => {
    const file = path.join(folder, "out.tar.gz");
    const written = await writeBundle(file, input);
    expect(written).toMatchObject({ kind: "written", bytes: statSync(file).size });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const out = path.join(folder, "out");
    mkdirSync(out);
    execFileSync("tar", ["-xzf", file, "-C", out]);
    const files = bundleFiles(input);
    for (const { name, text } of files) {
      expect(readFileSync(path.join(out, "stayline-triage", name), "utf8")).toBe(text);
    }
    expect(readdirSync(path.join(out, "stayline-triage")).toSorted()).toEqual(
      ["README.txt", "calls.txt", "flow.txt", "isolation.txt", "logs", "pattern.txt", "requests.jsonl"].toSorted(),
    );
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  test("account, calls, frequency and pattern, flow, isolation", () => {
    const told = named();
    expect(told["README.txt"]).toContain(accountSid);
    for (const name of Object.keys(told)) if (name !== "README.txt") expect(told["README.txt"]).toContain(`${name} `);
    expect(told["calls.txt"]?.trim().split("\n").toSorted()).toEqual([...calls]);
    expect(told["pattern.txt"]).toMatch(
      /failed requests: 3, in 2 calls of 2 requests in the access log \(50\.000 % .*5xx\)/,
    );
    expect(told["pattern.txt"]).toMatch(/hour of day, UTC\n +2 {2}09\n +1 {2}10\n/);
    expect(told["pattern.txt"]).toContain("https://line.example.com/voice/{flow}/{sealed}");
    expect(told["pattern.txt"]).toMatch(/\d {2}dublin/);
    expect(told["flow.txt"]).toMatch(/https:\/\/line\.example\.com \(AWS.*\n.*https:\/\/stayline-1\.twil\.io/);
    expect(told["flow.txt"]).toContain(`appointment: ${flows[0]?.steps.size} steps, begins at chooseDay`);
    expect(told["isolation.txt"]).toMatch(/^public name +20 +50\.0 %/m);
    expect(told["isolation.txt"]).toContain("between the public name and the API");
    expect(named(bundleFiles({ ...input, probe: undefined }))["isolation.txt"]).toMatch(/^No probe was made/);
  });

  test("each failed request with its evidence, and the logs by which both sides can find it again", () => {
    const told = named();
    const requests = lines(told["requests.jsonl"]);
    expect(requests.map(({ callSid }) => callSid).toSorted()).toEqual([calls[0], calls[1], calls[1]]);
    expect(requests.find(({ callSid }) => callSid === calls[0])).toMatchObject({ errorCode: "11200", saved: "saved" });
    expect(lines(told["logs/access.jsonl"])).toMatchObject([
      { requestId: edgeId, functionRequestId: requestId, status: 502 },
    ]);
    expect(lines(told["logs/alerts.jsonl"])[0]).toMatchObject({
      callSid: calls[0],
      apiRequestId: edgeId,
      errorCode: "11200",
    });
    expect(lines(told["logs/primary.jsonl"])).toMatchObject([{ callSid: calls[0], requestId, event: "turn.failed" }]);
    expect(lines(told["logs/fallback.jsonl"])).toMatchObject([
      { callSid: calls[0], errorCode: "11200", leg: "fallback" },
    ]);
    expect(lines(told["logs/runtime.jsonl"])).toMatchObject([{ requestId, durationMs: 302 }]);
  });

  test("is nobody else's: a call that did not fail is in no log", () => {
    const other = `CA${"9".repeat(32)}`;
    const [line] = sources.fallback ?? [];
    if (line === undefined) throw new Error("no line");
    const more = { ...sources, fallback: [line, { ...line, callSid: other }] };
    expect(JSON.stringify(bundleFiles({ ...input, sources: more }))).not.toContain(other);
  });
});

describe("nothing of a person is in any file", () => {
  const clean = (files: readonly { name: string; text: string }[]) =>
    files.flatMap(({ name, text }) =>
      markers.filter((marker) => text.includes(marker)).map((marker) => `${name}: ${marker}`),
    );

  test("every source holds all kinds of markers, and no file of the archive has one", () => {
    for (const [name, text] of Object.entries(texts)) {
      const held = markers.filter((marker) => text.includes(marker));
      expect(held.length, name).toBeGreaterThan(name === "table" ? 2 : 3);
    }
    const archive = gunzipSync(toTarGz(bundleFiles(input), atMs)).toString("utf8");
    expect(clean([{ name: "archive", text: archive }])).toEqual([]);
    expect(archive).not.toContain(planted.pin);
  });

  test("not even if a reader or the evidence let it through", () => {
    const [request] = input.result.requests;
    if (request === undefined) throw new Error("no request");
    const leaking = {
      ...request,
      evidence: [
        `${planted.name} of ${planted.city} at ${planted.caller}, ${planted.grouped}, said ${planted.speech}`,
        `pressed ${planted.digits} or ${planted.pin}`,
        sealed,
      ],
      missing: [planted.authToken, `Signature ${planted.signature}`, `key ${sealKeys}`],
    };
    const result = {
      ...input.result,
      requests: [leaking],
      byUrl: { [`https://x/${planted.name}/${planted.digits}`]: 1 },
    };
    const files = bundleFiles({ ...input, result });
    expect(clean(files)).toEqual([]);
    expect(named(files)["requests.jsonl"]).not.toContain(planted.pin);
    // what is in no source as somebody's, is still known by its form
    const unknown = bundleFiles({ ...input, result, texts: [], secrets: [] }).find(
      ({ name }) => name === "requests.jsonl",
    );
    for (const marker of [planted.caller, planted.grouped, planted.digits, planted.authToken, sealed.slice(3)]) {
      expect(unknown?.text).not.toContain(marker);
    }
  });

  test("personal values are found in JSON, in JSON inside of JSON, in forms, and in snake case", () => {
    const values = personalValues([texts.alerts, texts.debugger]);
    for (const value of [
      planted.caller,
      planted.name,
      planted.speech,
      planted.digits,
      planted.pin,
      planted.signature,
    ]) {
      expect(values).toContain(value);
    }
    expect(personalValues(['{"speech_result": "hello there"}'])).toEqual(["hello there"]);
  });

  test("secrets of the environment are known one by one", () => {
    expect(secrets).toEqual(expect.arrayContaining([planted.authToken, planted.apiSecret, sealKeys.slice(3)]));
    expect(secrets).not.toContain("/usr/bin");
    expect(scrubOf(["abc", "abcdefg"]).record("abcdefg abc")).toBe("… abc");
    expect(scrubOf(["abc", "abcdefg"]).prose("abcdefg abc")).toBe("… …");
  });
});

test("a file that cannot be written is told by its code, and leaves nothing behind", async () => {
  expect(await writeBundle(path.join(folder, "no", "where.tar.gz"), input)).toEqual({
    kind: "not-written",
    code: "ENOENT",
  });
  expect([isBundleName("x.tar.gz"), isBundleName("x.tgz"), isBundleName("x.zip")]).toEqual([true, true, false]);
});

test("an archive of files of every length around a block is whole", () => {
  const files = [0, 1, 511, 512, 513, 1024].map((length) => ({ name: `f${length}`, text: "x".repeat(length) }));
  const archive = path.join(folder, "blocks.tgz");
  execFileSync("tee", [archive], { input: toTarGz(files, atMs) });
  const listed = execFileSync("tar", ["-tvzf", archive], { encoding: "utf8" }).trim().split("\n");
  expect(listed.map((line) => Number(line.split(/\s+/)[2]))).toEqual([0, 1, 511, 512, 513, 1024]);
  expect(() => toTarGz([{ name: "n".repeat(100), text: "" }], atMs)).toThrow(RangeError);
});
