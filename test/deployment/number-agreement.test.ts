import { describe, expect, test } from "vitest";
import type { ProbeAnswer } from "../../core/probe.ts";
import { findingsOf } from "../../scripts/number/agreement.ts";
import type { Probed } from "../../scripts/number/probe.ts";

const answerOf = (leg: ProbeAnswer["leg"], more: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
  leg,
  build: "aaaaaaaaaaaa",
  flows: { survey: "start visit" },
  nowMs: 0,
  table: { reached: true, ms: 5 },
  sealKeys: [{ id: "k1", proof: "p1" }],
  ...more,
});
interface Changes {
  readonly answer?: Partial<ProbeAnswer>;
  readonly aheadMs?: number;
  readonly tookMs?: number;
}
const answered = (leg: ProbeAnswer["leg"], { answer, aheadMs = 0, tookMs = 40 }: Changes = {}): Probed => ({
  kind: "answered",
  answer: answerOf(leg, answer),
  aheadMs,
  tookMs,
});
const found = (primary: Changes, fallback: Changes, deployed?: string) =>
  findingsOf(
    { primary: answered("primary", primary), fallback: answered("fallback", fallback) },
    "survey",
    deployed,
  ).map(({ level, code }) => `${level} ${code}`);

describe("two legs that answer", () => {
  test("are well when they agree, with the build that was deployed last or when that is not known", () => {
    expect(found({}, {})).toEqual([]);
    expect(found({}, {}, "aaaaaaaaaaaa")).toEqual([]);
  });

  test("have clocks that differ when that cannot be the network's doing, whichever is ahead and whatever ours says", () => {
    expect(found({ aheadMs: 60_000 }, { aheadMs: 59_000 })).toEqual([]);
    expect(found({ aheadMs: 1_000 }, { aheadMs: -1_500 })).toEqual(["warning clocks"]);
    expect(found({ aheadMs: -1_500 }, { aheadMs: 1_000 })).toEqual(["warning clocks"]);
    // a cold start of 3 s: the answer may be from its end as from its beginning
    expect(found({ aheadMs: -1_500, tookMs: 3_000 }, { aheadMs: 1_000 })).toEqual([]);
  });

  test("run an old build: an error, as somebody believes that a newer one is deployed", () => {
    expect(found({}, {}, "bbbbbbbbbbbb")).toEqual(["error primary-build", "error fallback-build"]);
  });

  test("differ in build, which is a warning, and in the steps of a flow, which is another", () => {
    expect(found({}, { answer: { build: "bbbbbbbbbbbb" } })).toEqual(["warning builds"]);
    const changed = { build: "bbbbbbbbbbbb", flows: { survey: "start visit bye" } };
    expect(found({}, { answer: changed })).toEqual(["warning builds", "warning flow-shapes"]);
  });

  test("lack the flow that the number begins", () => {
    expect(found({}, { answer: { build: "b", flows: { other: "start" } } })).toContain("error fallback-flow");
  });

  test("answer at each other's address", () => {
    const { primary, fallback } = { primary: answered("fallback"), fallback: answered("primary") };
    expect(findingsOf({ primary, fallback }, "survey").map(({ code }) => code)).toEqual([
      "primary-other",
      "fallback-other",
    ]);
  });
});

test("what answers and is no leg of this product is told from a leg that is older, or away", () => {
  const codes = (primary: Probed) =>
    findingsOf({ primary, fallback: answered("fallback") }, "survey").map(({ code, mend }) => `${code}: ${mend}`);
  expect(codes({ kind: "older" })).toEqual(["primary-older: deploy it from this tree"]);
  expect(codes({ kind: "status", status: 404 })).toEqual(["primary-status: deploy it, or mend PRIMARY_BASE_URL"]);
  expect(codes({ kind: "status", status: 500 })).toEqual([expect.stringMatching(/^primary-status: look into its log/)]);
  expect(codes({ kind: "no-answer", reason: "ECONNREFUSED" })).toEqual([expect.stringMatching(/^primary-silent/)]);
});
