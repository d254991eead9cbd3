import { expect, inject, test } from "vitest";
import { run } from "./run-command.ts";

/** The caller books Monday; the fault may be anything but the end of the call. */
const booking = ["--flow", "appointment", "--press", "1,1"];
const faults = [
  [[], 0],
  [["--kill-primary-at", "2"], 1],
  [["--lose-answer-at", "1"], 1],
  [["--fail-media-at", "0"], 1],
] as const;

/** What `call` says. The build is the one of all tests. */
async function call(args: readonly string[]) {
  const { said, ended } = run(["call", "--build-dir", inject("buildDir"), ...args]);
  return { code: await ended, ...said };
}

test.each(faults)("a caller who books is told so in one line of JSON, %j", async (fault, failovers) => {
  const { code, out, err } = await call([...booking, ...fault, "--json"]);
  expect({ code, err, lines: out.split("\n").length }).toEqual({ code: 0, err: "", lines: 2 });
  const told = JSON.parse(out);
  expect(told).toMatchObject({ flow: "appointment", ended: "hangup", survived: true, failovers, effects: ["book"] });
  expect(told.heard.at(-1)).toMatch(/^Monday is yours/);
  // the connection overrides stay, the sealed checkpoints do not
  expect(out).toContain("#ct=1000&rt=4500&tt=5000&rc=0");
  expect(out).toContain("/voice/appointment/…#");
  expect(out).not.toMatch(/\bk1\.[A-Za-z0-9_-]{20}/);
});

test.each(faults)("a caller who books is drawn as a ladder, %j", async (fault, failovers) => {
  const { code, out, err } = await call([...booking, ...fault]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.match(/══ FAILOVER/g) ?? []).toHaveLength(failovers);
  expect(out).toMatch(/call ended: hangup[\s\S]*\neffects executed: book\n$/);
  expect(out).not.toContain("#ct=");
});

test.each([
  ["--lose-answer-at", "the call had no such request; its last was 2"],
  ["--fail-media-at", "the call had no such media fetch; its last was 0"],
])("a fault that the call never came to is said, and is not a success: %s", async (flag, why) => {
  const { code, out, err } = await call([...booking, flag, "9", "--json"]);
  expect({ code, err }).toEqual({ code: 1, err: `${flag} 9: ${why}\n` });
  expect(JSON.parse(out)).toMatchObject({ survived: true, failovers: 0 });
});

test.each([
  [["--flow", "toString"], "there is no flow 'toString'; there are appointment, front-desk, survey"],
  [[], "--flow is missing, for example --flow appointment"],
  [
    ["--flow", "survey", "--press", "4,shout:yes"],
    'caller script: "shout:yes" is not digits, say:<words>, silence, hangup, record:<seconds> or dial:<status>',
  ],
  [["--flow", "survey", "--lose-answer-at", "two"], "--lose-answer-at two: not a number from 0"],
  [
    ["--flow", "survey", "--lose-answer-at", "1", "--fail-media-at", "0"],
    "--lose-answer-at and --fail-media-at: one fault at a time",
  ],
])("arguments that make no sense are one line, before anything is started: %j", async (args, line) => {
  // were a stack started first, the missing build would be what is said
  const { said, ended } = run(["call", ...args, "--build-dir", "no-such-folder"]);
  expect(await ended).toBe(2);
  expect(said).toEqual({ out: "", err: `call: ${line} (see call --help)\n` });
});

test("a build that is not there is one line", async () => {
  const { said, ended } = run(["call", ...booking, "--build-dir", "no-such-folder"]);
  expect(await ended).toBe(1);
  expect(said.err).toMatch(/^There is no build in no-such-folder: .* is missing\.\n$/);
});

test("--help names the flows that there are", async () => {
  const { said, ended } = run(["call", "--help"]);
  expect(await ended).toBe(0);
  expect(said.out).toContain("--flow             appointment, front-desk, survey\n");
});

test("a call to a Japanese number is heard in Japanese, after a lost answer too", async () => {
  const args = ["--flow", "appointment", "--press", "2,1", "--lang", "ja", "--lose-answer-at", "1", "--json"];
  const { code, out } = await call(args);
  expect(code).toBe(0);
  expect(JSON.parse(out).heard.at(-1)).toMatch(/^火曜日のご予約を承りました。/);
});
