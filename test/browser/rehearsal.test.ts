import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DialectChoice } from "../../console/rehearsal-protocol.ts";
import { dialectWords } from "../../console/words.ts";
import { violations } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";

const rehearsalMsMax = 90_000;
const timeout = rehearsalMsMax + 30_000;

let browser: Browser;
let console: ConsoleUnderTest;
beforeAll(async () => {
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest({ testFlows: true })]);
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

const matrixOf = (page: Page) => page.getByRole("region", { name: "Matrix of the rehearsal" });

test("a rehearsal is started from the page, and shows its progress and its matrix", { timeout }, async () => {
  const { page, errors, close } = await console.open(browser);
  await page.getByRole("tab", { name: "Flow and rehearsal" }).click();
  await page.getByRole("button", { name: /^Rehearse appointment/ }).click();
  await page.getByRole("progressbar", { name: "Progress of the rehearsal" }).waitFor();
  // while it runs
  await page.getByText(/^[1-9][\d,]* calls in few dialects, .*, \d+ %\.$/).waitFor();
  await matrixOf(page).waitFor({ timeout: rehearsalMsMax });
  await page.getByText(/^[\d,]+ calls in few dialects, all came through\.$/).waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await matrixOf(page).getByRole("row").count()).toBeGreaterThan(5);
  expect(errors).toEqual([]);
  await close();
});

test("of a flow with a bug the case that failed is opened as a ladder, with its failover and what was wrong", {
  timeout,
}, async () => {
  const { page, errors, close } = await console.open(browser);
  await page.getByRole("tab", { name: "Flow and rehearsal" }).press("Enter");
  await page.getByRole("combobox", { name: "Show" }).selectOption("careless");
  const callsIn = async (dialects: DialectChoice): Promise<number> => {
    await page.getByRole("combobox", { name: "Rehearse in" }).selectOption(dialectWords[dialects]);
    await page.getByRole("button", { name: /^Rehearse careless/ }).press("Enter");
    const outcome = page.getByText(new RegExp(`^[\\d,]+ calls in ${dialects} dialects, \\d+ did not come through\\.$`));
    await outcome.waitFor({ timeout: rehearsalMsMax });
    return Number.parseInt(((await outcome.textContent()) ?? "").replaceAll(",", ""), 10);
  };
  const few = await callsIn("few");
  expect(await callsIn("all")).toBeGreaterThan(few);
  await matrixOf(page).waitFor();
  expect(await page.getByRole("button", { name: "Open as a ladder" }).count()).toBeGreaterThan(1);
  expect(await violations(page)).toEqual([]);

  await page
    .getByRole("button", { name: /^\d+ of \d+ failed, calls with request gateway-502: open one$/ })
    .first()
    .press("Enter");
  await page.getByRole("heading", { name: "A case of the rehearsal" }).waitFor();
  await page.getByText(/^careless\/en\/.*=gateway-502/).waitFor();
  await page.getByText(/^effects-once: done 1 times instead of 0: .*lost-answer/).waitFor();
  const ladder = page.getByRole("list", { name: "Ladder of the call" });
  await ladder.getByText(/^FAILOVER: error 11200/).waitFor();
  await ladder.getByText(/^fallback URL/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Back to the call" }).press("Enter");
  await page.getByText("No call yet.").waitFor();
  expect(errors).toEqual([]);
  await close();
});
