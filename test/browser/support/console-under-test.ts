import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, inject } from "vitest";
import { type CallSummary, type State, tokenHeader } from "../../../console/protocol.ts";
import { flows as shipped } from "../../../flows/index.ts";
import { type Console, startConsole } from "../../../scripts/console/start-console.ts";
import { startStack } from "../../../scripts/stack/start-stack.ts";
import { flows } from "../flows.ts";
import { flowsEntry } from "./global-setup.ts";
import { requestsElsewhere } from "./own-origin.ts";

/** How much faster than real a prompt is over; a question waits for its answer as long as it would. */
const usualSpeed = 20;

export type ConsoleUnderTest = Awaited<ReturnType<typeof consoleUnderTest>>;

/** A real stack with the console's server before it, and what the tests ask of both. */
export async function consoleUnderTest({
  speed = usualSpeed,
  personSpeed = 1,
  testFlows = false,
  onLine,
}: {
  speed?: number;
  personSpeed?: number;
  /** With the flows of the tests beside those that are shipped. */
  testFlows?: boolean;
  /** Told each line that a leg writes. */
  onLine?: (line: string) => void;
} = {}) {
  const served = testFlows ? flows : shipped;
  let lineTold: Console["line"] | undefined;
  const hear = (_leg: string, line: string) => {
    lineTold?.(line);
    onLine?.(line);
  };
  const stack = await startStack({
    ...{ tableProxy: true, buildDir: inject("buildDir"), onLine: hear },
    flowNames: served.map(({ name }) => name),
  });
  const page = { port: 0, speed, personSpeed, env: {} };
  const server = await startConsole(stack, testFlows ? { ...page, flowsModule: flowsEntry } : page);
  lineTold = server.line;
  const { origin } = new URL(server.url);
  const { token } = server;

  const state = async (): Promise<State> => (await (await fetch(`${origin}/api/state`)).json()) as State;
  /** As the page itself does it. @throws Error with what the server answers */
  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { [tokenHeader]: token, "content-type": "application/json", origin };
    const response = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const open = async (browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> => {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    const elsewhere = requestsElsewhere(context, origin);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${origin}/`);
    await page.getByRole("heading", { name: "Phone" }).waitFor();
    return { page, elsewhere, errors, close: () => context.close() };
  };
  /** The call that an action on the page begins. @returns how to look at it; an earlier call is never taken for it */
  const begunBy = async (action: () => Promise<void>): Promise<() => Promise<CallSummary>> => {
    const before = new Set((await state()).calls.map(({ id }) => id));
    await action();
    const begun = async () => (await state()).calls.find(({ id }) => !before.has(id));
    const { id } = (await expect.poll(begun).toBeDefined().then(begun)) ?? {};
    return async () => {
      const call = (await state()).calls.find((one) => one.id === id);
      if (call === undefined) throw new Error(`the call ${id} is gone`);
      return call;
    };
  };
  /** What the outside service has executed for the call. */
  const executed = ({ callSid }: CallSummary): string[] =>
    stack.effects
      .executed()
      .filter((one) => one.callSid === callSid)
      .map(({ effect }) => effect);
  /** All breakers off. */
  const mend = async () => {
    for (const [name, on] of Object.entries((await state()).breakers)) {
      if (on) await post(`/api/breakers/${name}`, { on: false });
    }
  };
  /** A call that has asked its first question and is paused there, as long as the test wants to look at it. */
  const callThatWaits = async (page: Page, flow: string): Promise<void> => {
    await page.getByRole("combobox", { name: "Flow" }).selectOption(flow);
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "The line waits" }).waitFor();
    await page.getByRole("button", { name: "Pause the call" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
  };
  const stop = async () => {
    await server.stop();
    await stack.stop();
  };
  return { stack, origin, state, token, post, open, begunBy, executed, captions, callThatWaits, mend, stop };
}

export interface OpenPage {
  readonly page: Page;
  /** What it asked of others; must stay empty. */
  readonly elsewhere: readonly string[];
  /** What it threw or complained of; must stay empty. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** The words that the page shows as heard. */
function captions(page: Page): Promise<string[]> {
  return page.getByRole("log", { name: "Captions" }).locator("p.line").allTextContents();
}
