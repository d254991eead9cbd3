import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { limits } from "../../core/limits.ts";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import { type CallOptions, placeCall } from "../../rehearsal/place-call.ts";
import type { TableFaultMode, TableProxy } from "../../scripts/stack/table-proxy.ts";
import { answering, effectsOf, lastWords, place, type TestStack, testStack, usual } from "../support/stack.ts";
import { tableReader } from "../support/table-item.ts";
import { type TablePerCall, tablePerCall } from "../support/table-per-call.ts";

/** Each flow's faultless call: its effect happens in webhook 2. */
const flows = {
  four: { webhooks: 4, effect: "book", told: /^color 2, told R-\w+, bye$/, steps: ["color", "book", "last", "end"] },
  "four-give-up": {
    webhooks: 4,
    effect: "charge",
    told: /^color 2, told R-\w+, bye$/,
    steps: ["color", "book", "last", "end"],
  },
  appointment: {
    webhooks: 3,
    effect: "book",
    told: /^Monday is yours\. Your reference is R-\w+\. Goodbye\.$/,
    steps: ["chooseDay", "confirm", "booked"],
  },
} as const;
const flowNames = Object.keys(flows) as (keyof typeof flows)[];
const effectWebhook = 2;
const modes = ["refuse", "hang", "throttle", "lose-answer"] as const satisfies readonly TableFaultMode[];

interface Case {
  readonly flow: keyof typeof flows;
  readonly mode: (typeof modes)[number];
  /** the first webhook that meets the fault */
  readonly at: number;
  readonly until: "this one only" | "the end of the call";
  /** does the fallback request repeat the caller's answer? */
  readonly parameters: "lost" | "repeated";
}

const cases: Case[] = flowNames.flatMap((flow) =>
  modes.flatMap((mode) =>
    Array.from({ length: flows[flow].webhooks }, (_, at) => at).flatMap((at) =>
      (["this one only", "the end of the call"] as const).flatMap((until) =>
        // only a webhook with an effect asks the fallback when the table is away
        (at === effectWebhook ? (["lost", "repeated"] as const) : (["lost"] as const)).map((parameters) => ({
          flow,
          mode,
          at,
          until,
          parameters,
        })),
      ),
    ),
  ),
);

/** Calls wait for a table that does not answer and leave the processor idle, so many are on the line at once. */
const callsAtOnce = 12;
vi.setConfig({ maxConcurrency: callsAtOnce });

let stack: TestStack;
let tables: TablePerCall;
let read: ReturnType<typeof tableReader>;
const slowestMs = new Map<string, number>();
let usualMs = 0;

beforeAll(async () => {
  tables = await tablePerCall();
  stack = await testStack({ env: { TABLE_ENDPOINT: tables.url } });
  tables.use(stack.table);
  read = tableReader(stack);
  // the first calls pay for cold starts, the others tell what is usual with as many calls at once
  await place(stack, "four");
  const calls = await Promise.all(Array.from({ length: callsAtOnce }, () => place(stack, "four")));
  usualMs = Math.max(...calls.flatMap(timesOf));
});
afterAll(async () => {
  const slowest = Object.fromEntries(slowestMs);
  console.log(`usual webhook: ${Math.round(usualMs)} ms at most; slowest with each fault:`, slowest);
  await stack?.stop();
  await tables?.stop();
});

/** How long each request for TwiML took. */
function timesOf({ requests }: CallRecord): number[] {
  return requests
    .filter(({ kind }) => kind !== "media" && kind !== "status")
    .map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs);
}

/** The table is away from the first request about webhook `at` on. */
function away(table: TableProxy, { mode, at, until }: Case): Intercept {
  return (request, send) => {
    table.clear();
    const met = request.index === at || (until === "the end of the call" && request.index > at);
    if (met) table.fault(mode);
    return send();
  };
}

const once = ["refuse", "throttle", "lose-answer"] as const;

test.each(flowNames.flatMap((flow) => once.map((mode) => ({ flow, mode }))))(
  "one request to the table that meets $mode is sent again, and $flow stays on its leg",
  async ({ flow, mode }) => {
    const { told, effect, webhooks, steps } = flows[flow];
    for (let at = 0; at < webhooks; at++) {
      const callSid = `CA${randomBytes(16).toString("hex")}`;
      const table = await tables.proxyFor(callSid);
      const intercept: Intercept = (request, send) => {
        table.clear();
        if (request.index === at) table.fault(mode, { times: 1 });
        return send();
      };
      const call = await placeOn(flow, callSid, { intercept });
      await table.stop();
      expect(call).toMatchObject({ ended: "hangup", alerts: [], requestCount: webhooks });
      expect(lastWords(call)).toMatch(told);
      expect(effectsOf(stack, call)).toEqual([effect]);
      const { item, checkpoint } = await read(callSid);
      expect(checkpoint).toMatchObject({ turn: webhooks, attempt: 0, resumes: 0, step: steps.at(-1) });
      expect([...item.effects.values()]).toMatchObject([{ state: "done" }]);
    }
  },
);

test.concurrent.each(cases)(
  "$flow goes on to its end when the table does $mode from webhook $at to $until, parameters $parameters",
  async (given) => {
    const { flow, mode, parameters } = given;
    const callSid = `CA${randomBytes(16).toString("hex")}`;
    const table = await tables.proxyFor(callSid);
    const dialect = { fallbackRepeatsParams: parameters === "repeated" };
    const call = await placeOn(flow, callSid, { dialect, intercept: away(table, given) });
    await table.stop();
    const { told, effect, steps } = flows[flow];

    expect(call.ended).toBe("hangup");
    expect(call.heard.join(" ")).not.toMatch(/last resort|sorry/i);
    const slowest = Math.max(...timesOf(call));
    slowestMs.set(mode, Math.round(Math.max(slowest, slowestMs.get(mode) ?? 0)));
    expect(slowest).toBeLessThanOrEqual(usualMs + limits.tableSlowdownMs);

    if (flow === "four-give-up" && isUnclaimed(given)) {
      expect(lastWords(call)).toBe("color 2, told doubt, bye");
      expect(effectsOf(stack, call)).toEqual([]);
    } else {
      expect(lastWords(call)).toMatch(told);
      expect(effectsOf(stack, call)).toEqual([effect]);
    }

    const turn = turnHeld(given);
    if (turn === 0) return void (await expect(read(callSid)).rejects.toThrow("nothing"));
    const { item, checkpoint } = await read(callSid);
    expect(checkpoint).toMatchObject({ turn, step: steps[turn - 1] });
    const verbs = item.verbs.map((verb) => `${verb.turn}.${verb.attempt}.${verb.index}`);
    expect(new Set(verbs).size).toBe(verbs.length);
  },
);

function placeOn(
  flow: keyof typeof flows,
  callSid: string,
  options: Pick<CallOptions, "intercept" | "dialect">,
): Promise<CallRecord> {
  const { authToken, accountSid, flows: urls } = stack;
  const found = urls[flow];
  if (found === undefined) throw new Error(`the stack lacks ${flow}`);
  return placeCall({ ...found, authToken, accountSid, script: answering(usual[flow]), callSid, ...options });
}

/** May the effect of this call never be claimed, so that an author who chose `give-up` hears of doubt? */
function isUnclaimed({ mode, at, until, parameters }: Case): boolean {
  if (until === "the end of the call") return at <= effectWebhook;
  // asked again, the caller answers when the table is back; a claim whose answer was lost is found then
  return at === effectWebhook && (parameters === "repeated" || mode === "lose-answer");
}

/** The turn that the table holds after the call. */
function turnHeld({ flow, mode, at, until, parameters }: Case): number {
  const { webhooks } = flows[flow];
  const isLast = at === webhooks - 1;
  const takenUnsaved = at !== effectWebhook || parameters === "repeated";
  if (mode === "lose-answer") {
    // every write is applied, but the claim that nobody knows of keeps its turn from being committed
    const isPinned =
      webhooks - 1 === effectWebhook && (until === "the end of the call" ? true : isLast && takenUnsaved);
    return isPinned ? effectWebhook : webhooks;
  }
  if (until === "the end of the call") return at;
  return isLast && takenUnsaved ? at : webhooks;
}
