import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Intercept, OutgoingRequest } from "../../rehearsal/call-record.ts";
import { loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());
beforeEach(() => stack.tableProxy.reset());

/** What one webhook asked of the table, on the wire. */
interface Cost {
  readonly request: OutgoingRequest;
  readonly effects: number;
  readonly table: Readonly<Record<string, number>>;
}

/** Notes the cost of every request; `around` may lose some of them. */
function costs(around: Intercept = (_request, send) => send()) {
  const noted: Cost[] = [];
  const intercept: Intercept = (request, send) =>
    around(request, async () => {
      stack.tableProxy.reset();
      const before = stack.effects.executed().length;
      const reply = await send();
      const { primary, fallback } = stack.tableProxy.counts();
      const table: Record<string, number> = { ...primary };
      for (const [operation, count] of Object.entries(fallback)) table[operation] = (table[operation] ?? 0) + count;
      noted.push({ request, effects: stack.effects.executed().length - before, table });
      return reply;
    });
  const of = (...kinds: OutgoingRequest["kind"][]) => noted.filter(({ request }) => kinds.includes(request.kind));
  return { intercept, of };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const average = (found: readonly Cost[]): string =>
  (sum(found.map(({ table }) => sum(Object.values(table)))) / found.length).toFixed(2);

test("a webhook writes once, one with an effect twice, and nobody reads", async () => {
  const webhooks: Cost[] = [];
  for (const flow of ["appointment", "front-desk", "survey", "four", "four-give-up", "outcomes"] as const) {
    const { intercept, of } = costs();
    const call = await place(stack, flow, { intercept });
    expect(call).toMatchObject({ ended: "hangup", alerts: [] });
    expect(of("fallback")).toEqual([]);
    for (const { request, effects, table } of of("voice", "action", "redirect")) {
      expect({ flow, index: request.index, table }).toEqual({
        flow,
        index: request.index,
        table: { UpdateItem: effects > 0 ? 2 : 1 },
      });
    }
    for (const { table } of of("status")) expect(table).toEqual({ UpdateItem: 1 });
    for (const { table } of of("media")) expect(table).toEqual({});
    expect(of("status").length).toBeGreaterThan(0);
    webhooks.push(...of("voice", "action", "redirect"));
  }
  const withEffect = webhooks.filter(({ effects }) => effects > 0);
  const without = webhooks.filter(({ effects }) => effects === 0);
  expect([without.length, withEffect.length]).toEqual([15, 7]);
  const averages = `${average(without)} per webhook without an effect, ${average(withEffect)} with one`;
  console.log(`table round trips on the wire: ${averages} (${webhooks.length} webhooks)`);
  expect(averages).toBe("1.00 per webhook without an effect, 2.00 with one");
});

test("data too large for a URL is read once by each webhook after it", async () => {
  const { intercept, of } = costs();
  expect(lastWords(await place(stack, "long-data", { intercept }))).toBe("4000 and 2, bye");
  expect(of("voice", "action", "redirect").map(({ table }) => table)).toEqual([
    { UpdateItem: 1 },
    { UpdateItem: 1 },
    { GetItem: 1, UpdateItem: 1 },
    { GetItem: 1, UpdateItem: 1 },
  ]);
});

test.each([0, 1, 3])(
  "a caller who is asked again after webhook %i was lost costs one read and one write",
  async (at) => {
    const { intercept, of } = costs(loseRequestAt(at));
    const call = await place(stack, "four", { intercept, dialect: { fallbackRepeatsParams: false } });
    expect(lastWords(call)).toMatch(/told R-\w+, bye/);
    expect(of("fallback").map(({ table }) => table)).toEqual([{ GetItem: 1, UpdateItem: 1 }]);
    for (const { effects, table } of of("voice", "action")) expect(table).toEqual({ UpdateItem: effects > 0 ? 2 : 1 });
  },
);

test.each([
  [1, 1],
  [2, 2],
])("webhook %i taken by the fallback costs one read and %i writes", async (at, UpdateItem) => {
  const { intercept, of } = costs(loseRequestAt(at));
  const call = await place(stack, "four", { intercept, dialect: { fallbackRepeatsParams: true } });
  expect(lastWords(call)).toMatch(/told R-\w+, bye/);
  expect(of("fallback").map(({ table }) => table)).toEqual([{ GetItem: 1, UpdateItem }]);
});

test.each([0, 1, 2, 3])("a document given again after its answer %i was lost costs one read", async (at) => {
  const { intercept, of } = costs(loseAnswerAt(at));
  const call = await place(stack, "four", { intercept });
  expect(lastWords(call)).toMatch(/told R-\w+, bye/);
  expect(of("fallback").map(({ table }) => table)).toEqual([{ GetItem: 1 }]);
});

test.each([0, 1, 2, 3])("webhook %i delivered twice costs one write that loses, and moves nothing", async (at) => {
  const answers: Reply[] = [];
  const { intercept, of } = costs(async (request, send) => {
    if (request.index !== at || request.kind === "media" || request.kind === "status") return send();
    answers.push(await send(), await send());
    return answers[1] ?? send();
  });
  const call = await place(stack, "four", { intercept });
  expect(call).toMatchObject({ ended: "hangup", alerts: [] });
  expect(lastWords(call)).toMatch(/told R-\w+, bye/);
  const [first, second] = of("voice", "action").filter(({ request }) => request.index === at);
  expect(first?.table).toEqual({ UpdateItem: at === 2 ? 2 : 1 });
  // dynalite does not return the winning item: the real service needs no read
  expect(second).toMatchObject({ effects: 0, table: { UpdateItem: 1, GetItem: 1 } });
  const [told, again] = answers.map((answer) => (answer.kind === "answer" ? answer.body : answer.detail));
  expect(again).toBe(told);
});
