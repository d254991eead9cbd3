import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callsKept, type Started } from "../../console/protocol.ts";
import { manyTurns } from "./flows.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { scrolled } from "./support/long-tasks.ts";

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  const flowsEntry = path.join(import.meta.dirname, "flows.ts");
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest({ flowsEntry, speed: 1_000 })]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

test(`${manyTurns} turns in one call and ${callsKept} calls in the list scroll without a task over 50 ms`, async () => {
  const ended = async (id: string) => {
    await expect
      .poll(async () => (await console.state()).calls.find((call) => call.id === id)?.state, { timeout: 30_000 })
      .toBe("ended");
  };
  for (let call = 1; call < callsKept; call++) {
    const { id } = (await console.post("/api/calls", { flow: "appointment", language: "en" })) as Started;
    await console.post(`/api/calls/${id}/input`, { kind: "hangup" });
    await ended(id);
  }
  const { page, close } = await console.open(browser, { viewport: { width: 1280, height: 800 } });
  const { id } = (await console.post("/api/calls", { flow: "counting", language: "en" })) as Started;
  const calls = page.getByRole("region", { name: "Calls" }).getByRole("listitem");
  await calls.filter({ hasText: "counting" }).getByRole("button").click();
  await ended(id);
  await expect.poll(() => calls.count()).toBe(callsKept);
  const ladder = page.getByRole("list", { name: "Ladder of the call" });
  const rows = await ladder.getByRole("listitem").first().getAttribute("aria-setsize");
  expect(Number(rows)).toBeGreaterThanOrEqual(3 * manyTurns);

  const overLadder = await scrolled(page, ladder.locator(".."));
  expect(overLadder.scrolledPx).toBeGreaterThan(5_000);
  expect(overLadder.longTasks).toEqual([]);
  const overCalls = await scrolled(page, page.getByRole("region", { name: "Calls" }).getByRole("list"));
  expect(overCalls.scrolledPx).toBeGreaterThan(200);
  expect(overCalls.longTasks).toEqual([]);
  await close();
});
