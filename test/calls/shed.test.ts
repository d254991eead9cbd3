import { afterAll, beforeAll, expect, test } from "vitest";
import { type ShedLevel, shedLevels } from "../../core/shed.ts";
import { lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

const set = (level: ShedLevel) =>
  Promise.all([stack.primary.restart({ env: { SHED: level } }), stack.fallback.restart({ env: { SHED: level } })]);

test("a caller meets each level in turn: prompts from the static host, then sorry, then the flow as it was", async () => {
  const met: Record<string, unknown> = {};
  for (const level of [...shedLevels, "none"] as const) {
    await set(level);
    const call = await place(stack, "appointment");
    const hosts = call.requests.filter(({ kind }) => kind === "media").map(({ url }) => new URL(url).origin);
    const ours = { [stack.primary.baseUrl]: "primary", [stack.fallback.baseUrl]: "static host" };
    met[level] = [...new Set(hosts.map((host) => ours[host])), /Your reference is/.test(lastWords(call)), call.ended];
  }
  expect(met).toEqual({
    none: ["primary", true, "hangup"],
    effects: ["primary", true, "hangup"],
    media: ["static host", true, "hangup"],
    sorry: [false, "hangup"],
  });
}, 60_000);

test("a new caller hears sorry from the fallback leg too, where the primary turns the call away", async () => {
  await set("sorry");
  stack.primary.kill();
  await stack.primary.exited;
  const call = await place(stack, "appointment");
  expect(call.ended).toBe("hangup");
  expect(call.heard).toHaveLength(1);
  expect(lastWords(call)).toMatch(/sorry/i);
});
