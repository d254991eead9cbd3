import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpExchange } from "../../rehearsal/http-exchange.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { root } from "../../scripts/build/bundle.ts";
import { answering, type TestStack, testStack, usual } from "../support/stack.ts";
import { newNumber, numbersOf } from "../support/twilio-rest/numbers.ts";
import { account, startTwilioRest } from "../support/twilio-rest/server.ts";
import { startServerless } from "../support/twilio-rest/serverless.ts";
import { addresses, startClouds } from "./operations/clouds.ts";
import { startFront } from "./operations/front.ts";
import { linkedFiles, npmScripts, type Page, pageFile, readPage } from "./operations/page.ts";
import { startPrograms } from "./operations/programs.ts";
import { filledIn, openShell, type Typed } from "./operations/shell.ts";

/**
 * A new-comer types what docs/operations.md says, in a copy of this tree, with the variables that the page names. Real are npm, the
 * commands, twilio-run, Twilio's client and both legs, which run what was uploaded; `aws` and `sam` are stand-ins. `npm ci` takes
 * the packages that are here; the lint of the flows and the rehearsal, programs with tests of their own, are left out.
 */
const phone = "+815012345678";
const newToken = "fedcba9876543210fedcba9876543210";
/** what a person finds in Twilio's console */
const consoleShows = `NEW_TWILIO_AUTH_TOKEN=${newToken}`;
const region = "us-east-1";
const ending: (() => unknown)[] = [];
let page: Page;
let clone: string;
let stack: TestStack;
let twilio: Awaited<ReturnType<typeof startServerless>>;
let programs: Awaited<ReturnType<typeof startPrograms>>;
let clouds: Awaited<ReturnType<typeof startClouds>>;
let shell: ReturnType<typeof openShell>;
const ours = newNumber(phone);

beforeAll(async () => {
  page = await readPage();
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-newcomer-"));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  clone = path.join(folder, "clone");
  stack = await testStack({ authToken: account.token, accountSid: account.sid, publicUrls: addresses });
  ending.push(stack.stop);
  // nothing is deployed yet
  for (const leg of [stack.primary, stack.fallback]) leg.kill();
  twilio = await startServerless();
  ending.push(twilio.stop);
  const rest = await startTwilioRest(numbersOf([ours]));
  ending.push(rest.stop, () => expect(rest.wrong).toEqual([]));
  clouds = await startClouds(folder, stack, twilio);
  ending.push(clouds.stop);
  programs = await startPrograms(folder, clouds.answer);
  ending.push(programs.stop);
  const servers = {
    [hostOf(addresses.primary)]: stack.primary.baseUrl,
    [hostOf(addresses.fallback)]: stack.fallback.baseUrl,
  };
  const front = await startFront(folder, servers, twilio.env.NODE_EXTRA_CA_CERTS, clouds.ready);
  ending.push(front.stop);
  await copyTree(clone);

  const known: Readonly<Record<string, string>> = {
    AWS_REGION: region,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    NUMBER: phone,
    FLOW_BOOKINGS_URL: stack.effectsUrl,
  };
  const own = (process.env.PATH ?? "").split(path.delimiter).filter((one) => !one.endsWith("node_modules/.bin"));
  const env = {
    ...Object.fromEntries(page.variables.map((name) => [name, known[name] ?? ""])),
    PATH: [programs.bin, ...own].join(path.delimiter),
    HOME: folder,
    npm_config_update_notifier: "false",
    NODE_NO_WARNINGS: "1",
    // where the clouds are
    TWILIO_API_BASE_URL: rest.url,
    ...twilio.env,
    ...front.env,
  };
  shell = openShell(folder, { cwd: clone, env });
  ending.push(shell.close);
  const packages = path.join(root, "node_modules");
  await shell.type(`npm() { if [ "$*" = ci ]; then ln -s '${packages}' node_modules; else command npm "$@"; fi; }`);
});
afterAll(async () => {
  for (const end of ending.reverse()) await end();
});

/** As git would have it; what is not committed yet is in it too. */
async function copyTree(to: string): Promise<void> {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(path.join(root, name)))) {
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await cp(path.join(root, file), path.join(to, file));
  }
  for (const check of ["flow.ts", "rehearse.ts"]) {
    await writeFile(path.join(to, "scripts", check), 'console.log("left out");\n');
  }
}

const hostOf = (url: string) => new URL(url).host;

/** Somebody calls the number, and books Monday. */
async function callTheNumber(): Promise<string> {
  await clouds.ready();
  const call = await placeCall({
    voiceUrl: ours.voice_url,
    fallbackUrl: ours.voice_fallback_url,
    statusCallbackUrl: ours.status_callback,
    authToken: account.token,
    accountSid: account.sid,
    script: answering(usual.appointment),
    exchange: (request) =>
      httpExchange({
        ...request,
        url: request.url
          .replace(addresses.primary, stack.primary.baseUrl)
          .replace(addresses.fallback, stack.fallback.baseUrl),
      }),
  });
  return call.heard.join(" ");
}

/** Types the next block of the page. */
let at = 0;
let printed = "";
async function nextBlock(first: string): Promise<Typed[]> {
  const block = page.blocks[at++] ?? [];
  expect(block[0]).toContain(first);
  const typed: Typed[] = [];
  for (const line of block) typed.push(await shell.type(filledIn(line, `${printed}\n${consoleShows}`)));
  printed = typed.map(({ out }) => out).join("");
  return typed;
}
const codes = (typed: readonly Typed[]) =>
  typed.map(({ line, code, out, err }) => (code === 0 ? 0 : [code, line, out, err]));

test("a new-comer gets from a clone to a number that survives, and through a year with it", async () => {
  // secrets
  expect(codes(await nextBlock("export SEAL_KEYS="))).toEqual([0, 0, 0]);
  expect(clouds.secrets.get(`${region}/stayline/twilio-auth-token`)).toBe(account.token);
  expect(clouds.secrets.get(`${region}/stayline/seal-keys`)).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);

  // the plan
  const asked = programs.calls.length;
  const [, plan] = await nextBlock("npm ci");
  expect(plan).toMatchObject({ code: 0, out: expect.stringContaining("nothing is done now") });
  expect([programs.calls.length - asked, twilio.asked.length]).toEqual([0, 0]);

  // the first deployment
  const [first] = await nextBlock("npm run deploy");
  expect(first?.out).toMatch(/\] legs: .*\n +failed: the fallback leg does not reach the table/);
  expect(first?.out).toMatch(/mend: .*npm run rotate-fallback-key -- new/);
  expect(first?.code).toBe(1);
  expect(ours.voice_url).toContain("demo.twilio.com");

  // keys for the table
  const [made] = await nextBlock("npm run rotate-fallback-key");
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^TABLE_ACCESS_KEY_ID=AKIA/m) });
  expect(codes(await nextBlock("export TABLE_ACCESS_KEY_ID="))).toEqual([0, 0, 0]);
  expect(Object.fromEntries(twilio.variables)).toMatchObject({
    PRIMARY_BASE_URL: addresses.primary,
    FALLBACK_BASE_URL: addresses.fallback,
    TABLE_NAME: stack.table.name,
    TABLE_ACCESS_KEY_ID: clouds.keys[0]?.AccessKeyId,
  });
  expect(ours.voice_url).toContain(`${addresses.primary}/voice/appointment#`);
  expect(ours.voice_fallback_url).toContain(addresses.fallback);

  // look
  const [look] = await nextBlock("npm run number -- check");
  expect(look).toMatchObject({ code: 0, out: expect.stringMatching(/all well\n$/) });
  expect(await callTheNumber()).toContain("Monday is yours");

  stack.primary.kill();
  await stack.primary.exited;
  expect(await callTheNumber()).toContain("Monday is yours");
  await stack.primary.restart();

  // a deployment after that, in which the table's keys are not set any more, and back
  await shell.type("unset TABLE_ACCESS_KEY_ID TABLE_SECRET_ACCESS_KEY");
  await edit("flows/appointment.ts", (text) => text.replaceAll("} is yours.", "} is all yours."));
  expect(codes(await nextBlock("npm run deploy"))).toEqual([0]);
  expect(await callTheNumber()).toContain("Monday is all yours");
  expect(codes(await nextBlock("npm run deploy -- --rollback"))).toEqual([0]);
  expect(await callTheNumber()).toContain("Monday is yours");

  // keys that change
  expect(codes(await nextBlock("export NEW_TWILIO_AUTH_TOKEN="))).toEqual([0, 0]);
  expect(clouds.secrets.get(`${region}/stayline/twilio-auth-token`)).toBe(`${newToken},${account.token}`);
  const [kept = ""] = (twilio.variables.get("SEAL_KEYS") ?? "").split(",");
  expect(codes(await nextBlock("export SEAL_KEYS="))).toEqual([0, 0, 0]);
  const both = twilio.variables.get("SEAL_KEYS") ?? "";
  expect(both).toMatch(/^k1:[^,]+,k2:[^,]+$/);
  expect(both.startsWith(kept)).toBe(true);
  expect(clouds.secrets.get(`${region}/stayline/seal-keys`)).toBe(both);
  const order: string[] = [];
  for (const [, line = ""] of page.text.matchAll(/`(export SEAL_KEYS="\$\{[^`]+)`/g)) {
    order.push((await shell.type(`${line}; echo "$SEAL_KEYS"`)).out.trim());
  }
  const [oldKey = "", newKey = ""] = both.split(",");
  expect(order).toEqual([`${newKey},${oldKey}`, newKey]);
  const [keys] = await nextBlock("npm run rotate-fallback-key -- show");
  expect(keys).toMatchObject({ code: 0, out: expect.stringMatching(/AKIA\d+ {2}Active/) });

  // every day
  const [strict] = await nextBlock("npm run number -- check");
  expect(codes(strict ? [strict] : [])).toEqual([0]);
  expect(await callTheNumber()).toContain("Monday is all yours");
  expect(page.blocks.length).toBe(at);
  expect(twilio.wrong).toEqual([]);
}, 120_000);

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(path.join(clone, file), "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path.join(clone, file), after);
}

test("the page names commands and files that there are", async () => {
  const { scripts } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const named = npmScripts(page.text);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  const linked = linkedFiles(page.text);
  expect(linked.length).toBeGreaterThan(2);
  expect(linked.filter((file) => !existsSync(path.resolve(path.dirname(pageFile), file)))).toEqual([]);
});
