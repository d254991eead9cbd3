import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { looks } from "./support/looks.ts";
import { smallPng } from "./support/small-png.ts";

const bytesMax = 150_000;
const pictures = { desktop: looks["light, desktop"], dark: looks["dark, desktop"], phone: looks["light, phone"] };

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest()]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

for (const [name, options] of Object.entries(pictures)) {
  test(`docs/console-${name}.png shows a call that survives the loss of its primary`, async () => {
    const { page, close } = await console.open(browser, options);
    await console.callThatWaits(page, "appointment");
    await console.post("/api/breakers/kill-primary", { on: true });
    await page.getByRole("button", { name: "Resume" }).click();
    await page.keyboard.press("1");
    const captions = page.getByRole("log", { name: "Captions" });
    await captions.getByText("The fallback takes over.").waitFor();
    // the key was lost with the primary, so the question is heard again
    await page.getByRole("status").filter({ hasText: "The line waits" }).waitFor();
    await page.keyboard.press("1");
    await captions.getByText("To book Monday, press 1.").waitFor();
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
    const picture = smallPng(await page.screenshot({ animations: "disabled", caret: "hide" }));
    expect(picture.length).toBeLessThan(bytesMax);
    if (process.env.UPDATE_SCREENSHOTS === "1") {
      await writeFile(path.join(root, "docs", `console-${name}.png`), picture);
    }
    await page.getByRole("button", { name: "Hang up" }).click();
    await console.mend();
    await close();
  });
}
