import type { Page } from "playwright-core";

/** What a hostile page could make of the console at `target`. */
export interface Attempt {
  readonly name: string;
  /** What it read, shortened; null when it was refused or could see nothing. */
  readonly read: string | null;
}

export interface Loot {
  readonly attempts: readonly Attempt[];
  /** Addresses that the frames of the page show in the end. */
  readonly frames: readonly string[];
}

/** How long a page waits for an answer that may never come: a frame, an event stream. */
const patienceMs = 1_500;

/** The actions that are tried: each would change what the console shows. */
const placing = { path: "/api/calls", body: { flow: "appointment", language: "en" } };
const breaking = { path: "/api/breakers/kill-primary", body: { on: true } };

/**
 * Tries from the open page all that a web page can try against `target`: reading with and without CORS, an event
 * stream, frames and windows; acting with posts that need no permission and with posts that do, forms and beacons.
 *
 * @param token the console's own, as if it had leaked
 */
export async function attack(page: Page, target: string, token: string): Promise<Loot> {
  const settings = JSON.stringify({ target, token, patienceMs, actions: [placing, breaking] });
  const attempts: Attempt[] = await page.evaluate(`(${inPage})(${settings})`);
  const frames = page
    .frames()
    .slice(1)
    .map((frame) => frame.url());
  return { attempts, frames };
}

/** Runs in the page, where this file's types and imports are not. */
const inPage = `async ({ target, token, patienceMs, actions }) => {
  const attempts = [];
  const late = () => new Promise((resolve) => setTimeout(resolve, patienceMs, null));
  const attempt = async (name, read) => {
    const found = await Promise.race([read().catch(() => null), late()]);
    attempts.push({ name, read: found ? String(found).slice(0, 80) : null });
  };
  const text = async (response) => (response.ok ? await response.text() : null);

  for (const path of ["/", "/api/state", "/main.js"]) {
    await attempt("cors GET " + path, async () => text(await fetch(target + path, { mode: "cors" })));
    await attempt("no-cors GET " + path, async () => text(await fetch(target + path, { mode: "no-cors" })));
  }
  const headers = { "content-type": "application/json", "x-stayline-console": token };
  await attempt("GET with the token", async () => text(await fetch(target + "/api/state", { headers })));
  await attempt("event stream", () => new Promise((resolve) => {
    const source = new EventSource(target + "/api/events");
    source.onopen = () => { source.close(); resolve("opened"); };
    source.onerror = () => { source.close(); resolve(null); };
  }));
  await attempt("frame", () => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
      try { resolve(frame.contentDocument.documentElement.outerHTML.includes("stayline") ? "its document" : null); }
      catch { resolve(null); }
    };
    frame.src = target + "/";
    document.body.append(frame);
  }));

  for (const { path, body } of actions) {
    const json = JSON.stringify(body);
    const url = target + path;
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];
    for (const type of types) {
      await attempt("no-cors POST " + path + " " + type, async () =>
        text(await fetch(url, { method: "POST", mode: "no-cors", headers: { "content-type": type }, body: json })));
    }
    await attempt("cors POST " + path, async () => text(await fetch(url, { method: "POST", headers, body: json })));
    await attempt("cors POST without token " + path, async () =>
      text(await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: json })));
    navigator.sendBeacon(url, new Blob([json], { type: "text/plain" }));
    for (const enctype of types) {
      // a form's field can be made to read as JSON: name, "=", value
      const form = Object.assign(document.createElement("form"), { method: "post", action: url, enctype });
      const field = document.createElement("input");
      field.name = json.slice(0, -1) + ',"filler":"';
      field.value = '"}';
      const frame = document.createElement("iframe");
      frame.name = "answer-" + Math.random();
      form.target = frame.name;
      form.append(field);
      document.body.append(form, frame);
      const answered = new Promise((resolve) => { frame.onload = resolve; });
      form.submit();
      await Promise.race([answered, late()]);
    }
  }
  return attempts;
}`;
