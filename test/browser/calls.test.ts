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

  test("in Japanese has Japanese captions, and says so to a screen reader", async () => {
    const { page, close } = await console.open(browser);
    const look = await console.begunBy(() => placeCallByKeyboard(page, "appointment", "ja"));
    await page.getByRole("log", { name: "Captions" }).getByText("月曜日をご希望の方は1を").waitFor();
    expect(await page.getByText("月曜日をご希望の方は1を").first().getAttribute("lang")).toBe("ja");
    await page.getByRole("button", { name: "Hang up" }).press("Enter");
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    expect(await look()).toMatchObject({ language: "ja", ended: "caller-hangup" });
    await close();
  });
});
