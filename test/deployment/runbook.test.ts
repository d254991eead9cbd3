import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { filledIn, type Typed } from "./operations/shell.ts";
import { codeIn, readRunbook } from "./runbook-page.ts";
import { type RunbookWorld, sorryParameter, startRunbookWorld } from "./runbook-world.ts";

/**
 * Somebody is woken up, and types what docs/runbook.md says. Each command is a real process; what it says and how it exits is
 * what the page promises. A command that is not known here fails the test, as one that is not on the page any more does.
 */
interface Expected {
  readonly line: string;
  /** exit status; 0 unless it is told */
  readonly code?: number;
  /** the page's own words, which must come out */
  readonly says?: readonly string[];
  /** @returns the values of variables that a person finds somewhere: NAME=value */
  readonly before?: () => unknown;
  readonly also?: (typed: Typed) => unknown;
}

const trace = 'npm run -s trace -- "$CALL" --logs "$INCIDENT"/*.log --html "$INCIDENT/call.html"';
const triage = 'npm run -s triage -- --dir "$INCIDENT" --live --since 3h';
const check = 'npm run -s number -- check "$NUMBER"';
const status = "npm run -s outbox -- status";
const output = (name: string) =>
  `$(aws cloudformation describe-stacks --stack-name stayline --query "Stacks[0].Outputs[?OutputKey=='${name}'].OutputValue" --output text)`;
const logs = (group: string, file: string) =>
  `aws logs filter-log-events --start-time "$SINCE_MS" --log-group-name ${group} > "$INCIDENT/${file}"`;

let world: RunbookWorld;
let page: Awaited<ReturnType<typeof readRunbook>>;
let incident = "";
beforeAll(async () => {
  page = await readRunbook();
  world = await startRunbookWorld();
}, 60_000);
afterAll(() => world?.stop());

const incidentFile = (name: string) => readFile(path.join(incident, name), "utf8");

const expected: Readonly<Record<string, readonly Expected[]>> = {
  First: [
    { line: 'export INCIDENT="$HOME/incident-$(date +%F)"' },
    { line: "export SINCE_MS=$((($(date +%s) - 3 * 3600) * 1000))" },
    { line: 'mkdir -p "$INCIDENT"' },
    { line: logs("/aws/lambda/stayline/voice-webhook", "primary.log") },
    {
      line: logs("/aws/vendedlogs/apigateway/stayline", "access.jsonl"),
      also: async () => {
        incident = (await world.shell.type('echo "$INCIDENT"')).out.trim();
        await world.saveFallbackLog(incident);
      },
    },
  ],
  "A caller was lost": [
    { line: "export CALL=…", before: () => `CALL=${world.night.requests[0]?.callSid}` },
    {
      line: trace,
      says: ["had  table:", "FAILOVER: ErrorCode", "its answer was committed, and did not get to Twilio"],
      also: async ({ out }) => {
        expect(out).toContain(world.night.requests[0]?.callSid);
        expect(out).toContain("had  primary log:");
        expect(out).toContain("had  fallback log:");
        expect(await incidentFile("call.html")).toContain("FAILOVER: ErrorCode");
        const nobody = await world.shell.type(`npm run -s trace -- CA${"0".repeat(32)} --logs "$INCIDENT"/*.log`);
        expect(nobody.code, nobody.out).toBe(1);
        const slow = await world.shell.type(await traceOfSlowEffect());
        expect(slow.out).toContain("the primary answered 503");
      },
    },
  ],
  "A 502 or 11200": [
    {
      line: triage,
      says: ["X-Twilio-WebhookError", "lost-after-commit", "caller saved"],
      also: ({ out }) => {
        const { requests } = world.night;
        expect(out).toContain(`${requests.length} failed requests`);
        for (const { callSid, verdict, saved } of requests) {
          const row = out.split("\n").find((one) => one.includes(callSid)) ?? "";
          expect(row).toContain(`${verdict}, caller ${saved}`);
        }
        for (const source of ["alerts", "access log", "primary log", "fallback log", "table"]) {
          expect(out).toMatch(new RegExp(`^ {2}\\+ ${source} `, "m"));
        }
      },
    },
  ],
  "An alarm": [{ line: check, says: ["all well"] }],
  "The line must be closed": [
    {
      line: 'npm run -s sorry -- on --reason "We are changing our system." --until 90m',
      says: ["in use within 15 s", "from the next execution on"],
      also: () => {
        expect(world.ssm.get(sorryParameter)).toMatch(/^on .*We are changing our system\./s);
        expect(world.twilio.variables.get("SORRY")).toMatch(/^on /);
      },
    },
    {
      line: "npm run -s sorry -- status",
      also: ({ out }) => expect(out.match(/on for new calls, until/g)).toHaveLength(2),
    },
    {
      line: "npm run -s sorry -- off",
      also: async () => {
        expect(world.ssm.get(sorryParameter)).toMatch(/^off/);
        expect(world.twilio.variables.get("SORRY")).toMatch(/^off/);
        world.ssm.fail("denied");
        const one = await world.shell.type("npm run -s sorry -- on");
        world.ssm.fail(undefined);
        expect(one.code, one.out).toBe(1);
        expect(one.out).toMatch(/^primary +NOT REACHED, it stays as it was/m);
        expect(one.out).toContain("by hand:");
        const differ = await world.shell.type("npm run -s sorry -- status");
        expect(differ).toMatchObject({ code: 1, out: expect.stringContaining("the legs differ") });
        expect((await world.shell.type("npm run -s sorry -- off")).code).toBe(0);
      },
    },
  ],
  "Twilio's REST API is down": [
    {
      line: status,
      code: 1,
      before: () => world.setRest(true),
      says: ["Twilio's REST API is DOWN"],
      also: async () => {
        const [numbers, alerts] = [await world.shell.type(check), await world.shell.type(triage)];
        world.setRest(false);
        for (const { out, err } of [numbers, alerts]) expect(out + err).toContain("REST API is down");
        // the fallback and the other sources know of the calls all the same
        expect(alerts.code).toBe(0);
        expect(alerts.out).toContain(world.night.requests[0]?.callSid);
      },
    },
  ],
  "Messages do not arrive": [
    {
      line: status,
      code: 1,
      before: () => world.letterInDoubt(),
      says: ["in doubt"],
      also: async () => {
        const away = await world.shell.type(`TABLE_ENDPOINT=http://127.0.0.1:9 ${status}`);
        expect(away).toMatchObject({ code: 2, err: expect.stringContaining("the table does not answer") });
      },
    },
    { line: "export KEY=…", before: async () => `KEY=${await world.letterInDoubt()}` },
    { line: 'npm run -s outbox -- drop "$KEY"', says: ["dropped; it is never sent"] },
    { line: "export KEY=…", before: async () => `KEY=${await world.letterInDoubt()}` },
    {
      line: 'npm run -s outbox -- retry "$KEY"',
      says: ["it is due now"],
      also: async () => {
        const again = await world.shell.type('npm run -s outbox -- retry "$KEY"');
        expect(again).toMatchObject({ code: 1, err: expect.stringContaining("Nothing was changed") });
      },
    },
  ],
  "Many callers at once": [
    { line: "aws lambda get-account-settings --query AccountLimit", says: ["UnreservedConcurrentExecutions"] },
    { line: triage, says: ["By hour of day"] },
  ],
  "The table is down": [
    {
      line: check,
      code: 1,
      before: () => world.stack.tableProxy.fault("refuse"),
      says: ["the primary leg does not reach the table", "the fallback leg does not reach the table"],
      also: () => world.stack.tableProxy.clear(),
    },
  ],
  "Which layer adds the failures": [
    { line: `export API=${output("ApiUrl")}` },
    { line: `export FUNCTION=${output("StatusCallbackName")}` },
    {
      line: 'npm run -s triage -- --probe --api "$API" --function "$FUNCTION" --times 40 --every 250ms',
      // what the public name loses, the API's own URL does not
      before: () => world.name.set("503", 0.4),
      says: ["failures come in between the public name and the API", "it can take calls"],
      also: ({ out }) => {
        world.name.set();
        for (const way of ["API endpoint", "direct invocation", "fallback leg"]) {
          expect(out).toMatch(new RegExp(`^${way} +40 +100\\.0 %`, "m"));
        }
      },
    },
  ],
  "What Twilio's support asks for": [
    { line: `${triage} --bundle "$INCIDENT/support.tar.gz"`, says: ["read it before you send it"] },
    {
      line: 'tar -tzf "$INCIDENT/support.tar.gz"',
      says: ["README.txt", "calls.txt", "pattern.txt", "flow.txt", "isolation.txt"],
      also: async () => {
        const inside = (await world.shell.type('tar -xzOf "$INCIDENT/support.tar.gz"; cat "$INCIDENT/call.html"')).out;
        for (const { callSid } of world.night.requests) expect(inside).toContain(callSid);
        for (const secret of world.secrets) expect(inside).not.toContain(secret);
      },
    },
  ],
  "Is triage to be trusted?": [
    {
      line: "npm run -s incidents -- matrix",
      says: ["0 judged wrongly"],
      also: async ({ out }) => {
        const made = (await readdir(path.join(root, "test", "incidents"))).length;
        expect(out).toContain(`${made} incidents`);
      },
    },
  ],
};

describe("whoever is on call and does what the runbook says", () => {
  test.each(Object.keys(expected))(
    "%s: each command does and says what the page promises",
    async (title) => {
      const section = page.sections.find((one) => one.title === title);
      const steps = expected[title] ?? [];
      expect(section?.lines).toEqual(steps.map(({ line }) => line));
      for (const { line, code = 0, says = [], before, also } of steps) {
        const found = await before?.();
        const typed = await world.shell.type(filledIn(line, String(found)));
        const told = `${typed.out}\n${typed.err}`;
        expect(typed.code, told).toBe(code);
        for (const words of says) {
          expect(told).toContain(words);
          expect(
            codeIn(section?.text ?? "").some((one) => one.includes(words)),
            `the page says: ${words}`,
          ).toBe(true);
        }
        for (const secret of world.secrets.filter((one) => !line.includes("number") || !one.startsWith("8150123"))) {
          expect(told).not.toContain(secret);
        }
        await also?.(typed);
      }
      expect(world.rest.wrong.concat(world.twilio.wrong)).toEqual([]);
    },
    30_000,
  );
});

test("every section that has a command was run, and every command inside of a sentence or a table is one of those", () => {
  const withCommands = page.sections.filter(({ lines }) => lines.length > 0).map(({ title }) => title);
  expect(withCommands).toEqual(Object.keys(expected));
  const run = new Set(page.sections.flatMap(({ lines }) => lines));
  const named = codeIn(page.text.replace(/^```[\s\S]*?^```$/gm, "")).filter((code) =>
    /^(?:npm|npx|aws|sam) /.test(code),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((code) => !run.has(code))).toEqual([]);
});

/** The outside service hung, and the primary said so. */
async function traceOfSlowEffect(): Promise<string> {
  const folder = path.join(root, "test", "incidents", "effects-slow");
  const [callSid = ""] = /CA[0-9a-f]{32}/.exec(await readFile(path.join(folder, "truth.json"), "utf8")) ?? [];
  return `npm run -s trace -- ${callSid} --logs '${folder}'/*.log`;
}
