import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RealCall } from "../../../console/protocol.ts";
import { tableCredentials } from "../../../scripts/stack/table.ts";
import { raw, type Served, servedConsole } from "./served.ts";

let served: Served;
beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", tableCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", tableCredentials.secretAccessKey);
  served = await servedConsole({ tracesItself: true });
});
afterAll(async () => {
  await served.stop();
  vi.unstubAllEnvs();
});

const nobody = `CA${"0".repeat(32)}`;

test("a call of the configured table is shown masked, as a ladder, as text and as a page without a script", async () => {
  const id = await served.begin("appointment");
  for (const nth of [0, 1]) {
    await served.events.question(id, nth);
    await served.press(id, "1");
  }
  await served.events.ended(id);
  const { calls, canTrace } = await served.state();
  expect(canTrace).toBe(true);
  const callSid = calls.find((call) => call.id === id)?.callSid ?? "";
  const look = (await (await fetch(`${served.origin}/api/trace/${callSid}`)).json()) as RealCall;
  expect(look).toMatchObject({ callSid, known: true });
  expect(look.text).toContain("confirm");
  expect(JSON.stringify(look)).not.toMatch(/monday|k1\.[\w-]{20}/i);
  for (const { moment } of look.rows) expect(look.moments[moment]?.sections.length).toBeGreaterThan(0);
  const page = await fetch(`${served.origin}/trace/${callSid}`);
  expect(page.headers.get("content-security-policy")).not.toContain("script-src");
  const html = await page.text();
  expect(html).toContain("<style>");
  for (const { label } of look.rows) expect(html).toContain(`>${label}</span>`);
  // the console saw the same call live: what was saved stands in both ladders, in the same order
  const saved = served.events.ofKind("turn").filter((turn) => turn.callId === id && turn.saved === true);
  const held = look.rows.filter((row) => row.kind === "arrow" && row.to === "table");
  expect(held.length).toBeGreaterThan(1);
  expect(held.map(({ label }) => label.replace(/\.\d+ /, " "))).toEqual(
    saved.map((turn) => `${turn.turn} ${turn.step}`),
  );
});

test("of a call that nobody knows nothing is known, and what is no call is not there", async () => {
  expect(await (await fetch(`${served.origin}/api/trace/${nobody}`)).json()).toMatchObject({ known: false });
  for (const path of ["/api/trace/..", "/api/trace/CA1", `/trace/${nobody}x`]) {
    expect((await fetch(served.origin + path)).status).toBe(404);
  }
});

test("a page of another origin cannot look", async () => {
  for (const path of [`/api/trace/${nobody}`, `/trace/${nobody}`]) {
    const headers = { origin: "https://evil.example" };
    expect(await raw(served.origin + path, { headers })).toMatchObject({ status: 403 });
    expect(await raw(served.origin + path, { headers: { host: "evil.example" } })).toMatchObject({ status: 403 });
  }
});

test("log files alone are enough: requests and turns stand in the ladder, and the files are read again at each look", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-logs-"));
  const file = path.join(folder, "legs.log");
  await writeFile(file, "");
  const lines: string[] = [];
  const logging = await servedConsole({ logs: [file], onLine: (line) => void lines.push(line) });
  try {
    expect((await logging.state()).canTrace).toBe(true);
    const id = await logging.begin("appointment");
    await logging.events.question(id, 0);
    const callSid = (await logging.state()).calls.find((call) => call.id === id)?.callSid ?? "";
    const look = async () => (await (await fetch(`${logging.origin}/api/trace/${callSid}`)).json()) as RealCall;
    const sources = ({ summary }: RealCall) => summary.find(({ title }) => title === "Sources")?.lines ?? [];
    const before = await look();
    expect(before).toMatchObject({ known: false, rows: [] });
    expect(sources(before)).toContain("not  primary log: no line of this leg in the files");

    await expect.poll(() => lines.some((line) => line.includes(callSid))).toBe(true);
    await appendFile(file, `${lines.join("\n")}\n`);
    const after = await look();
    expect(after.known).toBe(true);
    expect(after.rows).toMatchObject([
      { kind: "arrow", from: "twilio", to: "primary", label: "webhook" },
      { kind: "arrow", from: "primary", to: "twilio", label: expect.stringMatching(/answered 1\.0 chooseDay/) },
    ]);
    expect(sources(after)).toContainEqual(expect.stringMatching(/^had {2}primary log: 1 of its \d+ lines$/));

    await rm(file);
    expect(sources(await look())).toContainEqual(expect.stringContaining("a file cannot be read (ENOENT)"));
    expect(JSON.stringify(await look())).not.toContain(folder);
    await logging.input(id, { kind: "hangup" });
  } finally {
    await logging.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
