import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BreakerName, breakerNames } from "../../console/protocol.ts";
import { breakerWords, isOneShot } from "../../console/words.ts";
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
afterEach(() => console.mend());
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

/** The calls that the fallback has to take over; with the others the primary comes through by itself. */
const failingOver: ReadonlySet<BreakerName> = new Set(["kill-primary", "suspend-primary", "lose-next-answer"]);

const press = (page: Page, name: BreakerName) =>
  page.getByRole("switch", { name: breakerWords[name].label }).press("Space");

/** The survey plays a file at each question; the others are shown with the booking, which must not happen twice. */
const flowFor = (name: BreakerName) => (name === "fail-next-media" ? "survey" : "appointment");

describe("a breaker pressed in the middle of a call", () => {
  for (const name of breakerNames) {
    const usual = usualCalls.find(({ flow }) => flow === flowFor(name));
    test(`${name}: the call through ${usual?.flow} finishes, and nothing is done twice`, async () => {
      if (usual === undefined) throw new Error("no call to make");
      const { flow, answers, script, effects } = usual;
      const { page, elsewhere, close } = await console.open(browser);
      const look = await console.begunBy(() => placeCallByKeyboard(page, flow, "en"));
      const call = await liveThrough(page, { answers, look, inTheMiddle: () => press(page, name) });
      // what strikes once has struck, and the others are on to the end
      expect((await console.state()).breakers[name]).toBe(!isOneShot(name));
      expect(call.ended).toBe("hangup");
      expect(console.executed(call)).toEqual(effects);
      if (failingOver.has(name)) expect(call.failovers).toBeGreaterThan(0);
      await page.getByRole("button", { name: "Call", exact: true }).waitFor();
      await console.mend();
      const goodbye = (await heardWithoutBrowser(console.stack, flow, script)).at(-1) ?? "";
      expect((await console.captions(page)).map(anyReference).at(-1)).toBe(anyReference(goodbye));
      expect(elsewhere).toEqual([]);
      await close();
    });
  }

  test("shows on every page that it is on, and off again", async () => {
    const [one, other] = await Promise.all([console.open(browser), console.open(browser)]);
    const there = other.page.getByRole("switch", { name: breakerWords.slow.label });
    expect(await there.getAttribute("aria-checked")).toBe("false");
    await press(one.page, "slow");
    await there.and(other.page.locator('[aria-checked="true"]')).waitFor();
    await press(one.page, "slow");
    await there.and(other.page.locator('[aria-checked="false"]')).waitFor();
    await Promise.all([one.close(), other.close()]);
  });
});
