import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestStack, testStack } from "../../support/stack.ts";
import { run } from "../run-command.ts";
import { accountSid, calls, markers, planted, sealKeys, texts } from "./bundle-sources.ts";

const folder = mkdtempSync(path.join(tmpdir(), "stayline-bundle-command-"));
const usualNames = {
  alerts: "alerts.json",
  csv: "alerts.csv",
  debugger: "debugger.jsonl",
  access: "access.jsonl",
  primary: "primary.log",
  fallback: "fallback.log",
  table: "table.json",
} as const;
const environmentSecrets = { TWILIO_API_SECRET: planted.apiSecret, SEAL_KEYS: sealKeys };
let stack: TestStack;

beforeAll(async () => {
  for (const [name, file] of Object.entries(usualNames)) {
    writeFileSync(path.join(folder, file), texts[name as keyof typeof texts]);
  }
  stack = await testStack();
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack?.stop();
});

async function triage(...args: string[]) {
  const env = { ...environmentSecrets, TWILIO_AUTH_TOKEN: stack.authToken, PRIMARY_BASE_URL: stack.primary.baseUrl };
  const { said, ended } = run(["triage", ...args], { env });
  return { code: await ended, ...said };
}

describe("npm run triage", () => {
  test("--probe alone asks both legs and tells which layer adds failures", async () => {
    const args = ["--probe", "--fallback", stack.fallback.baseUrl, "--times", "2", "--every", "100ms"];
    const [told, json] = await Promise.all([triage(...args), triage(...args, "--json")]);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/^public name +2 +100\.0 %/m);
    expect(told.out).toMatch(/^fallback leg +2 +100\.0 %/m);
    expect(told.err).toContain("round 2 of 2");
    expect(JSON.parse(json.out).ways).toHaveLength(2);
    expect(told.out + told.err + json.out + json.err).not.toContain(stack.authToken);
  }, 60_000);

  test("--bundle writes an archive in which nothing of a person is", async () => {
    const out = path.join(folder, "support.tar.gz");
    const told = await triage("--dir", folder, "--probe", "--times", "2", "--every", "100ms", "--bundle", out);
    expect(told).toMatchObject({ code: 0, err: expect.stringContaining("11 files") });
    const inside = execFileSync("tar", ["-xzOf", out], { encoding: "utf8" });
    for (const wanted of [accountSid, ...calls, "public name"]) expect(inside).toContain(wanted);
    for (const marker of [...markers, stack.authToken]) {
      expect(inside).not.toContain(marker);
      expect(told.out + told.err).not.toContain(marker);
    }
  }, 60_000);

  test("says what is wrong with the arguments in one line", async () => {
    const wrong = [
      ["--probe", "--times", "0"],
      ["--times", "3"],
      ["--dir", folder, "--bundle", "x.zip"],
    ];
    const all = await Promise.all(wrong.map((args) => triage(...args)));
    expect(all.map(({ code, err }) => [code, err.trim().split("\n").length])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    const unwritable = await triage("--dir", folder, "--bundle", path.join(folder, "no", "where.tgz"));
    expect(unwritable).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be written \(ENOENT\)/) });
    expect(readFileSync(path.join(folder, "alerts.json"), "utf8")).toBe(texts.alerts);
  }, 60_000);
});
