import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { looks } from "./support/looks.ts";

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest()]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

/** By how much the page is wider than its window, in px. */
const tooWidePx = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

// without a call first: a call that was made stays in the list
describe("the page before the first call", () => {
  for (const [look, options] of Object.entries(looks)) {
    test(`can be used by everybody: ${look}`, async () => {
      const { page, close } = await console.open(browser, options);
      expect(await violations(page)).toEqual([]);
      expect(await tooWidePx(page)).toBe(0);
      await close();
    });
  }
});

describe("the page in a call", () => {
  for (const [look, options] of Object.entries(looks)) {
    test(`can be used by everybody: ${look}`, async () => {
      const { page, close } = await console.open(browser, options);
      await console.callThatWaits(page, "appointment");
      expect(await violations(page)).toEqual([]);
      expect(await tooWidePx(page)).toBe(0);

      await page.getByRole("list", { name: "Ladder of the call" }).getByRole("button").first().press("Enter");
      await page.getByRole("button", { name: /close/i }).waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await tooWidePx(page)).toBe(0);

      await page.getByRole("tab", { name: "Flow and rehearsal" }).click();
      expect(await violations(page)).toEqual([]);
      expect(await tooWidePx(page)).toBe(0);
      await page.getByRole("button", { name: "Hang up" }).click();
      await page.getByRole("button", { name: "Call", exact: true }).waitFor();
      await close();
    });
  }
});
