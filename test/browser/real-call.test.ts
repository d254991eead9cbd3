import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Console, startConsole } from "../../scripts/console/start-console.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import { violations } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { looks } from "./support/looks.ts";
import { requestsElsewhere } from "./support/own-origin.ts";

let browser: Browser;
let console: ConsoleUnderTest;
/** Another console, that looks at the table and the log of the stack as at those of one that is deployed. */
let looking: Console;
let folder = "";
let logFile = "";
const lines: string[] = [];
beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", tableCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", tableCredentials.secretAccessKey);
  folder = await mkdtemp(path.join(tmpdir(), "stayline-real-call-"));
  logFile = path.join(folder, "legs.log");
  await writeFile(logFile, "");
  const onLine = (line: string) => void lines.push(line);
  [browser, console] = await Promise.all([launchChromium(), consoleUnderTest({ onLine })]);
  const { name, region, endpoint } = console.stack.table;
  const env = { TABLE_NAME: name, TABLE_REGION: region, TABLE_ENDPOINT: endpoint };
  looking = await startConsole(console.stack, { port: 0, speed: 1, env, logs: [logFile] });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await browser?.close();
  await looking?.stop();
  await console?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** @returns the CallSid of a call whose primary was killed at its first question */
async function failedOver(): Promise<string> {
  const { page, close } = await console.open(browser);
  const call = await console.begunBy(() => console.callThatWaits(page, "appointment"));
  await console.post("/api/breakers/kill-primary", { on: true });
  await page.getByRole("button", { name: "Resume" }).click();
  await page.keyboard.press("1");
  await page.getByRole("log", { name: "Captions" }).getByText("The fallback takes over.").waitFor();
  await page.getByRole("button", { name: "Hang up" }).click();
  await page.getByRole("button", { name: "Call", exact: true }).waitFor();
  await console.mend();
  await close();
  return (await call()).callSid;
}

test("a real call is looked up with the keyboard, its rows opened, and its page read by everybody", async () => {
  const callSid = await failedOver();
  await appendFile(logFile, `${lines.join("\n")}\n`);
  for (const options of [looks["dark, desktop"], looks["light, phone"]]) {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    const elsewhere = requestsElsewhere(context, new URL(looking.url).origin);
    const page = await context.newPage();
    await page.goto(looking.url);
    await page.getByRole("tab", { name: "Real call" }).click();
    await page.getByRole("textbox", { name: "CallSid" }).fill(callSid);
    await page.keyboard.press("Enter");
    const rows = page.getByRole("list", { name: "Ladder of the call" }).getByRole("button");
    await rows.first().waitFor();
    expect(await rows.allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/Twilio to Primary: *\s*webhook/),
        expect.stringMatching(/Primary to Table: *\s*1\.0 chooseDay/),
        expect.stringMatching(/Primary to Twilio: *\s*200 answered 1\.0 chooseDay \d+ ms/),
        expect.stringMatching(/FAILOVER: ErrorCode 11\d{3}/),
        expect.stringMatching(/Fallback to Twilio: *\s*200 resumed 1\.1 chooseDay \d+ ms/),
      ]),
    );
    for (const said of [
      /^had {2}table: /,
      /^had {2}primary log: 1 of its /,
      /^had {2}fallback log: /,
      /^not {2}Call Events: /,
    ])
      await page.getByRole("listitem").filter({ hasText: said }).waitFor();
    // the primary was gone before it could write of the request that failed
    await page.getByText(/^of 1 of 1 failovers not known: no source at hand tells/).waitFor();
    expect(await violations(page)).toEqual([]);
    await rows.first().press("Enter");
    await page.getByText("As the table holds it").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator("[data-row]:focus").waitFor();

    await page.getByRole("link", { name: "Open as a page of its own" }).click();
    await page.getByRole("heading", { name: callSid }).waitFor();
    const items = page.getByRole("list", { name: "Ladder of the call" }).getByRole("listitem");
    expect(await items.count()).toBeGreaterThan(1);
    expect(await violations(page)).toEqual([]);
    expect(elsewhere).toEqual([]);
    await context.close();
  }
});
