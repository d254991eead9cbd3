import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flows } from "../../flows/index.ts";
import { root } from "../../scripts/build/bundle.ts";
import { ruleNames } from "../../scripts/flow/finding.ts";

const sound = path.join(import.meta.dirname, "rehearse", "sound-flows.ts");
const unsound = path.join(import.meta.dirname, "flow-unsound.ts");

const names = flows.map(({ name }) => name);

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "stayline-flow-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One of our commands, in a directory of its own. */
function command(...args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(root, "scripts", "run.mjs"), ...args], { cwd: dir }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("flow lint", () => {
  test("finds no error in the shipped flows", async () => {
    const { code, out, err } = await command("flow", "lint");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`${names.join(", ")}: no errors, `);
  });

  test("tells each finding in one line and ends with 1 when one is an error", async () => {
    const { code, out } = await command("flow", "lint", "endless", "--flows", unsound);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual([
      "error   endless/ask: endless: a caller who is silent is asked again for ever; lead on when `visits` is 3 or so",
      "endless: 1 error, no warnings",
      "",
    ]);
  });

  test("lets warnings pass unless it is strict", async () => {
    expect((await command("flow", "lint", "english", "--flows", unsound)).code).toBe(0);
    expect((await command("flow", "lint", "english", "--flows", unsound, "--strict")).code).toBe(1);
  });

  test("--json is one object", async () => {
    const { out } = await command("flow", "lint", "--flows", unsound, "--json");
    expect(JSON.parse(out)).toMatchObject({
      flows: ["endless", "english"],
      errors: 1,
      warnings: 1,
      findings: [
        { flow: "endless", step: "ask", rule: "endless", level: "error" },
        { flow: "english", step: "ask", verb: 1, rule: "one-language", level: "warning" },
      ],
    });
  });
});

describe("flow graph", () => {
  test("has no colours before a rehearsal, and those of the last one after it", async () => {
    const before = await command("flow", "graph", "sound", "--flows", sound);
    expect(before.out).toContain("%% sound: not rehearsed yet");
    expect(before.out).not.toContain(":::");
    const rehearsed = await command("rehearse", "--flows", sound, "--faults", "none", "--workers", "1", "--json");
    expect(rehearsed.code).toBe(0);
    const { cases } = JSON.parse(rehearsed.out);
    const after = await command("flow", "graph", "sound", "--flows", sound);
    expect(after.out).toMatch(new RegExp(`%% sound: ${cases} calls rehearsed \\d{4}-\\d\\d-\\d\\d, faults: none\n`));
    expect(after.out).toContain(`(["ask<br><small>${cases} calls, 0 faults</small>"]):::heard`);
    expect((await command("flow", "graph", "sound", "--flows", sound, "--coverage", "none")).out).toBe(before.out);
  });

  test("a rehearsal with faults colours in what came through them", async () => {
    const one = ["--script", "1", "--dialect", "default", "--workers", "1"];
    const rehearsed = await command("rehearse", "--flows", sound, ...one, "--json");
    expect(rehearsed.code).toBe(0);
    const { scripts, cases } = JSON.parse(rehearsed.out);
    const { out } = await command("flow", "graph", "sound", "--flows", sound);
    expect(out).toMatch(/\["ask<br><small>[\d,]+ calls, [1-9]\d* faults<\/small>"\]\):::proven/);
    const kept = JSON.parse(await readFile(path.join(dir, ".stayline", "rehearsal-coverage.json"), "utf8"));
    const { steps, edges } = kept.flows.sound;
    expect(steps.ask.calls).toBe(kept.flows.sound.calls);
    expect(steps.ask.calls).toBeGreaterThan(cases / 2);
    expect(steps.ask).toMatchObject({ faultless: scripts, failed: 0 });
    expect(edges["ask > booked"].faultless).toBe(scripts);
    expect(edges["ask > booked"].calls).toBeLessThanOrEqual(steps.booked.calls);
  });

  test.each(["{", '{"version":2}', '{"version":1,"flows":{"sound":{"at":1}}}'])(
    "takes a coverage file that holds %s for none",
    async (text) => {
      await mkdir(path.join(dir, "odd"), { recursive: true });
      await writeFile(path.join(dir, "odd", "coverage.json"), text);
      const { code, out } = await command(
        "flow",
        "graph",
        "sound",
        "--flows",
        sound,
        "--coverage",
        "odd/coverage.json",
      );
      expect(code).toBe(0);
      expect(out).toContain("not rehearsed yet");
    },
  );

  test("writes an SVG to a file", async () => {
    const { code, out } = await command("flow", "graph", "survey", "--svg", "--out", "survey.svg");
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(await readFile(path.join(dir, "survey.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test("draws all flows as Mermaid, one after the other, or as one object", async () => {
    const { out } = await command("flow", "graph");
    expect(out.match(/^flowchart TD$/gm)).toHaveLength(flows.length);
    const told = JSON.parse((await command("flow", "graph", "--json")).out);
    expect(told.flows.map(({ flow }: { readonly flow: string }) => flow)).toEqual(names);
  });
});

test.each([
  [["draw"], "flow: 'draw' is neither lint nor graph (see flow --help)\n"],
  [["graph", "--svg"], "flow: --svg draws one flow: name it (see flow --help)\n"],
  [["lint", "no-such"], `flow: there is no flow 'no-such'; there are ${names.join(", ")}, `],
  [["graph", "survey", "--out", "no/such/file"], "flow: --out: ENOENT: "],
])("flow %j is answered with one line and exit 2", async (args, line) => {
  const { code, out, err } = await command("flow", ...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(line);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
});

test("docs/flows.md explains every rule", async () => {
  const page = await readFile(path.join(root, "docs", "flows.md"), "utf8");
  for (const rule of ruleNames) expect(page).toContain(`### ${rule}\n`);
});
