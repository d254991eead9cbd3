import { afterAll, beforeAll, expect, test } from "vitest";
import { rawReader } from "../core/stores/targets.ts";
import { place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
let reader: ReturnType<typeof rawReader>;
beforeAll(async () => {
  stack = await testStack();
  reader = rawReader(stack.table);
});
afterAll(async () => {
  reader?.close();
  await stack?.stop();
});

const marker = "planted marker";

test.each([
  [
    "what was said is in the data, the pin and the effect",
    "survey",
    [
      [/visit/, "1"],
      [/recommend/, "say:yes"],
      [/better/, `say:${marker}`],
    ],
  ],
  ["the recording is in the pin, the outcomes and the effect", "front-desk", undefined],
  ["the reference is in the data and the effect", "four", undefined],
  ["the outcomes of dial and recording", "outcomes", undefined],
] as const)("whoever reads the table without the key sees positions, not people: %s", async (_, flow, answers) => {
  const call = await place(stack, flow, answers === undefined ? {} : { answers });
  const item = await reader.raw(call.callSid);
  const text = JSON.stringify(item);
  const executed = stack.effects.executed().filter(({ callSid }) => callSid === call.callSid);
  const secrets = [
    ...call.requests.flatMap(({ params }) =>
      ["From", "To", "SpeechResult", "RecordingUrl", "RecordingSid", "DialCallSid"].map((name) => params[name]),
    ),
    ...call.heard.flatMap((words) => /R-\w{5}/.exec(words) ?? []),
    ...(flow === "survey" ? [marker] : []),
  ].filter((secret) => secret !== undefined && secret !== "");
  expect(secrets.length).toBeGreaterThan(2);
  for (const secret of secrets) expect(text).not.toContain(secret);

  // the parts that hold people are there, and they are sealed: `keyId.base64url`
  const sealed = Object.entries(item).flatMap(([name, { S, M }]) => {
    if (name === "data" || name.startsWith("o#")) return [S];
    return name.startsWith("p#") ? [M?.answer?.S] : name.startsWith("e#") ? [M?.result?.S] : [];
  });
  expect(sealed.length).toBeGreaterThanOrEqual(executed.length > 0 ? 3 : 2);
  for (const one of sealed) expect(one).toMatch(/^k1\.[A-Za-z0-9_-]{30,}$/);
  const named =
    /^(callSid|flow|step|turn|attempt|resumes|leg|data|token|build|schemaVersion|\w+AtMs|ttlAtSec|[epov]#.+)$/;
  expect(Object.keys(item).filter((name) => !named.test(name))).toEqual([]);
});

test("the caller's words were in the requests that were searched for", async () => {
  const answers = [
    [/visit/, "1"],
    [/recommend/, "2"],
    [/better/, `say:${marker}`],
  ] as const;
  const call = await place(stack, "survey", { answers });
  expect(call.requests.some(({ params }) => params.SpeechResult === marker)).toBe(true);
});
