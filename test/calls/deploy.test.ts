import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAhead, type Leg } from "../../core/checkpoint.ts";
import { itemSchemaVersion } from "../../core/stores/dynamodb-item.ts";
import type { CallRecord } from "../../rehearsal/call-record.ts";
import type { Dialect } from "../../rehearsal/dialect.ts";
import { all, before, loseRequestAt } from "../../rehearsal/faults.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { build, buildFolders } from "../../scripts/build.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import { meeting } from "../support/meeting.ts";
import { first, newCall, urlsOf } from "../support/mid-call.ts";
import { ask, documentOf, itemOf } from "../support/signed-request.ts";
import { type Answers, answering, type TestStack, testStack } from "../support/stack.ts";

type Version = "v1" | "v2";
let folder: string;
let stack: TestStack;
const running: Record<Leg, Version> = { primary: "v1", fallback: "v1" };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-deploy-"));
  const buildVersion = (version: Version) => {
    const flowsEntry = path.join(import.meta.dirname, "..", "flows", `deploy-${version}.ts`);
    return build({ outDir: path.join(folder, version), flowsEntry });
  };
  await Promise.all([buildVersion("v1"), buildVersion("v2")]);
  stack = await testStack({ buildDir: path.join(folder, "v1"), flowNames: ["deployed"] });
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Deploys what is not running yet. */
async function deploy(versions: Partial<Record<Leg, Version>>): Promise<void> {
  const changes = (["primary", "fallback"] as const).map(async (leg) => {
    const version = versions[leg] ?? running[leg];
    if (version === running[leg]) return;
    const { lambdaDir, functionsDir } = buildFolders({ outDir: path.join(folder, version) });
    await stack[leg].restart({ codeDir: leg === "primary" ? lambdaDir : functionsDir });
    running[leg] = version;
  });
  await Promise.all(changes);
}

const repeats = [true, false] as const;
const toExtra: Answers = [
  [/choose/, "2"],
  [/visit 1/, "5"],
  [/visit 2/, "1"],
];
const toQuestion: Answers = [[/choose/, "1"], ...toExtra.slice(1)];

interface Middle {
  readonly answers: Answers;
  /** done while the callers think about the answer to the question of event 1 */
  readonly deploy?: () => Promise<void>;
  /** the request with that answer is lost, so that the fallback is asked */
  readonly lost?: boolean;
}

/**
 * Places the call in both dialects of what a fallback request repeats, and deploys in the middle of both. The table's
 * position never goes backwards.
 */
async function placeThrough({ answers, lost = false, deploy: change = async () => {} }: Middle) {
  const meet = meeting(repeats.length, change);
  const placed = repeats.map(async (fallbackRepeatsParams): Promise<CallRecord> => {
    const callSid = newCall();
    let held: Awaited<ReturnType<typeof itemOf>>;
    const pause = before(2, async () => {
      held = await itemOf(stack, callSid);
      await meet();
    });
    const intercept = lost ? all(pause, loseRequestAt(2)) : pause;
    const call = await place(callSid, answers, { fallbackRepeatsParams }, intercept);
    const [then, now] = [held?.checkpoint, (await itemOf(stack, callSid))?.checkpoint];
    expect(then && now && !isAhead(then, now) && now.resumes >= then.resumes, "the table went backwards").toBe(true);
    return call;
  });
  const [repeated, notRepeated] = await Promise.all(placed);
  if (repeated === undefined || notRepeated === undefined) throw new Error("two calls were placed");
  return { repeated, notRepeated };
}

function place(callSid: string, answers: Answers, dialect: Partial<Dialect>, intercept = before(99, () => {})) {
  const { authToken, accountSid } = stack;
  const script = answering(answers);
  return placeCall({ ...urlsOf(stack, "deployed"), authToken, accountSid, script, callSid, dialect, intercept });
}

const statuses = (call: CallRecord) =>
  call.requests.flatMap(({ kind, outcome }) =>
    kind === "status" || outcome.kind === "failed" ? [] : [outcome.status],
  );

describe("a step that the new build renamed", () => {
  test("goes on under its new name, with its data, on the primary", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const calls = await placeThrough({ answers: toQuestion, deploy: () => deploy({ primary: "v2" }) });
    for (const call of Object.values(calls)) {
      expect(call.heard).toEqual([
        "v1 choose?",
        "v1 question, kept 1, visit 1?",
        "v2 inquiry, kept 1, visit 2?",
        "v2 end, kept 1, bye",
      ]);
      expect(call.alerts).toEqual([]);
      expect((await itemOf(stack, call.callSid))?.checkpoint).toMatchObject({ step: "end", turn: 4 });
    }
  });

  test("goes on on the fallback that still has the old name, and then on the primary under the new one", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const change = () => deploy({ primary: "v2" });
    const { repeated, notRepeated } = await placeThrough({ answers: toQuestion, lost: true, deploy: change });
    expect(repeated.heard.slice(1, 3)).toEqual(["v1 question, kept 1, visit 1?", "v1 question, kept 1, visit 2?"]);
    expect(notRepeated.heard.slice(1, 5)).toEqual([
      "v1 question, kept 1, visit 1?",
      "v1 question, kept 1, visit 1?",
      "v1 question, kept 1, visit 2?",
      "v2 end, kept 1, bye",
    ]);
  });

  test("goes on under its new name on the fallback when that was deployed first", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const change = () => deploy({ fallback: "v2" });
    const { repeated, notRepeated } = await placeThrough({ answers: toQuestion, lost: true, deploy: change });
    expect(repeated.heard.slice(1, 3)).toEqual(["v1 question, kept 1, visit 1?", "v2 inquiry, kept 1, visit 2?"]);
    expect(notRepeated.heard.slice(1, 3)).toEqual(["v1 question, kept 1, visit 1?", "v2 inquiry, kept 1, visit 1?"]);
    for (const call of [repeated, notRepeated]) expect(call.heard.at(-1)).toBe("v2 end, kept 1, bye");
  });

  test("that only the fallback knows under its new name stays there: the primary says that it does not know it", async () => {
    await deploy({ primary: "v1", fallback: "v2" });
    const answers: Answers = [
      [/choose/, "1"],
      [/visit [12]/, "5"],
      [/visit 3/, "1"],
    ];
    const call = await place(newCall(), answers, { fallbackRepeatsParams: true }, loseRequestAt(1));
    expect(call.heard).toEqual([
      "v1 choose?",
      ...[1, 2, 3].map((visit) => `v2 inquiry, kept 1, visit ${visit}?`),
      "v2 end, kept 1, bye",
    ]);
    expect(statuses(call)).toContain(503);
  });
});

describe("a step that the new build removed", () => {
  test("makes the primary say that it failed; the call goes on on the fallback that still has it", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const calls = await placeThrough({ answers: toExtra, deploy: () => deploy({ primary: "v2" }) });
    for (const call of Object.values(calls)) {
      expect(statuses(call)).toContain(503);
      expect(call.heard[1]).toBe("v1 extra, kept 2, visit 1?");
      expect(call.heard.at(-1)).toBe("v1 end, kept 2, bye");
      expect(call.ended).toBe("hangup");
    }
    expect(calls.repeated.heard[2]).toBe("v1 extra, kept 2, visit 2?");
    expect(calls.notRepeated.heard[2]).toBe("v1 extra, kept 2, visit 1?");
  });

  test("ends in the flow's last resort when neither leg has it any more", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const change = () => deploy({ primary: "v2", fallback: "v2" });
    for (const call of Object.values(await placeThrough({ answers: toExtra, deploy: change }))) {
      expect(statuses(call)).toEqual([200, 200, 503, 200]);
      expect(call.heard.slice(2)).toEqual(["v2 last resort"]);
      expect(call.ended).toBe("hangup");
      expect((await itemOf(stack, call.callSid))?.checkpoint).toMatchObject({ step: "extra", turn: 2, attempt: 0 });
    }
  });

  test("ends in the last resort of a fallback that was deployed first; without a failure nobody notices", async () => {
    await deploy({ primary: "v1", fallback: "v2" });
    for (const call of Object.values(await placeThrough({ answers: toExtra, lost: true }))) {
      expect(call.heard.slice(1)).toEqual(["v1 extra, kept 2, visit 1?", "v2 last resort"]);
    }
    for (const call of Object.values(await placeThrough({ answers: toExtra }))) {
      expect(call.heard.at(-1)).toBe("v1 end, kept 2, bye");
      expect(call.alerts).toEqual([]);
    }
  });
});

test("an item of a schema that this build does not know: the call goes on from the sealed URL, or has the last resort", async () => {
  await deploy({ primary: "v1", fallback: "v1" });
  const pids = [stack.primary.pid, stack.fallback.pid];
  const { voiceUrl, fallbackUrl } = urlsOf(stack, "deployed");
  const atQuestion = async () => {
    const CallSid = newCall();
    const chosen = first(documentOf(await ask(stack, voiceUrl, { CallSid })).actions);
    const url = first(documentOf(await ask(stack, chosen, { CallSid, Digits: "1" })).actions);
    await makeUnknown(CallSid);
    return { CallSid, url };
  };
  const { CallSid, url } = await atQuestion();
  const taken = documentOf(await ask(stack, url, { CallSid, Digits: "5" }));
  expect(taken.said).toEqual(["v1 question, kept 1, visit 2?"]);

  const lost = await atQuestion();
  const failure = { CallSid: lost.CallSid, ErrorCode: "11200", ErrorUrl: lost.url };
  expect(documentOf(await ask(stack, fallbackUrl, failure)).said).toEqual(["v1 question, kept 1, visit 1?"]);

  const blind = await atQuestion();
  const tampered = blind.url.replace(/.(?=#)/, "_");
  expect((await ask(stack, tampered, { CallSid: blind.CallSid, Digits: "5" })).status).toBe(503);
  const blindFailure = { CallSid: blind.CallSid, ErrorCode: "11200", ErrorUrl: tampered };
  expect(documentOf(await ask(stack, fallbackUrl, blindFailure)).said).toEqual(["v1 last resort"]);
  expect([stack.primary.pid, stack.fallback.pid]).toEqual(pids);
});

/** As a later build of the product would leave it. */
async function makeUnknown(callSid: string): Promise<void> {
  const { region, endpoint, name: TableName } = stack.table;
  const client = new DynamoDBClient({ region, endpoint, credentials: tableCredentials });
  const later = {
    TableName,
    Key: { callSid: { S: callSid } },
    UpdateExpression: "SET schemaVersion = :later, step = :step",
    ExpressionAttributeValues: { ":later": { N: String(itemSchemaVersion + 1) }, ":step": { M: {} } },
  };
  await client.send(new UpdateItemCommand(later));
  client.destroy();
}

describe("while the keys that seal checkpoints are changed", () => {
  const newKey = `k2:${randomBytes(32).toString("base64")}`;
  const give = (leg: Leg, SEAL_KEYS: string) => stack[leg].restart({ env: { SEAL_KEYS } });
  const giveBoth = async (keys: string) => void (await Promise.all([give("primary", keys), give("fallback", keys)]));

  test("nobody notices when both legs keep the old key beside the new one", async () => {
    await deploy({ primary: "v1", fallback: "v1" });
    const change = () => giveBoth(`${newKey},${stack.sealKeys}`);
    for (const call of Object.values(await placeThrough({ answers: toQuestion, lost: true, deploy: change }))) {
      expect(call.heard.at(-1)).toBe("v1 end, kept 1, bye");
      expect(call.alerts).toHaveLength(1);
    }
    await giveBoth(stack.sealKeys);
  });

  test("a primary that lost the old key says that it failed, and the call goes on on the fallback that has it", async () => {
    const change = () => give("primary", newKey);
    for (const call of Object.values(await placeThrough({ answers: toQuestion, deploy: change }))) {
      expect(statuses(call)).toContain(503);
      expect(call.heard.at(-1)).toBe("v1 end, kept 1, bye");
    }
  });

  test("when both lost it the call has the flow's last resort", async () => {
    await giveBoth(stack.sealKeys);
    for (const call of Object.values(await placeThrough({ answers: toQuestion, deploy: () => giveBoth(newKey) }))) {
      expect(call.heard.slice(2)).toEqual(["v1 last resort"]);
      expect(call.ended).toBe("hangup");
    }
  });
});
