import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { builtByHand } from "./built-by-hand.ts";

let buildDir = "";
beforeAll(async () => {
  buildDir = await builtByHand();
});
afterAll(() => rm(buildDir, { recursive: true, force: true }));

function run(args: string[], nodeArgs: string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, path.join(root, "scripts", "run.mjs"), ...args]);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said.err += text;
  });
  return { child, said, ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "close");
  return code;
}

test("stack --json says all in one line, notes a killed leg, and ends cleanly when asked", async () => {
  const { child, said, ended } = run(["stack", "--json", "--build-dir", buildDir]);
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch(/\n$/);
  expect(said.out.split("\n")).toHaveLength(2);
  const ready = JSON.parse(said.out);
  expect(Object.keys(ready.flows)).toEqual(["appointment", "front-desk", "survey"]);
  expect(await fetch(ready.effectsUrl).then((response) => response.json())).toEqual([]);

  process.kill(ready.primary.pid, "SIGKILL");
  await expect.poll(() => said.err).toBe("The primary leg ended (SIGKILL); the rest of the stack goes on.\n");
  expect((await fetch(ready.flows.survey.fallbackUrl)).status).toBe(200);

  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(said.out.split("\n")).toHaveLength(2);
  expect(() => process.kill(ready.fallback.pid, 0)).toThrow(/ESRCH/);
});

test("the legs do not outlive a stack that was killed", async () => {
  const { child, said, ended } = run(["stack", "--json", "--build-dir", buildDir]);
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch(/\n$/);
  const { voiceUrl, fallbackUrl } = JSON.parse(said.out).flows.appointment;
  child.kill("SIGKILL");
  await ended;
  for (const url of [voiceUrl, fallbackUrl]) {
    await expect.poll(() => refuses(url)).toBe(true);
  }
});

/** Not "has no such process": what adopts orphans may be slow to bury them. */
const refuses = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    (error) => error.cause?.code === "ECONNREFUSED",
  );

test("a taken port is one line on stderr, nothing on stdout, exit code 1", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const { said, ended } = run(["stack", "--json", "--build-dir", buildDir, "--primary-port", String(port)]);
  expect(await ended).toBe(1);
  expect(said).toEqual({
    out: "",
    err: `Port ${port} (primary) is taken: stop what uses it, or choose another with --primary-port.\n`,
  });
  taken.close();
});

test.each([
  [["stack", "--primary-port", "x"], "--primary-port x is not a port.\n", 1],
  [["stack", "--primary-url", "calls.example"], "--primary-url calls.example is not a URL.\n", 1],
  [["no-such"], 'There is no command "no-such".\n', 2],
])("%j is answered with one line", async (args, line, code) => {
  const { said, ended } = run(args);
  expect(await ended).toBe(code);
  expect(said).toEqual({ out: "", err: line });
});

test("an older Node is told what is wrong and how to mend it", async () => {
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } })`;
  const { said, ended } = run(["build"], ["--import", `data:text/javascript,${encodeURIComponent(older)}`]);
  expect(await ended).toBe(1);
  expect(said.err).toMatch(/^Node 22\.18 or newer is needed, .*npm ci.*\n$/);
});
