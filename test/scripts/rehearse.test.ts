import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ReportFacts } from "../../rehearsal/report/report.ts";
import { run } from "./run-command.ts";

const module = (name: string) => path.join(import.meta.dirname, "rehearse", `${name}.ts`);
const onSound = ["--flows", module("sound-flows"), "--dialect", "default", "--workers", "1"];
const onBroken = ["--flows", module("broken-flows"), "--dialect", "default", "--workers", "1"];

async function rehearse(...args: string[]) {
  const { said, ended } = run(["rehearse", ...args]);
  return { code: await ended, ...said };
}

async function facts(...args: string[]): Promise<{ readonly code: number | null; readonly told: ReportFacts }> {
  const { code, out, err } = await rehearse(...args, "--json");
  expect(err).toBe("");
  expect(out.trimEnd().split("\n")).toHaveLength(1);
  return { code, told: JSON.parse(out) };
}

describe("a flow that is sound", () => {
  test("comes through without faults: one call for each script", async () => {
    const { code, told } = await facts(...onSound, "--faults", "none");
    expect(code).toBe(0);
    expect(told).toMatchObject({ flows: ["sound"], dialects: 1, faults: "none", failed: 0, failures: [], lost: 0 });
    expect(told.scripts).toBeGreaterThan(2);
    expect(told.cases).toBe(told.scripts);
    expect(told.maxRequests).toBe(2);
  });

  test("comes through every single fault, shown as a matrix and a page", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "stayline-rehearse-"));
    try {
      const page = path.join(folder, "report.html");
      const { code, out, err } = await rehearse(...onSound, "--script", "1", "--html", page);
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(out).toMatch(/^ +sound\n +\(start\) +ask +booked$/m);
      expect(out).toMatch(/^effect: .*\n {2}refused +· +\d+ +·$/m);
      expect(out).toMatch(/^ +0 {2}callers lost$/m);
      expect(out).toMatch(/all \d+ calls came through, or were lost as declared\.\n$/);
      expect(await readFile(page, "utf8")).toContain("<title>Rehearsal: All");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("is judged the same by any number of workers, random case by random case", async () => {
    const random = ["--flows", module("sound-flows"), "--faults", "random:300", "--seed", "11"];
    const [one, two] = [await facts(...random, "--workers", "1"), await facts(...random, "--workers", "2")];
    const { seconds: _, callsPerSecond: __, workers, ...figures } = one.told;
    expect(workers).toBe(1);
    expect(two.told).toMatchObject({ ...figures, workers: 2, seed: 11, cases: 300 });
    expect(figures.worstSilenceMs).toBeGreaterThan(0);
    expect(figures.maxRequestsCase).toMatch(/^sound\/(?:en|ja)\//);
  });
});

describe("a flow whose effect runs outside once", () => {
  let failed: ReportFacts;
  beforeAll(async () => {
    const { code, told } = await facts(...onBroken, "--script", "1");
    expect(code).toBe(1);
    failed = told;
  });

  test("is found out: exit 1, a case named, what happened said", () => {
    expect(failed.failed).toBeGreaterThan(0);
    expect(failed.effectsDuplicated).toBeGreaterThan(0);
    const twice = failed.failures.find(({ findings }) => findings.some(({ what }) => /done 2 times/.test(what)));
    expect(twice?.id).toMatch(/^books-again\/en\/1\/default\/\d+=/);
    expect(twice?.faults).toHaveLength(1);
  });

  test("its case id draws the call, and fails again", async () => {
    const { id = "", faults = [] } = failed.failures.find(({ faults: met }) => met.length === 1) ?? {};
    const { code, out, err } = await rehearse("--flows", module("broken-flows"), "--case", id);
    expect(err).toBe("");
    expect(code).toBe(1);
    expect(out).toMatch(/^ +ms +Caller +Twilio +Primary +Fallback$/m);
    expect(out).toContain(`went wrong     ${faults[0]}: `);
    expect(out).toMatch(/^findings {7}✗ effects-once: done/m);
  });

  test("a case as one object tells the same", async () => {
    const [{ id, findings } = { id: "", findings: [] }] = failed.failures;
    const { code, out } = await rehearse("--flows", module("broken-flows"), "--case", id, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ case: id, findings });
  });

  test("the report names the command that places a failure again", async () => {
    const { out } = await rehearse(...onBroken, "--script", "1", "--faults", "none");
    expect(out).toMatch(
      /^Failed:\n {2}books-again\/en\/1\/default\/-\n {6}no fault\n {4}✗ effects-once: done 1 times/m,
    );
    expect(out).toContain(
      `npm run -s rehearse -- --flows ${module("broken-flows")} --case 'books-again/en/1/default/-'`,
    );
  });
});

test("a flow that cannot be rehearsed is one line that says why, and exit 1", async () => {
  const { code, out, err } = await rehearse("--flows", module("troubled-flows"), "--faults", "none");
  expect(err).toMatch(/^flow 'fixed-address' cannot be rehearsed: step 'ask': .*\n$/);
  expect({ code, out }).toEqual({ code: 1, out: "" });
});

test("a worker that dies fails the command, loudly: figures without its share would be none", async () => {
  const { code, out, err } = await rehearse("--flows", module("dying-flows"), "--faults", "none", "--json");
  expect(err).toBe("a worker ended by itself, with code 3\n");
  expect({ code, out }).toEqual({ code: 1, out: "" });
});

test("a setting that is no address comes from the environment", async () => {
  const args = ["--flows", module("troubled-flows"), "--flow", "wants-a-number", "--faults", "none"];
  const { said, ended } = run(["rehearse", ...args, "--workers", "1", "--json"], { env: { FLOW_COPIES: "3" } });
  expect(await ended).toBe(0);
  expect(said.err).toBe("");
});

test.each([
  [["--flow", "no-such"], "rehearse: there is no flow 'no-such'; there are sound (see rehearse --help)\n"],
  [["--faults", "x"], "rehearse: --faults x: it is none, single, pairs or random:N, N from 1 to 10000000"],
])("%j is answered with one line and exit 2", async (args, line) => {
  const { code, out, err } = await rehearse("--flows", module("sound-flows"), ...args);
  expect(err).toContain(line);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

test("a terminal sees how far it is, and Ctrl-C ends it quietly with what is known so far, exit 130", async () => {
  const endless = ["--flows", module("sound-flows"), "--faults", "random:1000000", "--seed", "1", "--workers", "1"];
  const onTerminal = "data:text/javascript,process.stderr.isTTY = true; process.stderr.columns = 100";
  const { child, said, ended } = run(["rehearse", ...endless], { nodeArgs: ["--import", onTerminal] });
  await expect.poll(() => said.err, { timeout: 15_000 }).toMatch(/░ {2}[1-9][\d,]* calls {2}[\d,]+\/s {2}0 failed/);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said.err.endsWith("\r\x1b[2K")).toBe(true);
  expect(said.out).toMatch(/^Interrupted; until then: all [1-9][\d,]* calls came through/m);
});
