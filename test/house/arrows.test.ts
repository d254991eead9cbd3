import { describe, expect, test } from "vitest";
import { arrowViolations, type RuleName, rules } from "./arrows.ts";
import { treeFiles } from "./tree.ts";

const source = treeFiles().filter(({ path }) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));

/** For each rule, files that break it: [path, text]. A rule without an example does not compile. */
const broken: Record<RuleName, readonly (readonly [path: string, text: string])[]> = {
  "flows import core/index.ts and each other": [
    ["flows/menu.ts", 'import { takeTurn } from "../core/turn.ts";'],
    ["flows/menu.ts", 'import type { Checkpoint } from "../core/checkpoint.ts";'],
    ["flows/deep/menu.ts", 'export * from "../../lambda/door.ts";'],
    ["flows/menu.ts", 'const place = await import("../rehearsal/place-call.ts");'],
  ],
  "lambda imports core, flows and itself": [
    ["lambda/door.ts", 'import { document } from "../functions/door.ts";'],
    ["lambda/door.ts", 'import type { Stack } from "../scripts/stack.ts";'],
    ["lambda/door.ts", 'const { door } = require("../functions/door.ts");'],
  ],
  "functions import core, flows and themselves": [
    ["functions/door.ts", 'export { leg } from "../lambda/leg.ts";'],
    ["functions/door.ts", 'let leg: import("../lambda/env.ts").PrimaryLeg;'],
  ],
  "core imports nothing of ours but core": [
    ["core/turn.ts", 'import { flows } from "../flows/index.ts";'],
    ["core/stores/memory.ts", 'import type { Reply } from "../../functions/door.ts";'],
    ["core/turn.ts", 'import "../lambda/leg.ts";'],
  ],
  "rehearsal imports core and itself": [
    ["rehearsal/faults.ts", 'import type { Stack } from "../scripts/stack.ts";'],
    ["rehearsal/faults.ts", 'import { appointment } from "../flows/appointment.ts";'],
    ["rehearsal/world/leg.ts", 'import { takeOrResume } from "../../functions/turns.ts";'],
    ["rehearsal/faults.ts", 'export { handler } from "../lambda/voice-webhook.ts";'],
  ],
  "console imports itself, the drawing of a flow, and types of core and rehearsal": [
    ["console/main.ts", 'import { limits } from "../core/limits.ts";'],
    ["console/main.ts", 'import type { Stack } from "../scripts/stack/start-stack.ts";'],
    ["console/main.ts", 'import { placeCall } from "../rehearsal/place-call.ts";'],
    [
      "console/app.tsx",
      'import { limits } from "../core/limits.ts"; export const app = () => <b class="on">{limits.turnsMax}</b>;',
    ],
  ],
  "nothing imports rehearsal but console, scripts and test": [
    ["core/turn.ts", 'import type { Dialect } from "../rehearsal/dialect.ts";'],
    ["functions/turns.ts", 'import { placeCall } from "../rehearsal/place-call.ts";'],
    ["vitest.config.ts", 'import { placeCall } from "./rehearsal/place-call.ts";'],
  ],
  "nothing imports test but test": [
    ["scripts/bench.ts", 'import { treeFiles } from "../test/house/tree.ts";'],
    ["rehearsal/faults.ts", 'import { treeFiles } from "../test/house/tree.ts";'],
  ],
  "only core/stores/dynamodb*.ts imports the AWS SDK": [
    ["core/turn.ts", 'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";'],
    ["lambda/env.ts", 'import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";'],
    ["core/stores/memory.ts", 'const sdk = await import("@aws-sdk/client-dynamodb");'],
  ],
  "core touches time, randomness, network and environment at its doors only": [
    ["core/turn.ts", "const now = Date.now();"],
    ["core/turn.ts", "const now = new Date();"],
    ["core/turn.ts", "const region = process.env.TABLE_REGION;"],
    ["core/turn.ts", "const { env } = process;"],
    ["core/turn.ts", "const dice = Math.random();"],
    ["core/turn.ts", 'const dice = Math["random"]();'],
    ["core/turn.ts", "setTimeout(() => {}, 10);"],
    ["core/turn.ts", 'export const ask = () => fetch("https://example.com");'],
    ["core/turn.ts", "const world = { fetch };"],
    ["core/turn.ts", "globalThis.fetch(url);"],
    ["core/turn.ts", 'import http from "node:http";'],
    ["core/turn.ts", 'import { setTimeout as later } from "timers/promises";'],
    ["core/turn.ts", 'import { readFile } from "node:fs/promises";'],
    ["core/turn.ts", 'import { randomUUID } from "node:crypto";'],
    ["core/turn.ts", 'import * as crypto from "node:crypto";'],
    ["core/turn.ts", "const signal = AbortSignal.timeout(10);"],
    ["core/turn.ts", 'console.log("here");'],
    ["core/clock.ts", "export const dice = () => Math.random();"],
    ["core/log.ts", "export const now = Date.now();"],
    ["core/environment.ts", "export const env = process.env;"],
  ],
  "an import can be read: a literal, a package or a relative path": [
    ["core/turn.ts", "const flow = await import(name);"],
    ["lambda/leg.ts", 'import { door } from "/srv/lambda/door.ts";'],
    ["functions/env.ts", "const door = require(`../lambda/` + name);"],
    ["flows/index.ts", 'import { door } from "#lambda/door.ts";'],
  ],
};

/** What the rules must let pass. */
const sound: readonly (readonly [path: string, text: string])[] = [
  ["flows/menu.ts", 'import { say } from "../core/index.ts"; import { play } from "./media.ts"; fetch(url);'],
  ["lambda/door.ts", 'import { limits } from "../core/limits.ts"; import { flows } from "../flows/index.ts";'],
  ["rehearsal/faults.ts", 'import type { Leg } from "../core/checkpoint.ts"; const now = Date.now();'],
  ["core/stores/dynamodb-item.ts", 'import type { AttributeValue } from "@aws-sdk/client-dynamodb";'],
  ["core/clock.ts", "setTimeout(() => Date.now(), 1);"],
  ["core/log.ts", 'process.stdout.write("{}");'],
  ["core/turn.ts", "const at = new Date(clock.nowMs()); const got = table.fetch(); const x: typeof fetch = y;"],
  ["core/turn.ts", "const own = { fetch: 1, process: 2 }; own.process;"],
  ["core/turn.ts", '// import "../lambda/leg.ts"\nconst text = `import x from "../flows/index.ts"; process.env`;'],
  ["core/seal.ts", 'import { createHmac } from "node:crypto";'],
  ["scripts/stack.ts", 'import { placeCall } from "../rehearsal/place-call.ts"; await import(name);'],
  ["test/house/tree.test.ts", 'import { placeCall } from "../../rehearsal/place-call.ts";'],
];

describe("the dependency arrows", () => {
  test("hold in the whole tree", () => {
    expect(source.filter(({ path }) => path.startsWith("core/")).length).toBeGreaterThan(20);
    expect(arrowViolations(source).map((v) => `${v.path}:${v.line} ${v.what} (${v.rule})`)).toEqual([]);
  });

  for (const rule of Object.keys(rules) as RuleName[]) {
    test.each(broken[rule])(`${rule}: found broken in %s: %s`, (path, text) => {
      const found = arrowViolations([{ path, text: `// first line\n${text}` }]).filter((v) => v.rule === rule);
      expect(found).not.toEqual([]);
      expect(found[0]).toMatchObject({ path, line: 2 });
    });
    test(`${rule}: has a failing example`, () => expect(broken[rule].length).toBeGreaterThan(0));
  }

  test.each(sound)("let %s pass: %s", (path, text) => {
    expect(arrowViolations([{ path, text }])).toEqual([]);
  });
});
