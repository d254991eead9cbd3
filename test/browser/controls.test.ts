import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { liveThrough, placeCallByKeyboard, tabTo } from "./support/keyboard.ts";
import { usualCalls } from "./support/usual-calls.ts";

const rehearsalMsMax = 90_000;

const rowsMax = 60;

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest()]);
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

test("a rehearsal is started from the page, and shows its progress and its matrix", {
  timeout: rehearsalMsMax + 30_000,
}, async () => {
  const { page, errors, close } = await console.open(browser);
  await page.getByRole("tab", { name: "Flow and rehearsal" }).click();
  await page.getByRole("button", { name: /^Rehearse appointment/ }).click();
  await page.getByRole("progressbar", { name: "Progress of the rehearsal" }).waitFor();
  const matrix = page.getByRole("region", { name: "Matrix of the rehearsal" });
  await matrix.waitFor({ timeout: rehearsalMsMax });
  await page.getByText(/calls, all came through/).waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await matrix.getByRole("row").count()).toBeGreaterThan(5);
  expect(errors).toEqual([]);
  await close();
});
