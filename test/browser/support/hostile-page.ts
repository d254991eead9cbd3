import type { Browser, Page } from "playwright-core";
import { localServer } from "./local-server.ts";

const html = "<!doctype html><title>another site</title><body>another site</body>";

/** A page of another origin: the same machine, another port. */
export async function hostilePage(browser: Browser): Promise<{ page: Page; close: () => Promise<void> }> {
  const site = await localServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(html));
  const page = await browser.newPage();
  await page.goto(site.origin);
  const close = async () => {
    await page.close();
    await site.stop();
  };
  return { page, close };
}

/**
 * A page after DNS rebinding: its first document came from the attacker's own server under this name and port, and now
 * the name leads to the console, so everything it asks of its own origin arrives there.
 */
export async function reboundPage(browser: Browser, name: string, port: number): Promise<Page> {
  const page = await browser.newPage();
  const first = `http://${name}:${port}/first`;
  await page.route(first, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(first);
  return page;
}
