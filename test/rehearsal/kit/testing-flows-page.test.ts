import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { appointment } from "../../../flows/appointment.ts";
import { faultKinds } from "../../../rehearsal/fault-kinds.ts";
import { callFlow } from "../../../rehearsal/kit/index.ts";

const root = path.join(import.meta.dirname, "..", "..", "..");
const read = (name: string) => readFileSync(path.join(root, name), "utf8");
const page = read("docs/testing-flows.md");

test("the page for authors of flows contains the example that the tests run, word for word", () => {
  const [, example] = /## A complete example[\s\S]*?```ts\n([\s\S]*?)```/.exec(page) ?? [];
  expect(example).toBe(read("test/flows/example.test.ts"));
});

test("the page names everything that a call can do and show", async () => {
  const call = await callFlow(appointment);
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(call))) expect(page).toContain(`call.${name}`);
});

test("the page names every kind of operation, and no fault that does not exist", () => {
  const rows = page.split("\n").filter((line) => /^\| `(?:\w+`, `)*\w+` \| /.test(line));
  const named = rows.flatMap((row) => {
    const [kinds = "", , faults = ""] = row.split("|").slice(1);
    const words = (text: string) => [...text.matchAll(/`([a-z0-9-]+)`/g)].map(([, word = ""]) => word);
    return words(kinds).map((kind) => ({ kind, faults: words(faults) }));
  });
  expect(new Set(named.map(({ kind }) => kind))).toEqual(new Set(Object.keys(faultKinds)));
  for (const { kind, faults } of named) {
    const known = faultKinds[kind as keyof typeof faultKinds].map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(faults));
  }
});
