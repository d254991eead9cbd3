import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { ConsoleEvent } from "../../../console/protocol.ts";
import { consoleArguments } from "../../../scripts/console/arguments.ts";
import { createEventLog } from "../../../scripts/console/events.ts";
import { checkLogFiles } from "../../../scripts/console/log-files.ts";
import { opener } from "../../../scripts/console/open-browser.ts";
import { buildPage } from "../../../scripts/console/page-build.ts";

const went = (on: boolean): ConsoleEvent => ({ kind: "breaker", atMs: 0, name: "slow", on });

test("only so many events are kept, and whoever missed some is told of the gap", () => {
  const log = createEventLog(3);
  for (let nth = 0; nth < 5; nth += 1) log.tell(went(nth % 2 === 0));
  expect(log.since(0)).toMatchObject({ gap: false, events: [{ id: 3 }, { id: 4 }, { id: 5 }] });
  expect(log.since(4)).toMatchObject({ gap: false, events: [{ id: 5 }] });
  expect(log.since(2).gap).toBe(false);
  expect(log.since(1).gap).toBe(true);
  expect(log.since(5)).toEqual({ gap: false, events: [] });
});

test("an id of an earlier run of the server gets everything, and is told so", () => {
  const log = createEventLog(3);
  log.tell(went(true));
  expect(log.since(900)).toMatchObject({ gap: true, events: [{ id: 1 }] });
});

test("the console's own arguments are taken out, the others are the stack's", () => {
  const usual = { served: true, opened: true, port: undefined, logs: [], rest: [] };
  expect(consoleArguments([])).toEqual(usual);
  expect(consoleArguments(["--no-open", "--json", "--console-port", "0"])).toEqual({
    ...usual,
    ...{ opened: false, port: 0, rest: ["--json"] },
  });
  expect(consoleArguments(["--no-console", "--console-port=4200"])).toEqual({ ...usual, served: false, port: 4200 });
  for (const args of [["--console-port"], ["--console-port", "x"], ["--console-port=70000"]]) {
    expect(() => consoleArguments(args)).toThrow("--console-port is not a port: 0 to 65535.");
  }
});

test("files of log lines are named as for trace, and can be read again", () => {
  const named = (...args: string[]) => {
    const { logs, rest } = consoleArguments(args);
    return [logs, rest];
  };
  expect(named("--logs", "a.log", "--logs=b=c.log")).toEqual([["a.log", "b=c.log"], []]);
  // what a shell makes of `--logs *.log --json`
  expect(named("--logs", "a.log", "b.log", "--json", "x")).toEqual([
    ["a.log", "b.log"],
    ["--json", "x"],
  ]);
  for (const args of [["--logs"], ["--logs="], ["--logs", "--json"]]) {
    expect(() => consoleArguments(args)).toThrow("--logs needs a file with log lines.");
  }
  expect(() => consoleArguments(["--logs", "a.log", "--no-console"])).toThrow("cannot be with --no-console");
  expect(() => consoleArguments(["--logs", "-"])).toThrow("--logs - cannot be");
  expect(() => consoleArguments(["--logs", ...Array(33).fill("a.log")])).toThrow("at most 32 files");
});

test("a file of log lines that cannot be read at each look is told without its name, which may be a token", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-logs-"));
  try {
    const file = path.join(folder, "a.log");
    await writeFile(file, "");
    await expect(checkLogFiles([file])).resolves.toBeUndefined();
    await expect(checkLogFiles([file, "auth-token-5f3a"])).rejects.toThrow(
      /^--logs: file 2 of 2 cannot be read \(ENOENT\)\.$/,
    );
    await expect(checkLogFiles([folder])).rejects.toThrow("--logs: the file is a folder or a pipe");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a browser is opened where a person sits before one, and nowhere else", () => {
  expect(opener("darwin", {}, true)).toBe("open");
  expect(opener("linux", { DISPLAY: ":0" }, true)).toBe("xdg-open");
  expect(opener("linux", {}, true)).toBeUndefined();
  expect(opener("linux", { DISPLAY: ":0", CI: "true" }, true)).toBeUndefined();
  expect(opener("linux", { DISPLAY: ":0", SSH_CONNECTION: "1" }, true)).toBeUndefined();
  expect(opener("darwin", {}, false)).toBeUndefined();
});

test("a page that cannot be built says why, as text", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-page-"));
  try {
    await writeFile(path.join(folder, "main.tsx"), 'import "./<b>missing.ts";');
    const { html, script } = await buildPage(folder, { token: "secret" });
    expect(html).toContain("could not be built");
    expect(html).toContain("main.tsx:1: ");
    expect(html).toContain("&lt;b>missing");
    expect(html).not.toContain("secret");
    expect(script).toBe("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the style of the page is one file, whatever files its rules are in", async () => {
  const { style, script } = await buildPage("console", { token: "secret" });
  expect(script.length).toBeGreaterThan(10_000);
  expect(style).not.toContain("@import");
  for (const part of ["--ground", ".unseen", ".phone", ".lane-names", ".details", ".graph", ".matrix"])
    expect(style).toContain(part);
});
