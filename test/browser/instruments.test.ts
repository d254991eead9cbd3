import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./support/axe.ts";
import { chromiumPath, launchChromium } from "./support/chromium.ts";
import { localServer } from "./support/local-server.ts";
import { scrolled } from "./support/long-tasks.ts";
import { requestsElsewhere } from "./support/own-origin.ts";
import { smallPng } from "./support/small-png.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A list of 200 lines; each scroll event of it takes so long. */
const list = (busyMs: number) => `<!doctype html><div id=list style="height:200px;overflow:auto">
${"<p>a line</p>".repeat(200)}</div><script>document.getElementById("list").onscroll = () => {
const end = performance.now() + ${busyMs}; while (performance.now() < end); };</script>`;

/** Runs in a page: by how much the two pictures differ at most, in any channel of any pixel. */
const furthest = (...pngs: Buffer[]) => `Promise.all(${JSON.stringify(pngs.map((png) => png.toString("base64")))}.map(
  async (base64) => {
    const image = new Image();
    image.src = "data:image/png;base64," + base64;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  })).then(([one, other]) => one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at])), 0))`;

describe("what the other tests measure with finds what it is for", () => {
  test("a missing Chromium is named with its Debian package", () => {
    expect(() => chromiumPath({}, () => false)).toThrow("apt-get install chromium");
    expect(chromiumPath({ CHROMIUM_PATH: "/opt/chrome" }, () => true)).toBe("/opt/chrome");
  });

  test("a list that is slow to scroll is told from one that is not", async () => {
    const page = await browser.newPage();
    await page.setContent(list(80));
    const slow = await scrolled(page, page.locator("#list"), { stepsEachWay: 4, roundsMax: 1 });
    expect(Math.max(...slow.longTasks)).toBeGreaterThanOrEqual(80);
    await page.setContent(list(0));
    const quick = await scrolled(page, page.locator("#list"));
    expect(quick.longTasks).toEqual([]);
    expect(quick.scrolledPx).toBeGreaterThan(1_000);
    await page.close();
  });

  test("a page that asks elsewhere is noticed", async () => {
    const [own, other] = await Promise.all(
      [0, 1].map(() => localServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("x"))),
    );
    if (own === undefined || other === undefined) throw new Error("no servers");
    const context = await browser.newContext();
    const elsewhere = requestsElsewhere(context, own.origin);
    const page = await context.newPage();
    await page.goto(own.origin);
    expect(elsewhere).toEqual([]);
    await page.setContent(`<img src="${other.origin}/image.png" alt="">`);
    expect(elsewhere).toEqual([`${other.origin}/image.png`]);
    await context.close();
    await Promise.all([own.stop(), other.stop()]);
  });

  test("a page that cannot be read by everybody is noticed", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.setContent(`<!doctype html><html lang="en"><title>t</title><main><h1>h</h1>
      <p style="color:#999;background:#fff">faint</p><button></button></main></html>`);
    const found = (await violations(page)).map((line) => line.split(":")[0]);
    expect(found.sort()).toEqual(["button-name", "color-contrast"]);
    await context.close();
  });

  test("a picture with few colours is the same picture, in fewer bytes", async () => {
    const page = await browser.newPage();
    const striped = "background:repeating-linear-gradient(30deg,#fff 0 9px,#146 9px 18px)";
    await page.setContent(`<body style="margin:0;height:100vh;${striped}"><h1>words</h1><canvas></canvas>`);
    const before = await page.screenshot();
    const after = smallPng(before);
    expect(after.length).toBeLessThan(before.length * 0.7);
    expect(await page.evaluate(furthest(before, after))).toBeLessThanOrEqual(24);
    await page.setContent("another picture");
    expect(await page.evaluate(furthest(before, await page.screenshot()))).toBeGreaterThan(24);
    await page.close();
  });
});
