import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callsKept, type Started } from "../../console/protocol.ts";
import { manyTurns } from "./flows.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { scrolled } from "./support/long-tasks.ts";

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([
    launchChromium(),
    consoleUnderTest({ testFlows: true, speed: 1_000, personSpeed: 1_000 }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

/** Many times the rows of a call over those in view. */
const looksMax = 2_000;

/** What the ladder has from its top to its end, which is gone through because it draws only what is in view. */
async function wholeLadder(page: Page): Promise<{ answers: number; saved: number[] }> {
  const ladder = page.getByRole("list", { name: "Ladder of the call" });
  const size = Number(await ladder.getByRole("listitem").first().getAttribute("aria-setsize"));
  const rows = new Map<number, string>();
  for (let look = 0; rows.size < size && look < looksMax; look += 1) {
    const inView = await ladder
      .getByRole("button")
      .evaluateAll((nodes) =>
        nodes.map((node) => [Number(node.getAttribute("data-at")), node.textContent ?? ""] as const),
      );
    for (const [at, row] of inView) rows.set(at, row);
    const first = Array.from({ length: size }, (_, at) => at).find((at) => !rows.has(at)) ?? 0;
    await ladder.locator("..").evaluate((box, share) => box.scrollTo(0, share * box.scrollHeight), first / size);
  }
  const all = [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row);
  const saved = all.flatMap((row) => /Primary to Table: *turn (\d+) \w+: answered, saved/.exec(row)?.[1] ?? []);
  // with the verbs of a document: a status callback's answer has none
  return {
    answers: all.filter((row) => /Primary to Twilio: *200 in .* · /.test(row)).length,
    saved: saved.map(Number),
  };
}

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
  expect((await console.state()).calls.find((call) => call.id === id)).toMatchObject({ ended: "hangup", failovers: 0 });
  const overLadder = await scrolled(page, ladder.locator(".."));
  expect(overLadder.scrolledPx).toBeGreaterThan(5_000);
  expect(overLadder.longTasks).toEqual([]);
  const overCalls = await scrolled(page, page.getByRole("region", { name: "Calls" }).getByRole("list"));
  expect(overCalls.scrolledPx).toBeGreaterThan(200);
  expect(overCalls.longTasks).toEqual([]);

  // a turn is one webhook request and its answer: as many of both
  const turns = Array.from({ length: manyTurns }, (_, at) => at + 1);
  // the leg's own line about the last one may come behind the end
  await expect.poll(() => wholeLadder(page), { timeout: 20_000 }).toEqual({ answers: manyTurns, saved: turns });
  await close();
});
