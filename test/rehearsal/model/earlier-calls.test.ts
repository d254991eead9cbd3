import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCall } from "../../../rehearsal/checkers/check-call.ts";
import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../../rehearsal/checkers/model-world.ts";
import { defaultDialect } from "../../../rehearsal/dialect.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import { rehearseCall } from "../../../rehearsal/world/rehearse-call.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import { cutOff } from "../../flows/cut-off.ts";

let openNetwork: () => void;
beforeAll(() => {
  openNetwork = closeNetwork();
});
afterAll(() => openNetwork());

const stage = createStage(cutOff);
const derive = async () => (await deriveScripts(cutOff, modelWorld(stage))).scripts;

async function placed(id: string, at?: { readonly kind: string; readonly fault: string }) {
  const script = (await derive()).find((one) => one.id === id);
  if (script === undefined) throw new Error(`no script '${id}'`);
  const place = (chosen: ReadonlyMap<number, string>) =>
    rehearseCall({ stage, script, chosen, settled: defaultDialect });
  let call = await place(new Map());
  if (at !== undefined) {
    call = await place(new Map([[call.points.findIndex(({ name }) => name === at.kind), at.fault]]));
  }
  const expect_ = createExpectation(stage);
  return {
    call,
    script,
    heard: call.record.heard,
    findings: checkCall(call, await expect_(call)),
    /** What the oracle says of this call if something else had gone wrong in it, or nothing. */
    judged: async (faults: typeof call.faults) => checkCall({ ...call, faults }, await expect_({ ...call, faults })),
  };
}

const offer = expect.stringMatching(/^We were cut off/);

describe("scripts of a caller who was cut off and calls again", () => {
  test("are there for each step where one can be cut off, and for those who are offered nothing", async () => {
    const earlier = (await derive()).flatMap(({ id, earlier }) => (earlier ? [[id, earlier.before?.step]] : []));
    expect(Object.fromEntries(earlier)).toEqual({
      "hangup;0,0,silence,1,1,dial:completed": "size",
      "hangup;1,1,1,dial:completed": "size",
      "hangup;hangup": "size",
      "0,hangup;1,1,dial:completed": "drink",
      "0,0,hangup;1,1,dial:failed": undefined,
      "1,1,dial:failed;1,1,dial:failed": undefined,
      "hangup,still-on;1,1,dial:failed": undefined,
      "hangup;hangup,still-on;1,1,dial:failed": undefined,
      "hangup;hangup;0,0,silence,1,1,dial:completed": "size",
    });
  });

  test("are not there for a flow that offers nothing", async () => {
    const { redial: _, ...rest } = cutOff;
    const { scripts } = await deriveScripts({ ...rest, redial: undefined }, modelWorld(stage));
    expect(scripts.filter(({ earlier }) => earlier !== undefined)).toEqual([]);
    expect(scripts.length).toBeGreaterThan(3);
  });

  test("name each call once", async () => {
    const ids = (await derive()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a rehearsed call behind an earlier one", () => {
  test("goes on where that one was", async () => {
    const { heard, findings } = await placed("0,hangup;1,1,dial:completed");
    expect(heard.slice(0, 3)).toEqual([offer, "small, which drink?", "small with large, calling"]);
    expect(findings).toEqual([]);
  });

  test.each([
    ["was dialling", "0,0,hangup;1,1,dial:failed"],
    ["came to its end", "1,1,dial:failed;1,1,dial:failed"],
    ["is still on", "hangup,still-on;1,1,dial:failed"],
    ["has been gone on with by a call that is still on", "hangup;hangup,still-on;1,1,dial:failed"],
  ])("begins at the beginning where that one %s", async (_, id) => {
    const { heard, findings } = await placed(id);
    expect(heard[0]).toBe("which size?");
    expect(findings).toEqual([]);
  });

  test("is offered the same again where that one was cut off at the offer", async () => {
    const { heard, findings } = await placed("hangup;hangup;0,0,silence,1,1,dial:completed");
    expect(heard[0]).toEqual(offer);
    expect(findings).toEqual([]);
  });

  test("may begin at the beginning where the table did not tell, and only there", async () => {
    const { call, heard, findings, judged } = await placed("0,hangup;1,1,dial:completed", {
      kind: "read",
      fault: "refused",
    });
    expect(heard[0]).toBe("which size?");
    expect(findings).toEqual([]);
    expect(await judged([])).toContainEqual(expect.objectContaining({ checker: "nobody-is-lost" }));
    const [fault] = call.faults;
    const later = fault === undefined ? [] : [{ ...fault, turn: 1 }];
    expect(await judged(later)).toContainEqual(expect.objectContaining({ checker: "nobody-is-lost" }));
  });

  test("which heard the offer is judged by it, whatever went wrong", async () => {
    const { call, findings } = await placed("0,hangup;1,1,dial:completed", { kind: "write", fault: "unheard" });
    expect(findings).toEqual([]);
    // the claim was applied and its answer lost: nothing is offered, rather than to two calls
    expect(call.record.heard[0]).toBe("which size?");
    const honoured = await placed("0,hangup;1,1,dial:completed");
    const [first, ...rest] = honoured.call.given;
    if (first === undefined) throw new Error("nothing was given");
    const expected = createExpectation(stage);
    const faults = call.faults;
    // the same call, had it forgotten after the offer what was said before
    const forgot = rest.map((one) => {
      const c = one.answer.checkpoint;
      if (c === undefined) return one;
      return { ...one, answer: { ...one.answer, checkpoint: { ...c, data: { ...c.data, size: "large" } } } };
    });
    const changed = { ...honoured.call, faults, given: [first, ...forgot] };
    expect(checkCall(changed, await expected(changed))).toContainEqual(
      expect.objectContaining({ checker: "nobody-is-lost" }),
    );
  });
});
