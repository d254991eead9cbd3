import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { build } from "../../scripts/build.ts";
import { fallbackVariables, problemsWithVariables, variableNames } from "../../scripts/deploy/variables.ts";
import { account } from "../support/twilio-rest/server.ts";
import { startServerless } from "../support/twilio-rest/serverless.ts";

/** A clone after `npm run build`, as far as twilio-run reads it. */
let clone: string;
let twilio: Awaited<ReturnType<typeof startServerless>>;

beforeAll(async () => {
  twilio = await startServerless();
  clone = await mkdtemp(path.join(tmpdir(), "stayline-clone-"));
  for (const file of [".twilioserverlessrc.cjs", "package.json"])
    await cp(path.join(root, file), path.join(clone, file));
  const project = path.join(clone, ".twilioserverless");
  await mkdir(project);
  for (const file of ["package.json", "variables.env"]) {
    await cp(path.join(root, ".twilioserverless", file), path.join(project, file));
  }
  await mkdir(path.join(clone, "functions"));
  await build({ outDir: path.join(clone, "dist"), functionsDir: project });
});
afterAll(async () => {
  await twilio?.stop();
  await rm(clone, { recursive: true, force: true });
});

/** The real program, started in the root of the clone, with no arguments but these. */
async function twilioRun(args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = path.join(root, "node_modules", ".bin", "twilio-run");
  const given = { PATH: process.env.PATH ?? "", HOME: clone, ...twilio.env, ...env };
  const child = spawn(program, args, { cwd: clone, env: given, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => {
    said.out += text;
  });
  child.stderr.on("data", (text) => {
    said.err += text;
  });
  const [code] = await once(child, "close");
  return { code, ...said };
}
const login = { ACCOUNT_SID: account.sid, AUTH_TOKEN: account.token };
const settings = {
  PRIMARY_BASE_URL: "https://primary.example.com",
  FALLBACK_BASE_URL: `https://stayline-1234.twil.io`,
  SEAL_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
  TABLE_NAME: "stayline-Table-1ABCDEF",
  TABLE_REGION: "ap-northeast-1",
  TABLE_ACCESS_KEY_ID: "AKIAEXAMPLE",
  TABLE_SECRET_ACCESS_KEY: "secret",
  FLOW_BOOKINGS_URL: "https://bookings.example.com/effects",
};

describe("npx twilio-run deploy, in the root of a clone, against Twilio's Serverless API on this machine", () => {
  test("uploads the built functions, all protected, the prompts, and nothing to install", async () => {
    const ran = await twilioRun(["deploy"], { ...login, ...settings });
    expect(ran.err).not.toContain("ERROR");
    expect(ran.code).toBe(0);
    expect(twilio.wrong).toEqual([]);
    const [build] = twilio.builds;
    expect(build).toMatchObject({ runtime: "node22", dependencies: null });
    const functions = build?.files.filter(({ kind }) => kind === "function") ?? [];
    expect(functions.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/voice-webhook", "/voice-fallback", "/status-callback"]),
    );
    expect(functions.map(({ visibility }) => visibility)).toEqual(functions.map(() => "protected"));
    for (const { path: at, content } of functions) {
      const file = path.join(clone, ".twilioserverless", "functions", `${at}.protected.js`);
      expect(content.equals(await readFile(file)), at).toBe(true);
    }
    const prompt = build?.files.find(({ path }) => path === "/prompts/ja/survey-visit.mp3");
    expect(prompt?.visibility).toBe("public");
    expect(prompt?.content.equals(await readFile(path.join(root, "assets/prompts/ja/survey-visit.mp3")))).toBe(true);
    expect(twilio.deployed).toEqual([build?.sid]);
  });

  test("gives the leg its variables, and neither the account's nor anything else of the environment", async () => {
    expect(Object.fromEntries(twilio.variables)).toEqual(settings);
  });

  test("goes into the same service the next time, from another machine too, and leaves what it was not told", async () => {
    await rm(path.join(clone, ".twilioserverless", ".twiliodeployinfo"), { force: true });
    twilio.asked.length = 0;
    expect(await twilioRun(["deploy"], { ...login, TABLE_REGION: "eu-west-1" })).toMatchObject({ code: 0 });
    expect(twilio.deployed).toHaveLength(2);
    expect(twilio.asked.filter((id) => /^Create(?:Function|Asset|Environment)$/.test(id))).toEqual([]);
    expect(Object.fromEntries(twilio.variables)).toEqual({ ...settings, TABLE_REGION: "eu-west-1" });
  });

  test("deploys nothing when Twilio refuses the login", async () => {
    const ran = await twilioRun(["deploy"], { ...login, AUTH_TOKEN: "0".repeat(32) });
    expect(ran.code).toBe(1);
    expect(twilio.deployed).toHaveLength(2);
  });
});

test("every function of the project has an access suffix, so that none is public", async () => {
  const open = (names: readonly string[]) => names.filter((name) => !/\.(?:protected|private)\.js$/.test(name));
  const built = await readdir(path.join(clone, ".twilioserverless", "functions"));
  expect(built.length).toBeGreaterThanOrEqual(3);
  expect(open(built)).toEqual([]);
  expect(open(["voice-webhook.js"])).toEqual(["voice-webhook.js"]);
});

describe("the variables of the fallback leg", () => {
  const names = async () => variableNames(await readFile(path.join(root, ".twilioserverless/variables.env"), "utf8"));

  test("are those of .env.example, but for the primary's", async () => {
    const example = await readFile(path.join(root, ".env.example"), "utf8");
    const [common = "", , fallback = ""] = example.split(/^# ---- (?:primary|fallback|commands) .*$/m);
    const documented = variableNames(`${common}\n${fallback}`.replaceAll(/^# (?=[A-Z_]+=)/gm, ""));
    expect((await names()).sort()).toEqual(documented.filter((name) => name !== "TABLE_ENDPOINT").sort());
  });

  test("fit into Twilio's 3 kB even when each is as long as it may be", async () => {
    const url = (characters: number) => `https://${"x".repeat(characters - 8)}`;
    const key = (id: string) => `${id}:${Buffer.alloc(32, 255).toString("base64")}`;
    const longest = {
      PRIMARY_BASE_URL: url(150),
      FALLBACK_BASE_URL: url(150),
      // three keys of the longest name: the newest, and those of two rotations that have not run out
      SEAL_KEYS: ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map(key).join(","),
      TABLE_NAME: "t".repeat(255),
      TABLE_REGION: "ap-northeast-1",
      TABLE_ACCESS_KEY_ID: "A".repeat(128),
      TABLE_SECRET_ACCESS_KEY: "s".repeat(40),
      FLOW_BOOKINGS_URL: url(450),
    };
    const all = await names();
    const variables = fallbackVariables(all, longest, { done: {}, learned: {}, deployed: [] });
    expect(Object.keys(variables).sort()).toEqual(Object.keys(longest).sort());
    expect(problemsWithVariables(all, variables, longest)).toEqual([]);
  });

  test("that do not fit, or that the leg would not get, are told before anything is deployed", async () => {
    const all = [...(await names()), ...[1, 2, 3, 4, 5, 6, 7].map((one) => `FLOW_MORE_${one}`)];
    const many = Object.fromEntries(all.map((name) => [name, "x".repeat(440)]));
    const problems = (env: Readonly<Record<string, string>>) =>
      problemsWithVariables(all, fallbackVariables(all, env, { done: {}, learned: {}, deployed: [] }), env);
    expect(problems(many)).toEqual([
      expect.stringMatching(/^the fallback's variables have \d+ bytes, Twilio allows 3000$/),
    ]);
    expect(problems({ SEAL_KEYS: "x".repeat(451) })).toEqual([
      "SEAL_KEYS has 451 bytes, Twilio allows 450 for a variable",
    ]);
    expect(problems({ FLOW_NEW: "1" })).toEqual([
      "FLOW_NEW is set here, and has no line in .twilioserverless/variables.env",
    ]);
  });
});
