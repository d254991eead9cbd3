import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { builtByHand } from "./built-by-hand.ts";
import { run } from "./run-command.ts";

let buildDir = "";
beforeAll(async () => {
  buildDir = await builtByHand();
});
afterAll(() => rm(buildDir, { recursive: true, force: true }));

test("stack --json says all in one line, notes a killed leg, and ends cleanly when asked", async () => {
  const { child, said, ended } = run(["stack", "--json", "--build-dir", buildDir]);
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch(/\n$/);
  expect(said.out.split("\n")).toHaveLength(2);
  const ready = JSON.parse(said.out);
  expect(ready.authToken).toMatch(/^[0-9a-f]{32}$/);
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

const token = "0123456789abcdef0123456789abcdef";
const anyPort = ["primary", "fallback", "table", "effects"].flatMap((name) => [`--${name}-port`, "0"]);

test("an auth token that was given is not printed for people to read", async () => {
  const { child, said, ended } = run(["stack", "--build-dir", buildDir, ...anyPort], {
    env: { TWILIO_AUTH_TOKEN: token },
  });
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch("Ctrl-C ends everything.\n");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(said.out).toContain("auth token (from TWILIO_AUTH_TOKEN)\n");
  expect(said.out + said.err).not.toContain(token);
});

test("whoever tries a number through a tunnel sees the log line of each webhook", async () => {
  const { child, said, ended } = run(["stack", "--build-dir", inject("buildDir"), ...anyPort]);
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch("Ctrl-C ends everything.\n");
  const [, primary] = /voice URL +(http:\/\/[^/]+)\//.exec(said.out) ?? [];
  await fetch(`${primary}/voice/appointment`, { method: "POST" });
  await expect.poll(() => said.out, { timeout: 5_000 }).toMatch(/^primary +\{.*"event":"request.rejected"/m);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("an auth token that the stack made up is printed, so that calls can be signed with it", async () => {
  const { child, said, ended } = run(["stack", "--build-dir", buildDir, ...anyPort]);
  await expect.poll(() => said.out, { timeout: 10_000 }).toMatch("Ctrl-C ends everything.\n");
  child.kill("SIGTERM");
  await ended;
  expect(said.out).toMatch(/^account AC[0-9a-f]{32}, auth token [0-9a-f]{32}$/m);
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
  [["stack", "--primary-port", "x"], "--primary-port x is not a port: 0 to 65535.\n", 1],
  [["stack", "--table-port", "65536"], "--table-port 65536 is not a port: 0 to 65535.\n", 1],
  [
    ["stack", "--primary-url", "https://calls.example.com"],
    "TWILIO_AUTH_TOKEN is missing: a public URL needs the auth token that Twilio signs with.\n",
    1,
  ],
  [["stack", "--primary-url", "calls.example"], "--primary-url calls.example is not a URL.\n", 1],
  [["no-such"], 'There is no command "no-such".\n', 2],
])("%j is answered with one line", async (args, line, code) => {
  const { said, ended } = run(args);
  expect(await ended).toBe(code);
  expect(said).toEqual({ out: "", err: line });
});

test("an older Node is told what is wrong and how to mend it", async () => {
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } })`;
  const { said, ended } = run(["build"], {
    nodeArgs: ["--import", `data:text/javascript,${encodeURIComponent(older)}`],
  });
  expect(await ended).toBe(1);
  expect(said.err).toMatch(/^Node 22\.18 or newer is needed, .*npm ci.*\n$/);
});
