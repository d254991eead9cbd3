import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CallRecord } from "../../rehearsal/call-record.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { type SsmServer, startSsm } from "../../scripts/check-deploy/ssm-server.ts";
import { run } from "../scripts/run-command.ts";
import { answering, lastWords, type TestStack, testStack, usual } from "../support/stack.ts";
import { account } from "../support/twilio-rest/server.ts";
import { startServerless } from "../support/twilio-rest/serverless.ts";

/** The command as it is typed, against servers that speak SSM's protocol and Twilio's Serverless API under its real names. */
const parameter = "/test/sorry";
const staff = "+815012345678";

let ssm: SsmServer;
let twilio: Awaited<ReturnType<typeof startServerless>>;
let stack: TestStack;
beforeAll(async () => {
  [ssm, twilio] = await Promise.all([startSsm(), startServerless()]);
  twilio.existing();
  const env = { AWS_ENDPOINT_URL_SSM: ssm.url, SORRY_PARAMETER: parameter };
  stack = await testStack({ authToken: account.token, accountSid: account.sid, env });
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([ssm?.stop(), twilio?.stop()]);
});
beforeEach(() => {
  ssm.put(parameter, "off", "String");
});
afterEach(() => {
  ssm.fail(undefined);
  twilio.state.failsAt = undefined;
  expect(twilio.wrong).toEqual([]);
});

async function sorry(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = {
    ...twilio.env,
    AWS_ENDPOINT_URL_SSM: ssm.url,
    ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
    SORRY_PARAMETER: parameter,
    FALLBACK_BASE_URL: `https://${twilio.domain}`,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    STAYLINE_STATE_DIR: "/nowhere",
    TZ: "UTC",
    ...more,
  };
  const { said, ended } = run(["sorry", ...args], { env });
  const code = await ended;
  const all = said.out + said.err;
  expect(all).not.toContain(staff.slice(3));
  expect(all).not.toContain(account.token);
  return { code, ...said };
}

/** The legs get what the clouds would give them: the primary on a start, the fallback with its next execution. */
async function given(): Promise<void> {
  await stack.fallback.setVariables(Object.fromEntries(twilio.variables));
  await stack.primary.restart();
}

function call(from?: string): Promise<CallRecord> {
  const { authToken, accountSid, flows } = stack;
  if (flows.four === undefined) throw new Error("the stack lacks four");
  return placeCall({ ...flows.four, authToken, accountSid, script: answering(usual.four), ...(from && { from }) });
}

const killPrimary = async () => {
  stack.primary.kill();
  await stack.primary.exited;
};

describe("npm run sorry", () => {
  test("on: callers of both legs hear message, reason and end; a named number passes; off: all is as before", async () => {
    const words = ["--message", "The line is closed.", "--reason", "There is a power cut.", "--until", "2h"];
    const on = await sorry(["on", ...words, "--allow", staff]);
    expect(on).toMatchObject({ code: 0, err: "" });
    expect(on.out).toMatch(/^primary {3}on, in use within 15 s\nfallback {2}on, from the next execution on\n/);
    expect(on.out).toMatch(/on for new calls, until \S+Z, 1 number pass/);
    await given();
    const heard =
      /^The line is closed\. There is a power cut\. We expect to be back (?:on \w+, \w+ \d+ )?at [\d:]+ [AP]M\.$/;
    expect((await call()).heard.join(" ")).toMatch(heard);
    expect(lastWords(await call(staff))).toMatch(/bye$/);
    await killPrimary();
    expect((await call()).heard.join(" ")).toMatch(heard);
    expect(lastWords(await call(staff))).toMatch(/bye$/);

    const status = await sorry(["status"]);
    expect(status).toMatchObject({ code: 0, err: "" });

    expect(status.out.match(/on for new calls, until \S+Z, 1 number pass/g)).toHaveLength(2);

    expect(await sorry(["off"])).toMatchObject({ code: 0, err: "" });
    await given();
    expect(lastWords(await call())).toMatch(/bye$/);
    await killPrimary();
    expect(lastWords(await call())).toMatch(/bye$/);
    // what is said stays, for the preview
    expect(ssm.get(parameter)).toContain("The line is closed.");
    const { out } = await sorry(["status"]);
    expect(out).toMatch(/^primary {3}off\n/);
    expect(out.match(/The line is closed\./g)).toHaveLength(2);
  });

  test.each([
    ["the primary's store", () => ssm.fail("denied"), "primary", /AccessDenied/],
    ["Twilio", () => Object.assign(twilio.state, { failsAt: "ListVariable" }), "fallback", /Twilio answered 500/],
  ] as const)("says that it could not reach %s, and turns the other leg on", async (_, fail, lost, why) => {
    expect(await sorry(["off"])).toMatchObject({ code: 0 });
    fail();
    const { code, out } = await sorry(["on", "--message", "One leg."]);
    expect(code).toBe(1);
    const line = out.split("\n").find((one) => one.startsWith(lost)) ?? "";
    expect(line).toContain("NOT REACHED, it stays as it was");
    expect(line).toMatch(why);
    expect(out).toContain(
      `by hand: set the ${lost === "primary" ? "SSM parameter to" : "service's variable SORRY to"} on`,
    );
    const primary = ssm.get(parameter) ?? "";
    const fallback = twilio.variables.get("SORRY") ?? "";
    expect([primary, fallback].map((text) => text.split(" ")[0])).toEqual(
      lost === "primary" ? ["off", "on"] : ["on", "off"],
    );
    ssm.fail(undefined);
    twilio.state.failsAt = undefined;
    expect(await sorry(["status"])).toMatchObject({ code: 1, out: expect.stringContaining("the legs differ") });
  });

  test("turns on the leg whose settings are there when the other's are not", async () => {
    await sorry(["off"]);
    const without = await sorry(["on"], { TWILIO_ACCOUNT_SID: "" });
    expect(without).toMatchObject({
      code: 1,
      out: expect.stringMatching(/fallback {2}NOT REACHED.*TWILIO_ACCOUNT_SID is missing/),
    });
    expect(ssm.get(parameter)).toMatch(/^on /);
    const elsewhere = await sorry(["on"], { FALLBACK_BASE_URL: "https://another-1234.twil.io" });
    expect(elsewhere).toMatchObject({ code: 1, out: expect.stringContaining("no service of the account is at") });
  });

  test("refuses what makes no sense before it asks anybody", async () => {
    const asked = ssm.asked.length;
    expect(await sorry(["on", "--until", "yesterday"])).toMatchObject({ code: 2, out: "" });
    expect(await sorry(["on", "--message", "x".repeat(451)])).toMatchObject({ code: 2, out: "" });
    expect(await sorry(["--help"])).toMatchObject({ code: 0 });
    expect(ssm.asked.length).toBe(asked);
    expect(ssm.get(parameter)).toBe("off");
  });
});
