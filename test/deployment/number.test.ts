import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { number as numberCommand } from "../../scripts/number.ts";
import { run } from "../scripts/run-command.ts";
import { type TestStack, testStack } from "../support/stack.ts";
import { type NumberResource, newNumber, numbersOf } from "../support/twilio-rest/numbers.ts";
import { account, type RestAnswer, type RestRequest, startTwilioRest } from "../support/twilio-rest/server.ts";

/** Asked of by Twilio's own client, over a server that takes only what Twilio's description of its API allows. */
let rest: Awaited<ReturnType<typeof startTwilioRest>>;
let stack: TestStack;
let stateFolder: string;
let ours: NumberResource;
let answer: (request: RestRequest) => RestAnswer;
const phone = "+815012345678";

beforeAll(async () => {
  rest = await startTwilioRest((request) => answer(request));
  stack = await testStack({ authToken: account.token, accountSid: account.sid });
});
afterAll(async () => {
  await rest?.stop();
  await stack?.stop();
});
beforeEach(async () => {
  rest.asked.length = 0;
  rest.wrong.length = 0;
  ours = newNumber(phone);
  // the filter of the list takes parts of numbers: somebody else's is found too
  answer = numbersOf([newNumber(`${phone}9`, 2), ours]);
  stateFolder = await mkdtemp(path.join(tmpdir(), "stayline-number-"));
});
afterEach(async () => {
  expect(rest.wrong).toEqual([]);
  await rm(stateFolder, { recursive: true, force: true });
});

async function number(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = {
    PRIMARY_BASE_URL: stack.primary.baseUrl,
    FALLBACK_BASE_URL: stack.fallback.baseUrl,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    TWILIO_API_BASE_URL: rest.url,
    STAYLINE_STATE_DIR: stateFolder,
    ...more,
  };
  const said = { out: "", err: "" };
  const print = {
    out: (text: string) => {
      said.out += `${text}\n`;
    },
    err: (text: string) => {
      said.err += `${text}\n`;
    },
  };
  return { status: await numberCommand(args, env, print), ...said };
}
const codes = (out: string) => (JSON.parse(out).findings as { code: string }[]).map(({ code }) => code).sort();
const check = async (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const { status, out, err } = await number(["check", phone, "--json", ...more], env);
  expect(err).toBe("");
  return { status, codes: codes(out), out };
};
const updates = () => rest.asked.filter(({ operation }) => operation === "UpdateIncomingPhoneNumber").length;

describe("number set", () => {
  test("gives the number all three URLs with their overrides, tells how to undo it, and does nothing a second time", async () => {
    const first = await number(["set", phone, "--flow", "survey", "--lang", "ja"]);
    expect(first).toMatchObject({ status: 0, err: "" });
    const { primary, fallback } = stack;
    expect(ours.voice_url).toMatch(
      new RegExp(`^${primary.baseUrl}/voice/survey\\?lang=ja#ct=\\d+&rt=\\d+&tt=\\d+&rc=0$`),
    );
    expect(ours.voice_fallback_url).toMatch(
      new RegExp(`^${fallback.baseUrl}/voice-fallback\\?flow=survey&lang=ja#.*&rc=1&rp=all$`),
    );
    expect(ours.status_callback).toMatch(new RegExp(`^${primary.baseUrl}/status/survey#ct=`));
    expect([ours.voice_method, ours.voice_fallback_method, ours.status_callback_method]).toEqual([
      "POST",
      "POST",
      "POST",
    ]);
    expect(first.out).toContain("before POST https://demo.twilio.com/welcome/voice/");
    expect(first.out).toContain(`after  POST ${ours.voice_url}`);
    expect(first.out).toContain(`undo: npm run number -- restore ${phone}`);

    expect(await number(["set", phone, "--flow", "survey", "--lang", "ja"])).toMatchObject({
      status: 0,
      out: `${phone}: nothing to change\n`,
    });
    expect(updates()).toBe(1);
    const again = await number(["restore", phone]);
    expect(again).toMatchObject({ status: 0, err: "" });
    expect(ours).toEqual(newNumber(phone));
  });

  test("changes nothing in a dry run", async () => {
    const told = await number(["set", phone, "--flow", "survey", "--dry-run"]);
    expect(told.status).toBe(0);
    expect(told.out).toContain("would change");
    expect(updates()).toBe(0);
    expect(await number(["restore", phone])).toMatchObject({
      status: 1,
      out: expect.stringContaining("nothing to restore"),
    });
  });

  test("leaves a number alone that a trunk or an application answers, and one that takes no calls", async () => {
    ours.trunk_sid = `TK${"1".repeat(32)}`;
    const trunk = await number(["set", phone, "--flow", "survey"]);
    expect(trunk).toMatchObject({ status: 1, out: expect.stringContaining("SIP trunk") });
    ours.trunk_sid = null;
    ours.capabilities = { voice: false };
    expect(await number(["set", phone, "--flow", "survey"])).toMatchObject({ status: 1 });
    expect(updates()).toBe(0);
  });

  test("has kept the old URLs even when Twilio's answer is lost", async () => {
    answer = (request) => {
      const done = numbersOf([ours])(request);
      return request.operation === "UpdateIncomingPhoneNumber" ? "hang-up" : done;
    };
    expect(await number(["set", phone, "--flow", "survey"])).toMatchObject({
      status: 1,
      err: expect.stringContaining("run it again"),
    });
    const kept = JSON.parse(await readFile(path.join(stateFolder, `number-${phone}.json`), "utf8"));
    expect(kept.before.voiceUrl).toBe("https://demo.twilio.com/welcome/voice/");
  });

  test("says what is wrong: another account's number, a refusal, a flow that is not there, no address", async () => {
    expect(await number(["set", "+815000000000", "--flow", "survey"])).toMatchObject({
      status: 1,
      out: expect.stringMatching(/has no number \+815000000000.*TWILIO_ACCOUNT_SID/),
    });
    expect(await number(["set", phone, "--flow", "nothing"])).toMatchObject({ status: 2 });
    expect(await number(["set", phone, "--flow", "survey"], { PRIMARY_BASE_URL: "" })).toMatchObject({
      status: 2,
      err: "number: PRIMARY_BASE_URL is missing: set it to the leg's public base URL\n",
    });
    answer = () => ({ status: 401, body: { code: 20003, message: "Authenticate", status: 401 } });
    expect(await number(["show", phone])).toMatchObject({
      status: 1,
      err: "number: Twilio refuses: 20003 Authenticate\n",
    });
  });
});

test("number is a command of its own, and tells how it is used", async () => {
  const { said, ended } = run(["number", "--help"]);
  expect(await ended).toBe(0);
  expect(said.out).toMatch(/^number show NUMBER\nnumber set NUMBER --flow NAME/);
  const wrong = run(["number", "set", phone]);
  expect(await wrong.ended).toBe(2);
  expect(wrong.said.err).toBe("number: set needs --flow (see number --help)\n");
});

test("number show tells the URLs, and which flow they begin", async () => {
  expect((await number(["show", phone])).out).toContain("none of our flows");
  await number(["set", phone, "--flow", "survey"]);
  expect((await number(["show", phone])).out).toContain(`POST ${ours.voice_url}\n`);
  expect((await number(["show", phone])).out).toContain("flow: survey");
});

describe("number check", () => {
  const healthy = () => number(["set", phone, "--flow", "survey"]);

  test("finds nothing where all is well, and takes the flow from the number itself", async () => {
    await healthy();
    const { status, out, codes: found } = await check();
    expect(found).toEqual([]);
    expect(status).toBe(0);
    expect(out).not.toContain(account.token);
    const text = await number(["check", phone]);
    expect(text.out).toMatch(/primary +build [0-9a-f]{12}, answered in \d+ ms, table in \d+ ms, seal keys \w+/);
    expect(text.out).toMatch(/all well\n$/);
  });

  const edits: readonly (readonly [string, (number: NumberResource) => Partial<NumberResource>, readonly string[]])[] =
    [
      ["another host", () => ({ voice_url: "https://elsewhere.example.com/voice/survey" }), ["other-host"]],
      ["no fallback", () => ({ voice_fallback_url: "" }), ["no-voiceFallbackUrl"]],
      ["no overrides", (one) => ({ voice_url: one.voice_url.replace(/#.*/, "") }), ["overrides"]],
      [
        "other overrides",
        (one) => ({ voice_fallback_url: one.voice_fallback_url.replace("rp=all", "rp=rt") }),
        ["overrides"],
      ],
      ["asked by GET", () => ({ voice_method: "GET" }), ["method"]],
      [
        "another flow",
        (one) => ({ voice_fallback_url: one.voice_fallback_url.replace("survey", "appointment") }),
        ["edited"],
      ],
      ["both legs on one host", (one) => ({ voice_fallback_url: one.voice_url }), ["one-host", "other-host"]],
      ["an application in between", () => ({ voice_application_sid: `AP${"2".repeat(32)}` }), ["answered-by"]],
    ];
  test.each(edits)("finds %s, and says how to mend it", async (_name, edit, expected) => {
    await healthy();
    Object.assign(ours, edit(ours));
    const { status, codes: found, out } = await check();
    expect(found).toEqual([...expected].sort());
    expect(status).toBe(1);
    for (const { mend } of JSON.parse(out).findings)
      expect(mend).toContain(`npm run number -- set ${phone} --flow survey`);
    // what it says mends it
    ours.voice_application_sid = null;
    await healthy();
    expect((await check()).codes).toEqual([]);
  });

  test("finds that a number was never ours", async () => {
    expect(await check()).toMatchObject({ status: 1, codes: ["not-ours"] });
  });

  test("warns of a missing status callback URL, which costs no caller anything", async () => {
    await healthy();
    ours.status_callback = "";
    expect(await check()).toMatchObject({ status: 0, codes: ["no-statusCallback"] });
    expect(await check(["--strict"])).toMatchObject({ status: 1 });
  });

  test("finds a leg that is gone, a leg that has another token, and says when it cannot ask", async () => {
    await healthy();
    stack.fallback.kill();
    await stack.fallback.exited;
    expect(await check()).toMatchObject({ status: 1, codes: ["fallback-silent"] });
    await stack.fallback.restart();
    await stack.primary.restart({ env: { TWILIO_AUTH_TOKEN: "f".repeat(32) } });
    expect(await check()).toMatchObject({ status: 1, codes: ["primary-token"] });
    await stack.primary.restart({ env: { TWILIO_AUTH_TOKEN: account.token } });
    const key = { TWILIO_AUTH_TOKEN: "", TWILIO_API_KEY: account.sid, TWILIO_API_SECRET: account.token };
    expect(await check([], key)).toMatchObject({ status: 1, codes: ["not-probed"] });
  });

  test("finds a leg that does not reach the table", async () => {
    await healthy();
    stack.tableProxy.fault("refuse", { leg: "fallback" });
    expect(await check()).toMatchObject({ status: 1, codes: ["fallback-table"] });
    stack.tableProxy.clear();
  });

  test("finds seal keys that are not the same, and knows a rotation that is half done", async () => {
    await healthy();
    const newKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;
    const second = newKey("k2");
    const give = (keys: string) => stack.fallback.restart({ env: { SEAL_KEYS: keys } });
    await give(newKey("k1"));
    expect(await check()).toMatchObject({ status: 1, codes: ["seal-keys"] });
    await give(second);
    expect(await check()).toMatchObject({ status: 1, codes: ["seal-keys", "seal-keys"] });
    // the new key is known to the fallback, and does not seal yet
    await give(`${stack.sealKeys},${second}`);
    expect(await check()).toMatchObject({ status: 0, codes: ["seal-keys-older"] });
    await stack.primary.restart({ env: { SEAL_KEYS: `${second},${stack.sealKeys}` } });
    expect(await check()).toMatchObject({ status: 0, codes: ["seal-keys-order"] });
    await stack.primary.restart({ env: { SEAL_KEYS: stack.sealKeys } });
    await give(stack.sealKeys);
    expect(await check()).toMatchObject({ status: 0, codes: [] });
  });

  test("finds the addresses of the legs exchanged", async () => {
    const exchanged = { PRIMARY_BASE_URL: stack.fallback.baseUrl, FALLBACK_BASE_URL: stack.primary.baseUrl };
    const { status, codes: found } = await check(["--flow", "survey"], exchanged);
    expect(status).toBe(1);
    expect(found).toEqual(expect.arrayContaining(["fallback-status", "primary-status"]));
  });
});
