import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attack } from "./support/attacks.ts";
import { launchChromium } from "./support/chromium.ts";
import { type ConsoleUnderTest, consoleUnderTest } from "./support/console-under-test.ts";
import { hostilePage, reboundPage } from "./support/hostile-page.ts";
import { openHouse } from "./support/open-house.ts";

const rebound = "evil.example";
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium([rebound]);
});
afterAll(() => browser?.close());

describe("the attacks, on a server that checks nothing", () => {
  test("a page of another origin reads whatever CORS allows, and acts", async () => {
    const house = await openHouse();
    const { page, close } = await hostilePage(browser);
    const { attempts, frames } = await attack(page, house.origin, "leaked");
    const read = attempts.filter(({ read }) => read !== null).map(({ name }) => name);
    expect(read).toContain("cors GET /api/state");
    expect(read).toContain("GET with the token");
    expect(read).toContain("event stream");
    expect(frames).toContain(`${house.origin}/`);
    expect(new Set(house.acted)).toEqual(
      new Set(
        ["/api/calls", "/api/breakers/kill-primary"].flatMap((path) =>
          ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json"].map(
            (type) => `${path} ${type}`,
          ),
        ),
      ),
    );
    await close();
    await house.stop();
  });

  test("a page of a name that was rebound to it reads everything", async () => {
    const house = await openHouse();
    const page = await reboundPage(browser, rebound, house.port);
    const { attempts } = await attack(page, "", "leaked");
    expect(attempts.filter(({ read }) => read === null).map(({ name }) => name)).toEqual([]);
    await page.close();
    await house.stop();
  });
});

describe("the console", () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await consoleUnderTest();
  });
  afterAll(() => console?.stop());

  /** What an attack would have changed. */
  const traces = async () => {
    const { calls, breakers } = await console.state();
    return { calls: calls.length, on: Object.entries(breakers).filter(([, on]) => on) };
  };

  test("tells a page of another origin nothing and does nothing for it, even if that knows the token", async () => {
    const { page, close } = await hostilePage(browser);
    const { attempts, frames } = await attack(page, console.origin, console.token);
    expect(attempts.filter(({ read }) => read !== null)).toEqual([]);
    expect(frames).not.toContain(`${console.origin}/`);
    expect(await traces()).toEqual({ calls: 0, on: [] });
    await close();
  });

  test("tells a page of a name that was rebound to it nothing and does nothing for it", async () => {
    const page = await reboundPage(browser, rebound, Number(new URL(console.origin).port));
    const { attempts } = await attack(page, "", console.token);
    expect(attempts.filter(({ read }) => read !== null)).toEqual([]);
    expect(await traces()).toEqual({ calls: 0, on: [] });
    await page.close();
  });

  test("is not shown under another name at all", async () => {
    const page = await browser.newPage();
    const answer = await page.goto(`http://${rebound}:${new URL(console.origin).port}/`);
    expect(answer?.status()).toBe(403);
    expect(await page.content()).not.toContain(console.token);
    await page.close();
  });

  test("lets its own page act, so that the refusals are not those of a server that refuses everybody", async () => {
    const { page, close } = await console.open(browser);
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByRole("button", { name: "Hang up" }).and(page.locator(":enabled")).click();
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    expect((await console.state()).calls).toHaveLength(1);
    await close();
  });
});
