import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { listenError } from "../../scripts/stack/stack-error.ts";
import type { Stack, StackOptions } from "../../scripts/stack/start-stack.ts";
import { startStack } from "../../scripts/stack/start-stack.ts";
import { builtByHand } from "./built-by-hand.ts";

let buildDir = "";
let stack: Stack | undefined;
beforeAll(async () => {
  buildDir = await builtByHand();
});
afterEach(async () => await stack?.stop());
afterAll(() => rm(buildDir, { recursive: true, force: true }));

async function start(options: StackOptions = {}): Promise<Stack> {
  stack = await startStack({ buildDir, authToken: "secret", env: { MARK: "first" }, ...options });
  return stack;
}

const ask = async (url: string, init: RequestInit = {}) => {
  const body = new URLSearchParams({ CallSid: "CA1" });
  const response = await fetch(url, { method: "POST", body, ...init });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

test("both legs answer with their own environment and nothing of this machine's", async () => {
  const { flows, primary, fallback } = await start();
  const { voiceUrl = "", fallbackUrl = "" } = flows.appointment ?? {};
  expect(await ask(voiceUrl)).toMatchObject({ status: 200, type: "text/xml", text: "secret first" });
  expect((await ask(fallbackUrl)).text).toBe(`secret ${new URL(fallback.baseUrl).host} CA1 appointment `);
  expect(new URL(fallbackUrl).hash).toContain("rp=all");
  expect((await fetch(`${fallback.baseUrl}/prompts/en/hello.mp3`)).status).toBe(200);
  expect((await ask(`${primary.baseUrl}/elsewhere`)).status).toBe(404);
});

test("a function that throws is a 500, one that never answers a 503 after Lambda's own timeout", async () => {
  const { primary } = await start();
  expect(await ask(`${primary.baseUrl}/voice/throw`)).toMatchObject({ status: 500 });
  expect(primary.output()).toContain("thrown by the function");
  const askedAtMs = performance.now();
  expect(await ask(`${primary.baseUrl}/voice/hang`)).toMatchObject({ status: 503 });
  expect(performance.now() - askedAtMs).toBeLessThan(limits.webhookReadTimeoutMs);
});

test("a promise that nobody awaited ends the primary's process, as in Lambda, and not the fallback's", async () => {
  const lines: string[] = [];
  const { primary, fallback } = await start({ log: (line) => lines.push(line) });
  await expect(ask(`${primary.baseUrl}/voice/forget`)).rejects.toThrow();
  expect(await primary.exited).toEqual({ code: 128, signal: null });
  expect(primary.output()).toBe("unhandled rejection: Error: nobody awaited this");
  expect(lines).toEqual(["The primary leg ended (exit code 128); the rest of the stack goes on."]);

  expect((await ask(`${fallback.baseUrl}/voice-fallback?forget=1`)).status).toBe(200);
  await expect.poll(() => fallback.output()).toContain("unhandled rejection: Error: nobody awaited this");
  expect((await ask(`${fallback.baseUrl}/voice-fallback`)).status).toBe(200);
});

test("a killed leg is gone alone, and comes back at the same address, with changes if asked", async () => {
  const lines: string[] = [];
  const { primary, fallback } = await start({ log: (line) => lines.push(line) });
  const { pid } = primary;
  primary.kill();
  expect(await primary.exited).toEqual({ code: null, signal: "SIGKILL" });
  await expect(ask(`${primary.baseUrl}/voice/a`)).rejects.toThrow();
  expect((await ask(`${fallback.baseUrl}/voice-fallback`)).status).toBe(200);
  expect(lines).toEqual(["The primary leg ended (SIGKILL); the rest of the stack goes on."]);
  await primary.restart();
  expect(primary.pid).not.toBe(pid);
  expect((await ask(`${primary.baseUrl}/voice/a`)).text).toBe("secret first");
  await primary.restart({ env: { MARK: "second" } });
  expect((await ask(`${primary.baseUrl}/voice/a`)).text).toBe("secret second");
});

test("a suspended leg accepts the connection and answers only when it goes on", async () => {
  const { primary } = await start();
  primary.suspend();
  const signal = AbortSignal.timeout(300);
  await expect(ask(`${primary.baseUrl}/voice/a`, { signal })).rejects.toThrow(/timeout/i);
  const asked = ask(`${primary.baseUrl}/voice/a`);
  primary.resume();
  expect((await asked).status).toBe(200);
});

test("a suspended leg ends with the stack", async () => {
  const { primary, stop } = await start();
  primary.suspend();
  await stop();
  expect(() => process.kill(primary.pid, 0)).toThrow(/ESRCH/);
});

test.each(["primary", "fallback", "table", "effects"] as const)(
  "a taken %s port is one line with its flag",
  async (name) => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
    });
    await expect(start({ ports: { [name]: port } })).rejects.toThrow(
      `Port ${port} (${name}) is taken: stop what uses it, or choose another with --${name}-port.`,
    );
    taken.close();
  },
);

test("a port that this user may not have is one line with its flag", () => {
  expect(listenError("primary", 80, "EACCES").message).toBe(
    "Port 80 (primary) is not allowed to this user: choose one of 1024 or above with --primary-port.",
  );
});

test("a missing build and a variable that Twilio would refuse are one line each", async () => {
  await expect(start({ buildDir: "/nowhere" })).rejects.toThrow(/^There is no build in \/nowhere: .* is missing\.$/);
  const tooLong = start({ env: { FLOW_TEXT: "x".repeat(451) } });
  await expect(tooLong).rejects.toThrow("FLOW_TEXT has 451 bytes: Twilio allows 450 for a variable.");
});
