import { connect } from "node:net";
import { expect, test } from "vitest";
import { checkStart } from "../../scripts/check-start.ts";

const survived = "The call survived; the effect 'book' was executed 1 time(s).";
const whole = `console.log(${JSON.stringify(`${survived}\nCtrl-C ends everything.`)});`;
const staysUp = "setInterval(() => {}, 1000);";
const endsOnSignal = 'process.once("SIGINT", () => process.exit(0));';

const check = (code: string, times: { answeringWithinMs?: number; endingWithinMs?: number } = {}) =>
  checkStart({ command: [process.execPath, "-e", code], answeringWithinMs: 10_000, endingWithinMs: 5_000, ...times });

test("a start that answers, survives and ends on Ctrl-C is well", async () => {
  const verdict = await check(`${endsOnSignal}${staysUp}${whole}`);
  expect(verdict.line).toMatch(/^npm start: ready after \d+ ms; the call survived; Ctrl-C: exit code 0$/);
  expect(verdict.ok).toBe(true);
});

test("a start that ends at once has a verdict, and its last words are kept", async () => {
  const verdict = await check('console.log("one"); console.error("port is taken"); process.exitCode = 3;');
  expect(verdict.ok).toBe(false);
  expect(verdict.line).toMatch(/^npm start: ended \(exit code 3\) after \d+ ms; .* did not survive; Ctrl-C: nobody to/);
  expect(verdict.output.split("\n").sort()).toEqual(["", "one", "port is taken"]);
});

test("a start that cannot be run at all has a verdict", async () => {
  const verdict = await checkStart({ command: ["no-such-program"], answeringWithinMs: 5_000, endingWithinMs: 5_000 });
  expect(verdict).toMatchObject({ ok: false, line: expect.stringContaining("ENOENT") });
});

test("a start that says nothing is late", async () => {
  const verdict = await check(`${endsOnSignal}${staysUp}`, { answeringWithinMs: 500 });
  expect(verdict).toMatchObject({ ok: false, line: expect.stringMatching(/late after .* did not survive/) });
});

test("what ignores Ctrl-C is told, and neither it nor its children are left", async () => {
  const listens = `require("node:net").createServer().listen(0, "127.0.0.1", function () { console.log("port " + this.address().port); });`;
  const child = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(listens)}])`;
  const ignores = `process.on("SIGINT", () => {}); ${listens}
    ${child}.stdout.on("data", (line) => { console.log(String(line)); setTimeout(() => { ${whole} }, 50); });`;
  const verdict = await check(ignores, { endingWithinMs: 300 });
  expect(verdict).toMatchObject({ ok: false, line: expect.stringMatching(/ready .* Ctrl-C: still running$/) });
  const ports = [...verdict.output.matchAll(/^port (\d+)$/gm)].map(([, port]) => Number(port));
  expect(ports).toHaveLength(2);
  for (const port of ports) await expect.poll(() => refuses(port)).toBe(true);
});

/** Not "has no such process": what adopts orphans may be slow to bury them. */
function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    socket.unref();
  });
}
