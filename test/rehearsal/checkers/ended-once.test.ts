import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endKey } from "../../../rehearsal/checkers/at-end.ts";
import { checkCall } from "../../../rehearsal/checkers/check-call.ts";
import { endedOnce } from "../../../rehearsal/checkers/ended-once.ts";
import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../../rehearsal/checkers/model-world.ts";
import { defaultDialect } from "../../../rehearsal/dialect.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import { rehearseCall } from "../../../rehearsal/world/rehearse-call.ts";
import type { RehearsedCall } from "../../../rehearsal/world/rehearsed-call.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import { cutOff } from "../../flows/cut-off.ts";

let openNetwork: () => void;
beforeAll(() => {
  openNetwork = closeNetwork();
});
afterAll(() => openNetwork());

/** The call of one script, with the first operation of a kind broken, from the last one on if `last`. */
async function placed(id: string, fault?: { readonly kind: string; readonly name: string; readonly last?: true }) {
  const stage = createStage(cutOff);
  const { scripts } = await deriveScripts(cutOff, modelWorld(stage));
  const script = scripts.find((one) => one.id === id);
  if (script === undefined) throw new Error(`no script '${id}': ${scripts.map((one) => one.id).join(" ")}`);
  const place = (chosen: ReadonlyMap<number, string>) =>
    rehearseCall({ stage, script, chosen, settled: defaultDialect });
  let call = await place(new Map());
  if (fault !== undefined) {
    const ats = call.points.flatMap(({ what, name }, at) => (what === "fault" && name === fault.kind ? [at] : []));
    const at = ats.at(fault.last ? -1 : 0);
    if (at === undefined) throw new Error(`nothing of kind ${fault.kind}`);
    call = await place(new Map([[at, fault.name]]));
  }
  const expected = await createExpectation(stage)(call);
  const findings = (changed: Partial<RehearsedCall> = {}) => endedOnce({ ...call, ...changed }, expected);
  return { call, expected, findings, all: () => checkCall(call, expected) };
}

const whole = "1,1,dial:failed";
const told = (over: string) =>
  `POST /NOTES_URL/summary {"idempotencyKey":"(key)","callSid":"CA${"5".repeat(32)}","arguments":{"status":"completed",${over}}}`;

describe("what is done when the call is over", () => {
  test("is done once, with what was said in the call", async () => {
    const { call, all } = await placed(whole);
    expect(call.executed.map(({ text }) => text)).toEqual([
      told('"step":"end","size":"large","drink":"large","called":"failed"'),
    ]);
    expect(all()).toEqual([]);
  });

  test("and of a caller who hung up with what was said until then", async () => {
    const { call, all } = await placed("0,hangup");
    expect(call.executed.map(({ text }) => text)).toEqual([told('"step":"drink","size":"small"')]);
    expect(all()).toEqual([]);
  });

  test("not at all is found, unless nobody heard of the end", async () => {
    const nothing = "the end was heard of, and not all was done that the flow does then";
    expect((await placed(whole)).findings({ executed: [] })).toEqual([nothing]);
    const lost = await placed(whole, { kind: "status", name: "lost", last: true });
    expect([lost.call.executed, lost.all()]).toEqual([[], []]);
  });

  test("twice is found, before the end is found, and with other data than the call's too", async () => {
    const { call, findings } = await placed(whole);
    const [done] = call.executed;
    if (done === undefined) throw new Error("nothing was done");
    expect(findings({ executed: [done, done] })).toEqual(["'summary' was done twice"]);
    const early = findings({ executed: [{ ...done, atMs: done.atMs - 1 }] });
    expect(early).toEqual([expect.stringMatching(/^done before the call was over: POST/)]);
    const other = findings({ executed: [{ ...done, text: told('"step":"drink","size":"small"') }] });
    expect(other).toContainEqual(expect.stringMatching(/^done at the end, and no document asks for it: POST/));
  });

  test("and may never be tried twice is found when it is tried again, though the service knew the key", async () => {
    const { call, findings } = await placed(whole);
    expect(call.requested).toEqual([endKey("summary")]);
    expect(findings({ requested: [endKey("summary"), endKey("summary")] })).toEqual([
      "'summary' was tried 2 times at the end",
    ]);
  });

  test("may be in doubt where something happened to it, and only there", async () => {
    const { call, all, findings } = await placed(whole, { kind: "effect", name: "refused" });
    expect([call.executed, all()]).toEqual([[], []]);
    expect(findings({ faults: [] })).toHaveLength(1);
  });

  test("is told once of an end that is delivered twice, and of one that is delivered late", async () => {
    const twice = await placed(whole, { kind: "status", name: "twice", last: true });
    expect([twice.call.ends.length, twice.call.executed.length, twice.all()]).toEqual([2, 1, []]);
    const late = await placed(whole, { kind: "status", name: "at-the-end", last: true });
    expect([late.call.executed.length, late.all()]).toEqual([1, []]);
  });
});
