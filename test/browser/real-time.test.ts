import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../flows/media.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { anyReference, heardWithoutBrowser } from "./support/heard.ts";
import { liveThrough, placeCallByKeyboard } from "./support/keyboard.ts";
import { usualCalls } from "./support/usual-calls.ts";

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest({ speed: 1 })]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

/** The files of prompts that the page has fetched to play them. */
function played(page: Page): string[] {
  const files: string[] = [];
  page.on("response", (response) => {
    const [, file] = /\/prompts\/(.+)$/.exec(new URL(response.url()).pathname) ?? [];
    if (file !== undefined && response.ok()) files.push(file);
  });
  return files;
}

const prompt = catalogue["appointment-day"];

describe("a call in real time, as a person makes it", () => {
  test("in English plays its files, and its captions are what a caller without a browser hears", async () => {
    const usual = usualCalls.find(({ flow }) => flow === "appointment");
    if (usual === undefined) throw new Error("no call to make");
    const { page, errors, close } = await console.open(browser);
    const files = played(page);
    const look = await console.begunBy(() => placeCallByKeyboard(page, usual.flow, "en"));
    const call = await liveThrough(page, { answers: usual.answers, look });
    expect(call).toMatchObject({ language: "en", ended: "hangup", failovers: 0 });
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    const heard = await heardWithoutBrowser(console.stack, usual.flow, usual.script);
    expect((await console.captions(page)).map(anyReference)).toEqual(heard.map(anyReference));
    expect(files).toContain(prompt.en.file);
    expect(errors).toEqual([]);
    await close();
  });

  test("in Japanese has Japanese sounds and captions, and says so to a screen reader", async () => {
    const { page, close } = await console.open(browser);
    const files = played(page);
    const look = await console.begunBy(() => placeCallByKeyboard(page, "appointment", "ja"));
    const caption = page.getByRole("log", { name: "Captions" }).getByText(prompt.ja.text);
    await caption.waitFor();
    expect(await caption.getAttribute("lang")).toBe("ja");
    await page.getByRole("status").filter({ hasText: "The line waits" }).waitFor();
    expect(files).toEqual([prompt.ja.file]);
    await page.getByRole("button", { name: "Hang up" }).press("Enter");
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    expect(await look()).toMatchObject({ language: "ja", ended: "caller-hangup" });
    await close();
  });
});
