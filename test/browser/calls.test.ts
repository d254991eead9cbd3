import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { anyReference, heardWithoutBrowser } from "./support/heard.ts";
import { liveThrough, placeCallByKeyboard } from "./support/keyboard.ts";
import { usualCalls } from "./support/usual-calls.ts";

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest()]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

describe("a call with the keyboard alone", () => {
  for (const { flow, answers, script, effects } of usualCalls) {
    test(`goes through ${flow}, and its captions are what a caller without a browser hears`, async () => {
      const { page, elsewhere, errors, close } = await console.open(browser);
      const look = await console.begunBy(() => placeCallByKeyboard(page, flow, "en"));
      const call = await liveThrough(page, { answers, look });
      expect(call).toMatchObject({ flow, language: "en", ended: "hangup", failovers: 0 });
      expect(console.executed(call)).toEqual(effects);
      await page.getByRole("button", { name: "Call", exact: true }).waitFor();
      const heard = await heardWithoutBrowser(console.stack, flow, script);
      expect((await console.captions(page)).map(anyReference)).toEqual(heard.map(anyReference));
      expect(elsewhere).toEqual([]);
      expect(errors).toEqual([]);
      await close();
    });
  }
});
