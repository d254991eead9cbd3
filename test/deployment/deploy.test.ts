import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { flows } from "../../flows/index.ts";
import { root } from "../../scripts/build/bundle.ts";
import { build, buildFolders } from "../../scripts/build.ts";
import { fingerprint } from "../../scripts/deploy/variables.ts";
import { runDeploy } from "../../scripts/deploy.ts";
import { type TestStack, testStack } from "../support/stack.ts";
import { type NumberResource, newNumber, numbersOf } from "../support/twilio-rest/numbers.ts";
import { account, startTwilioRest } from "../support/twilio-rest/server.ts";
import { startServerless } from "../support/twilio-rest/serverless.ts";
import { type Answers, standIns } from "./stand-ins.ts";

/**
 * The deployment with the real twilio-run and Twilio's real client, against servers that take what Twilio's descriptions allow, and
 * with both legs really running. `sam` and `aws` are stand-ins: what AWS would do is not shown here.
 */
const phone = "+815012345678";
const older = "000000000001";
let folder: string;
let stateFolder: string;
let stack: TestStack;
let twilio: Awaited<ReturnType<typeof startServerless>>;
let rest: Awaited<ReturnType<typeof startTwilioRest>>;
let aws: Awaited<ReturnType<typeof standIns>>;
/** With a stand-in for twilio-run too, where it is not what a test is about: the real one takes a second. */
let quick: Awaited<ReturnType<typeof standIns>>;
let ours: NumberResource;
/** of the tree as it is, which both legs run */
let buildId: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-deploying-"));
  const [now] = await Promise.all([
    build({ outDir: path.join(folder, "now") }),
    build({ outDir: path.join(folder, "older"), buildId: older }),
  ]);
  ({ buildId } = now);
  stack = await testStack({
    buildDir: path.join(folder, "now"),
    flowNames: flows.map(({ name }) => name),
    authToken: account.token,
    accountSid: account.sid,
  });
  twilio = await startServerless();
  rest = await startTwilioRest((request) => numbersOf([ours])(request));
  aws = await standIns(folder, ["sam", "aws"]);
  quick = await standIns(path.join(folder, "quick"), ["sam", "aws", "twilio-run"]);
});
afterAll(async () => {
  await Promise.all([stack?.stop(), twilio?.stop(), rest?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const output = (OutputKey: string, OutputValue: string) => ({ OutputKey, OutputValue });
/** What the clouds tell where all is well. */
const healthy = (): Answers => ({
  "twilio-run deploy": { out: JSON.stringify({ domain: "stayline-1234.twil.io" }) },
  "sam --version": { out: "SAM CLI, version 1.150.0\n" },
  "aws --version": { out: "aws-cli/2.30.0\n" },
  "aws ssm get-parameters": { out: JSON.stringify(["/stayline/twilio-auth-token", "/stayline/seal-keys"]) },
  "aws cloudformation describe-stacks": {
    out: JSON.stringify([
      output("PrimaryBaseUrl", stack.primary.baseUrl),
      output("TableName", "stayline-Table-1ABC"),
      output("TableRegion", "ap-northeast-1"),
    ]),
  },
});

beforeEach(async () => {
  stateFolder = await mkdtemp(path.join(folder, "state-"));
  ours = newNumber(phone);
  twilio.state.failsAt = undefined;
  for (const programs of [aws, quick]) {
    await programs.say(healthy());
    await programs.forget();
  }
  // these checks are programs with tests of their own, and take a minute
  await remember({ done: Object.fromEntries(["flows", "rehearsal"].map((step) => [step, doneWith(buildId)])) });
});
afterEach(() => {
  expect(twilio.wrong).toEqual([]);
  expect(rest.wrong).toEqual([]);
});

const doneWith = (build: string) => ({ build, at: "2026-01-01T00:00:00.000Z", inputs: fingerprint([]) });
const stateFile = () => path.join(stateFolder, "deploy.json");
const remember = (state: object) => writeFile(stateFile(), JSON.stringify({ learned: {}, deployed: [], ...state }));
const remembered = async () => JSON.parse(await readFile(stateFile(), "utf8"));

async function deploy(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}, programs = quick) {
  const lines: string[] = [];
  const env = {
    ...process.env,
    ...twilio.env,
    PATH: `${programs.bin}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    STAYLINE_STATE_DIR: stateFolder,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    TWILIO_API_BASE_URL: rest.url,
    SEAL_KEYS: stack.sealKeys,
    FALLBACK_BASE_URL: stack.fallback.baseUrl,
    FLOW_BOOKINGS_URL: stack.effectsUrl,
    ...more,
  };
  const to = ["--number", phone, "--flow", "survey"];
  const status = await runDeploy([...to, ...args], env, (line) => lines.push(...line.split("\n")));
  return { status, text: lines.join("\n") };
}
const at = (text: string, what: string) => {
  expect(text).toContain(what);
  return text.indexOf(what);
};
const uploads = async () => (await quick.calls()).filter((line) => line.startsWith("twilio-run deploy"));
const rolled = (calls: readonly string[]) => calls.filter((line) => line.startsWith("sam deploy"));

describe("npm run deploy", () => {
  test("brings both legs up, the fallback first, and then leads the number to them", async () => {
    const before = twilio.builds.length;
    const { status, text } = await deploy([], {}, aws);
    expect(text).toContain(`build ${buildId} is deployed`);
    expect(status).toBe(0);
    expect(at(text, "] fallback:")).toBeGreaterThan(at(text, "] rehearsal:"));
    expect(at(text, "] primary:")).toBeGreaterThan(at(text, "] fallback:"));
    expect(at(text, "] number:")).toBeGreaterThan(at(text, "] legs:"));
    // what the primary's deployment found out is given to the fallback, by a second deployment of the same build
    expect(twilio.builds.length - before).toBe(2);
    expect(Object.fromEntries(twilio.variables)).toMatchObject({
      PRIMARY_BASE_URL: stack.primary.baseUrl,
      TABLE_NAME: "stayline-Table-1ABC",
      TABLE_REGION: "ap-northeast-1",
    });
    const [sam = ""] = rolled(await aws.calls());
    expect(sam).toContain(`--template-file ${path.join(stateFolder, "builds", buildId, "template.yaml")}`);
    expect(sam).toContain(`FallbackBaseUrl=${stack.fallback.baseUrl}`);
    expect(sam).toContain(`FlowBookingsUrl=${stack.effectsUrl}`);
    expect(ours.voice_url).toContain(`${stack.primary.baseUrl}/voice/survey#`);
    for (const secret of [account.token, stack.sealKeys]) {
      expect(text).not.toContain(secret);
      expect(await readFile(stateFile(), "utf8")).not.toContain(secret);
      expect((await aws.calls()).join()).not.toContain(secret);
    }
    const done = text.split("\n").filter((line) => /^ {4}undo: .+/.test(line));
    expect(done).toHaveLength(11);

    // and again: nothing is deployed a second time
    await aws.forget();
    const again = await deploy([], {}, aws);
    expect(again.status).toBe(0);
    expect(again.text).toContain(`fallback: done before with build ${buildId}`);
    expect(rolled(await aws.calls())).toEqual([]);
    expect(twilio.builds.length - before).toBe(2);

    // unless it is asked for
    expect((await deploy(["--from", "primary"], {}, aws)).status).toBe(0);
    expect(rolled(await aws.calls())).toHaveLength(1);
    expect(twilio.builds.length - before).toBe(2);
  }, 60_000);

  test("does nothing in a dry run but tell the plan", async () => {
    await rm(stateFolder, { recursive: true });
    const asked = [twilio.asked.length, rest.asked.length];
    const { status, text } = await deploy(["--dry-run"]);
    expect(status).toBe(0);
    expect(text).toContain("nothing is done now");
    expect(text).toContain("sam deploy");
    expect(text).toContain(`npm run number -- set ${phone} --flow survey`);
    expect(existsSync(stateFolder)).toBe(false);
    expect(await quick.calls()).toEqual([]);
    expect([twilio.asked.length, rest.asked.length]).toEqual(asked);
  });

  const early: readonly (readonly [string, string, Answers | undefined, Readonly<Record<string, string>>, RegExp])[] = [
    ["credentials", "a variable is missing", undefined, { SEAL_KEYS: "" }, /missing: SEAL_KEYS/],
    ["credentials", "a seal key is malformed", undefined, { SEAL_KEYS: "k1:short" }, /SEAL_KEYS: entry 1/],
    [
      "credentials",
      "the fallback would not get a setting",
      undefined,
      { FLOW_OTHER: "1" },
      /FLOW_OTHER.*variables.env/,
    ],
    [
      "credentials",
      "a setting of the flows is not there",
      undefined,
      { FLOW_BOOKINGS_URL: "" },
      /FLOW_BOOKINGS_URL is not set: the flows read it/,
    ],
    ["tools", "sam is broken", { "sam --version": { code: 3, err: "no python\n" } }, {}, /sam ended with 3: no python/],
    [
      "secrets",
      "AWS does not let us in",
      { "aws ssm get-parameters": { code: 254, err: "expired token\n" } },
      {},
      /expired token[\s\S]*log in/,
    ],
    [
      "secrets",
      "a secret is not there",
      { "aws ssm get-parameters": { out: '["/stayline/seal-keys"]' } },
      {},
      /put-parameter.*"\$TWILIO_AUTH_TOKEN"/,
    ],
    [
      "template",
      "the template is wrong",
      { "sam validate": { code: 1, err: "E3012\n" } },
      {},
      /E3012[\s\S]*mend template.yaml/,
    ],
  ];
  test.each(early)(
    "stops at %s when %s, tells the mend, and touches no cloud",
    async (step, _why, answers, env, told) => {
      await quick.say({ ...healthy(), ...answers });
      const asked = twilio.asked.length;
      const { status, text } = await deploy([], env);
      expect(status).toBe(1);
      expect(text).toMatch(told);
      expect(text).toMatch(/ {4}mend: .+\nstopped\./);
      expect(
        text
          .trimEnd()
          .split("\n")
          .findLast((line) => line.startsWith("[")),
      ).toMatch(new RegExp(`\\] ${step}:`));
      expect(twilio.asked.length).toBe(asked);
      expect(rolled(await quick.calls())).toEqual([]);
    },
  );

  test("stops where Twilio fails, and leaves AWS alone", async () => {
    twilio.state.failsAt = "CreateBuild";
    const { status, text } = await deploy([], {}, aws);
    expect(status).toBe(1);
    expect(text).toMatch(/\] fallback:[\s\S]*twilio-run ended with 1/);
    expect(rolled(await aws.calls())).toEqual([]);
  }, 60_000);

  test("stops where a step fails, leaves the rest alone, and goes on from there when it is run again", async () => {
    await quick.say({ ...healthy(), "sam deploy": { code: 1, err: "CREATE_FAILED Table\n" } });
    const first = await deploy();
    expect(first).toMatchObject({ status: 1, text: expect.stringMatching(/sam ended with 1: CREATE_FAILED Table/) });
    expect((await uploads()).length).toBe(1);
    expect(ours.voice_url).toContain("demo.twilio.com");

    await quick.say(healthy());
    stack.fallback.kill();
    await stack.fallback.exited;
    const second = await deploy();
    expect(second).toMatchObject({
      status: 1,
      text: expect.stringMatching(/\] legs:[\s\S]*the fallback leg does not answer/),
    });
    // once more, as the primary's address is known now
    expect((await uploads()).length).toBe(2);
    expect(ours.voice_url).toContain("demo.twilio.com");
    expect((await remembered()).deployed).toEqual([]);

    await stack.fallback.restart();
    await quick.forget();
    ours.trunk_sid = `TK${"1".repeat(32)}`;
    const third = await deploy();
    expect(third).toMatchObject({ status: 1, text: expect.stringMatching(/\] number:[\s\S]*SIP trunk/) });

    ours.trunk_sid = null;
    expect(await deploy()).toMatchObject({ status: 0, text: expect.stringContaining("all well") });
    expect([...rolled(await quick.calls()), ...(await uploads())]).toEqual([]);
    expect((await remembered()).deployed).toEqual([buildId]);
  }, 60_000);

  test("says what is wrong with its arguments", async () => {
    for (const wrong of [["--from", "nowhere"], ["--number", "1"], ["--flow", "nothing"], ["--lang", "xx"], ["more"]]) {
      expect(await deploy(wrong)).toMatchObject({ status: 2, text: expect.stringContaining("see deploy --help") });
    }
  });
});

describe("npm run deploy -- --rollback", () => {
  /** Both builds were deployed from here, this one last. */
  async function twoBuilds(state: object = {}) {
    for (const [id, from] of [
      [buildId, "now"],
      [older, "older"],
    ] as const) {
      const kept = path.join(stateFolder, "builds", id);
      const { lambdaDir, functionsDir } = buildFolders({ outDir: path.join(folder, from) });
      await cp(lambdaDir, path.join(kept, "dist/lambda"), { recursive: true });
      await cp(functionsDir, path.join(kept, ".twilioserverless"), { recursive: true });
      for (const file of [
        "template.yaml",
        "samconfig.toml",
        ".twilioserverlessrc.cjs",
        ".twilioserverless/variables.env",
      ]) {
        await cp(path.join(root, file), path.join(kept, file));
      }
    }
    const done = { fallback: doneWith(buildId), primary: doneWith(buildId) };
    await remember({ deployed: [buildId, older], done, ...state });
  }
  const runs = async (version: "now" | "older") => {
    const { lambdaDir, functionsDir } = buildFolders({ outDir: path.join(folder, version) });
    await Promise.all([
      stack.primary.restart({ codeDir: lambdaDir }),
      stack.fallback.restart({ codeDir: functionsDir }),
    ]);
  };

  test("deploys the build before, as it was kept, even when it takes two tries; and back again", async () => {
    await twoBuilds();
    // the legs do not run it: either the deployment did not do what it said, or somebody else deployed meanwhile
    const first = await deploy(["--rollback"]);
    expect(first).toMatchObject({
      status: 1,
      text: expect.stringMatching(new RegExp(`runs build ${buildId}, .* was ${older}`)),
    });
    await runs("older");
    const second = await deploy(["--rollback"]);
    expect(second).toMatchObject({ status: 0, text: expect.stringContaining(`build ${older} is deployed`) });
    for (const sam of rolled(await quick.calls())) expect(sam).toContain(path.join("builds", older, "template.yaml"));
    for (const upload of await uploads()) expect(upload).toContain(path.join("builds", older, ".twilioserverless"));
    expect(at(second.text, "] primary:")).toBeLessThan(at(second.text, "] fallback:"));
    expect(second.text).not.toContain("] rehearsal");
    expect((await remembered()).deployed).toEqual([older, buildId]);

    await runs("now");
    expect(first.text).toContain("mend: npm run deploy -- --rollback --from primary");
    expect(await deploy(["--rollback"])).toMatchObject({ status: 0 });
    expect((await remembered()).deployed).toEqual([buildId, older]);
  });

  test("of a deployment that stopped half-way leads to the one before it, not to the one before that", async () => {
    await twoBuilds({ done: { fallback: doneWith("ffffffffffff"), primary: doneWith(buildId) } });
    const { status, text } = await deploy(["--rollback"]);
    expect(text).toContain(`build ${buildId} is deployed`);
    expect(status).toBe(0);
  });

  test("says so when there is nothing to go back to", async () => {
    await remember({ done: {}, deployed: [buildId] });
    expect(await deploy(["--rollback"])).toMatchObject({
      status: 1,
      text: expect.stringContaining("no build is kept"),
    });
    await remember({ done: {}, deployed: [buildId, older] });
    expect(await deploy(["--rollback"])).toMatchObject({
      status: 1,
      text: expect.stringContaining(`(${older} is gone)`),
    });
    expect(await quick.calls()).toEqual([]);
  });
});
