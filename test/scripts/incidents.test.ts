import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { judge } from "../../scripts/incidents/judge.ts";
import { judgeAll } from "../../scripts/incidents/judge-all.ts";
import { makeIncidents } from "../../scripts/incidents/make.ts";
import { plans } from "../../scripts/incidents/plans.ts";
import { authToken, callers, sealKeys } from "../../scripts/incidents/times.ts";
import { readTruth, sideBySide, wrongIn } from "../../scripts/incidents/truth.ts";
import { verdicts } from "../../scripts/triage/result.ts";
import { run } from "./run-command.ts";

const corpus = path.join(root, "test", "incidents");
const names = plans.map(({ name }) => name);
const corpusBytesMax = 600_000;

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "stayline-incidents-test-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the corpus", () => {
  test.each(names)("triage names where each request of %s was lost, and whether its caller was saved", async (name) => {
    const judged = await judgeAll(corpus, [name]);
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.map(wrongIn).filter((one) => one !== undefined)).toEqual([]);
  });

  test("has each planned incident and no other, and each verdict at least once", async () => {
    expect((await readdir(corpus)).toSorted()).toEqual(names.toSorted());
    expect(names.length).toBeGreaterThanOrEqual(20);
    const truths = await Promise.all(names.map((name) => readTruth(path.join(corpus, name))));
    const met = new Set(truths.flatMap(({ requests }) => requests.map(({ verdict }) => verdict)));
    expect(verdicts.filter((verdict) => !met.has(verdict))).toEqual([]);
  });

  test("stays small", async () => {
    const files = await readdir(corpus, { recursive: true, withFileTypes: true });
    const sizes = files.filter((one) => one.isFile()).map((one) => stat(path.join(one.parentPath, one.name)));
    const bytes = (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeLessThan(corpusBytesMax);
  });

  test("nobody's number, digit, key or sealed checkpoint is in what triage says of it", async () => {
    for (const name of names) {
      const said = JSON.stringify(await judge(path.join(corpus, name)));
      for (const secret of [callers, callers.replace("+", "%2B"), callers.slice(1), authToken, sealKeys, "Digits"]) {
        expect(said, name).not.toContain(secret);
      }
      expect(said, name).not.toMatch(/k1\.[\w-]{20}/);
    }
  });
});

test("an incident that is made anew over HTTP has the same truth, and triage finds it", async () => {
  const wanted = ["reset-before", "handler-exits"];
  await makeIncidents(
    plans.filter(({ name }) => wanted.includes(name)),
    dir,
  );
  for (const name of wanted) {
    expect(await readTruth(path.join(dir, name))).toEqual(await readTruth(path.join(corpus, name)));
    const files = (await readdir(path.join(corpus, name))).toSorted();
    expect((await readdir(path.join(dir, name))).toSorted()).toEqual(files);
  }
  expect((await judgeAll(dir, wanted)).map(wrongIn).filter((one) => one !== undefined)).toEqual([]);
}, 60_000);

test("an incident whose plan says otherwise than what happened is not made", async () => {
  const [refused] = plans.filter(({ name }) => name === "refused");
  if (refused === undefined) throw new Error("no such incident");
  const claim = { network: "refused", verdict: "lost-after-commit" } as const;
  const claimed = { ...refused, name: "claimed", calls: refused.calls.slice(0, 1), meets: () => claim };
  await expect(makeIncidents([claimed], dir)).rejects.toThrow(
    /^claimed did not come about as planned: the edge never had/,
  );
  expect(await readdir(dir)).not.toContain("claimed");
}, 60_000);

test("the matrix is printed, and a verdict that is wrong ends the command with 1 and is named", async () => {
  const right = run(["incidents", "matrix", "dns", "malformed"]);
  expect(await right.ended).toBe(0);
  expect(right.said.out).toMatch(/^bad-twiml +\w +1 +·$/m);
  expect(right.said.out).toContain("2 incidents, 5 requests that failed, 0 judged wrongly");

  const other = path.join(dir, "other", "malformed");
  await cp(path.join(corpus, "malformed"), other, { recursive: true });
  const truth = (await readFile(path.join(other, "truth.json"), "utf8")).replace("bad-twiml", "media-host");
  await writeFile(path.join(other, "truth.json"), truth);
  const wrong = run(["incidents", "matrix", "--dir", path.join(dir, "other")]);
  expect(await wrong.ended).toBe(1);
  expect(wrong.said.out).toContain("1 judged wrongly");
  expect(wrong.said.out).toMatch(/malformed CA\w+…: media-host, judged bad-twiml/);

  const json = run(["incidents", "matrix", "malformed", "--json", "--dir", path.join(dir, "other")]);
  expect(await json.ended).toBe(1);
  expect(JSON.parse(json.said.out).matrix).toEqual({ "media-host": { "bad-twiml": 1 } });
});

test("a command line that makes no sense is told in one line, with status 2", async () => {
  for (const args of [[], ["make", "nothing-of-that-name"], ["make", "--json"], ["matrix", "--strange"]]) {
    const { said, ended } = run(["incidents", ...args]);
    expect(await ended).toBe(2);
    expect(said.err.trim().split("\n")).toHaveLength(1);
    expect(said.out).toBe("");
  }
});

describe("side by side", () => {
  const callSid = "CA0";
  const truth = (verdict: "dns-tls" | "media-host", kind = "voice") =>
    ({ callSid, kind, verdict, saved: "saved" }) as const;
  const said = (verdict: "dns-tls" | "media-host", at = "2026-03-03T09:00:00.000Z") =>
    ({ callSid, at, verdict, saved: "saved", evidence: [], missing: [] }) as const;
  const wrongs = (...given: [Parameters<typeof sideBySide>[1]["requests"], ReturnType<typeof said>[]]) =>
    sideBySide("one", { what: "", fault: "", requests: given[0] }, { requests: given[1] }).map(wrongIn);

  test("a request of which nothing is said is wrong", () => {
    expect(wrongs([truth("dns-tls")], [])).toEqual(["dns-tls, but nothing was said of it"]);
  });

  test("a failure that was none is wrong", () => {
    expect(wrongs([truth("dns-tls")], [said("media-host"), said("dns-tls")])).toEqual([
      undefined,
      "judged media-host, but it did not fail",
    ]);
  });

  test("a caller who was lost and is told as saved is wrong", () => {
    expect(wrongs([{ ...truth("dns-tls"), saved: "lost" }], [said("dns-tls")])).toEqual(["lost, judged saved"]);
  });
});
