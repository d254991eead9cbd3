import { expect, inject, test } from "vitest";
import { checkStart, type StartVerdict } from "../../../scripts/check-start.ts";

const anyPort = ["primary", "fallback", "table", "effects", "console"].flatMap((name) => [`--${name}-port`, "0"]);

function start(...args: string[]): Promise<StartVerdict> {
  const common = [...anyPort, "--build-dir", inject("buildDir")];
  const command = [process.execPath, "scripts/start.ts", ...common, ...args] as const;
  return checkStart({ command: [...command], answeringWithinMs: 15_000, endingWithinMs: 5_000 });
}

test("the page is served beside the demonstration, which is the same with it and without it", async () => {
  const served = await start("--no-open");
  expect(served.line).toMatch(/ready after \d+ ms; the call survived; Ctrl-C: exit code 0$/);
  expect(served.output).toMatch(/^Console: http:\/\/127\.0\.0\.1:\d+\/$/m);
  const without = await start("--no-console");
  expect(without.line).toMatch(/the call survived; Ctrl-C: exit code 0$/);
  expect(without.output).not.toContain("Console:");
});

test("a port that is none and logs that are not there are told before anything is started", async () => {
  const verdict = await start("--console-port", "none");
  expect(verdict.output).toBe("--console-port is not a port: 0 to 65535.\n");
  expect((await start("--logs", "no-such.log")).output).toBe("--logs: the file cannot be read (ENOENT).\n");
});
