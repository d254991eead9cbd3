import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { liveThrough, placeCallByKeyboard, tabTo } from "./support/keyboard.ts";
import { usualCalls } from "./support/usual-calls.ts";

const rowsMax = 60;
/** In which a call that asks nothing would go on by many turns, were it not held. */
const watchedMs = 500;

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest({ testFlows: true })]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

const callButton = (page: Page) => page.getByRole("button", { name: "Call", exact: true });
const ladderOf = (page: Page) => page.getByRole("list", { name: "Ladder of the call" });

/** With the keyboard, as everything here. */
async function use(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

/** Goes up from the end of the ladder to the first row that reads so, and opens it. */
async function openRow(page: Page, label: RegExp): Promise<void> {
  await tabTo(page, ladderOf(page).locator('button[tabindex="0"]'));
  await page.keyboard.press("End");
  for (let up = 0; up < rowsMax; up++) {
    const focused = ladderOf(page).locator("button:focus");
    if (label.test((await focused.textContent()) ?? "")) return focused.press("Enter");
    await page.keyboard.press("ArrowUp");
  }
  throw new Error(`no row reads ${label}`);
}

describe("the ladder, with the keyboard alone", () => {
  const answers = usualCalls.find(({ flow }) => flow === "appointment")?.answers ?? {};

  test("a call is paused, and goes on to its end", async () => {
    const { page, close } = await console.open(browser);
    const look = await console.begunBy(() => placeCallByKeyboard(page, "appointment", "en"));
    await page.getByRole("status").filter({ hasText: "The line waits" }).waitFor();
    await use(page, page.getByRole("button", { name: "Pause the call" }));
    await expect.poll(async () => (await look()).state).toBe("paused");
    await use(page, page.getByRole("button", { name: "Resume" }));
    const call = await liveThrough(page, { answers, look });
    expect(call).toMatchObject({ ended: "hangup", step: "booked" });
    await close();
  });

  test("a paused call takes a step: one more request is answered, and no second one", async () => {
    const { page, close } = await console.open(browser);
    const look = await console.begunBy(() => placeCallByKeyboard(page, "counting", "en"));
    const turnNow = async () => (await look()).turn ?? 0;
    await page.getByRole("button", { name: "Pause the call" }).press("Enter");
    const step = page.getByRole("button", { name: "Step: let one request pass" });
    await step.waitFor();
    // the answer to a request that was on its way is still told
    await page.waitForTimeout(watchedMs);
    const heldAt = await turnNow();
    expect(heldAt).toBeGreaterThan(0);
    for (const turn of [heldAt + 1, heldAt + 2]) {
      await use(page, step);
      await ladderOf(page)
        .getByText(new RegExp(`200 in .* turn ${turn} count`))
        .waitFor();
      await page.waitForTimeout(watchedMs);
      expect(await look()).toMatchObject({ state: "paused", turn });
      expect(
        await ladderOf(page)
          .getByText(new RegExp(`turn ${turn + 1} count`))
          .count(),
      ).toBe(0);
    }
    await use(page, page.getByRole("button", { name: "Resume" }));
    await expect.poll(turnNow).toBeGreaterThan(heldAt + 4);
    await use(page, page.getByRole("button", { name: "Hang up" }));
    await callButton(page).waitFor();
    expect(await look()).toMatchObject({ ended: "caller-hangup" });
    await close();
  });

  test("a row opens with its TwiML, and the call is replayed from there, with a warning", async () => {
    const { page, close } = await console.open(browser);
    const look = await console.begunBy(() => placeCallByKeyboard(page, "appointment", "en"));
    const { callSid } = await liveThrough(page, { answers, look });
    await callButton(page).waitFor();
    await openRow(page, /200 in .* turn 2 confirm/);
    await page.getByRole("heading", { name: "TwiML after" }).waitFor();
    await page.getByRole("region", { name: "TwiML after" }).getByText("To book Monday, press 1.").waitFor();
    await page.keyboard.press("Escape");
    await openRow(page, /turn 3 booked/);
    await page.getByText("Effects from before may run again").waitFor();
    const again = await console.begunBy(() =>
      use(page, page.getByRole("button", { name: /^Replay the call from turn/ })),
    );
    const replay = await liveThrough(page, { answers, look: again });
    expect(replay).toMatchObject({ ended: "hangup", flow: "appointment" });
    expect(replay.callSid).not.toBe(callSid);
    expect(replay.replayOf).toBeDefined();
    await page.getByText(/these effects may run again: .*book/).waitFor();
    await close();
  });
});
