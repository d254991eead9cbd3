import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appointment } from "../../../flows/appointment.ts";
import { checkCall } from "../../../rehearsal/checkers/check-call.ts";
import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../../rehearsal/checkers/model-world.ts";
import { defaultDialect } from "../../../rehearsal/dialect.ts";
import { parseCaseId } from "../../../rehearsal/explore/case-id.ts";
import { dialectOf, namedByAnswers, narrowed } from "../../../rehearsal/explore/dialect-text.ts";
import { namedDialects } from "../../../rehearsal/explore/dialects.ts";
import { oneOf, randomOf } from "../../../rehearsal/explore/random.ts";
import { placeRandomCase, type Rehearsable } from "../../../rehearsal/explore/random-cases.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { idOf } from "../../../rehearsal/report/tally.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import { rehearseCall } from "../../../rehearsal/world/rehearse-call.ts";
import type { RehearsedCall } from "../../../rehearsal/world/rehearsed-call.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import { outcomes } from "../../flows/outcomes.ts";
import { flows as broken } from "../../scripts/rehearse/broken-flows.ts";

let openNetwork = () => {};
let flows: Rehearsable[] = [];
beforeAll(async () => {
  openNetwork = closeNetwork();
  flows = await Promise.all(
    [appointment, outcomes, ...broken].map(async (flow) => {
      const stage = createStage(flow);
      const { scripts } = await deriveScripts(flow, modelWorld(stage));
      return { stage, expect: createExpectation(stage), scripts };
    }),
  );
});
afterAll(() => openNetwork());

describe("random cases", () => {
  test("a case is a function of its seed and its number, whatever was placed before it", async () => {
    const ids = async (numbers: readonly number[]) => {
      const found = new Map<number, string>();
      for (const index of numbers) found.set(index, idOf(await placeRandomCase({ seed: 3, index, flows })));
      return numbers.toSorted((one, other) => one - other).map((index) => found.get(index));
    };
    const numbers = Array.from({ length: 30 }, (_, at) => at);
    const forwards = await ids(numbers);
    expect(await ids(numbers.toReversed())).toEqual(forwards);
    expect(new Set(forwards).size).toBeGreaterThan(20);
    expect(idOf(await placeRandomCase({ seed: 4, index: 0, flows }))).not.toBe(forwards[0]);
  });

  test("its id places the same call again, with the same findings", async () => {
    let withFindings = 0;
    let withDialects = 0;
    let withOther = 0;
    for (let index = 0; index < 150; index += 1) {
      const rehearsed = await placeRandomCase({ seed: 5, index, flows });
      const named = parseCaseId(idOf(rehearsed));
      const dialect = dialectOf(named?.dialect ?? "");
      const { stage, expect: judge, scripts } = flows.find((one) => one.stage.flow.name === named?.flow) ?? {};
      const script = scripts?.find(({ id }) => id === named?.script);
      if (!named || !dialect || !stage || !judge || !script) throw new Error(`${idOf(rehearsed)} cannot be read back`);
      const again = await rehearseCall({ stage, script, chosen: named.chosen, settled: dialect.dialect });
      // how ErrorUrl is written may differ where every leg reads it alike
      expect(told(again)).toEqual(told(rehearsed.call));
      expect(again.executed).toEqual(rehearsed.call.executed);
      expect(checkCall(again, await judge(again))).toEqual(rehearsed.findings);
      expect(rehearsed.call.faults.length).toBeLessThanOrEqual(3);
      if (rehearsed.findings.length > 0) withFindings += 1;
      if (dialect.name !== "default") withDialects += 1;
      if (rehearsed.call.points.some(({ chosen }) => chosen === "other")) withOther += 1;
    }
    expect(withOther).toBeGreaterThan(0);
    expect(withFindings).toBeGreaterThan(5);
    expect(withDialects).toBeGreaterThan(20);
  });

  test("a dialect that was asked for is the dialect of every case", async () => {
    const [, dialect] = namedDialects;
    if (dialect === undefined) throw new Error("only one dialect");
    for (let index = 0; index < 5; index += 1) {
      expect(idOf(await placeRandomCase({ seed: 1, index, flows, dialect }))).toMatch(/\/d1\//);
    }
  });
});

describe("a dialect as text", () => {
  test("is read back, whatever its answers are", () => {
    for (const { dialect, name } of namedDialects) {
      expect(dialectOf(name)?.dialect).toEqual(dialect);
      expect(dialectOf(namedByAnswers(dialect).name)?.dialect).toEqual(dialect);
    }
    expect(namedByAnswers(defaultDialect).name).toBe("default");
  });

  test("leaves out what no call met", () => {
    const dialect = { ...defaultDialect, errorUrl: "relative", playFailure: "skip" } as const;
    expect(narrowed(dialect, new Set(["playFailure", "sayFailure"])).name).toBe("~playFailure=skip");
    expect(narrowed(dialect, new Set()).name).toBe("default");
  });
});

describe("random numbers", () => {
  test("are spread evenly, also from case to case", () => {
    const first = Array.from({ length: 4_000 }, (_, index) => randomOf(9, index)());
    const inOne = Array.from(
      { length: 4_000 },
      (
        (random) => () =>
          random()
      )(randomOf(9, 0)),
    );
    for (const numbers of [first, inOne]) {
      const tenths = Array.from(
        { length: 10 },
        (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length,
      );
      for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(100);
    }
  });

  test("choose each of some values, and nothing from nothing", () => {
    const random = randomOf(1, 1);
    expect(new Set(Array.from({ length: 50 }, () => oneOf(random, [1, 2, 3])))).toEqual(new Set([1, 2, 3]));
    expect(() => oneOf(random, [])).toThrow(RangeError);
  });
});

/** All of a call but the text of its requests. */
function told({ record, points, given, writes }: RehearsedCall) {
  const requests = record.requests.map(({ kind, url, attempts, outcome, startedAtMs }) => [
    ...[kind, url, attempts, outcome, startedAtMs],
  ]);
  const { heard, ended, attemptCount, documents } = record;
  return { requests, heard, ended, attemptCount, documents, points, given, writes };
}
