import { describe, expect, test } from "vitest";
import { type Fate, type FaultyCall, fatesOf, faultyCall } from "../support/faulty-call.ts";

type Options = Parameters<typeof faultyCall>[1];

const dialects: (readonly [string, Options])[] = (["retry", "give-up"] as const).flatMap((policy) =>
  [true, false].flatMap((repeats) =>
    [true, false].map((noQuery) => {
      const name = `${policy}, parameters ${repeats ? "" : "not "}repeated, ErrorUrl ${noQuery ? "without" : "with"} its query`;
      return [name, { policy, repeats, noQuery }] as const;
    }),
  ),
);

/** What is wrong with how a call went, if anything. */
function wrongs(call: FaultyCall, faults: ReadonlyMap<number, Fate>, { noQuery, policy }: Options): string[] {
  const { told, lastAnswers, executed, unsure } = call;
  const color = /^color (\d)/.exec(told)?.[1];
  const done = /told (.*), bye/.exec(told)?.[1];
  const booked = done?.startsWith("booked ") ? done.slice(7) : undefined;
  // rule 7, declared: without the table and without a sealed checkpoint nobody knows where the call was
  const blind = noQuery && [...faults.values()].includes("table-down");
  const found = {
    "the table went backwards": call.wentBack,
    "it never ended": call.ended === "endless",
    "Twilio apologised": call.ended === "apology",
    "last resort": call.ended === "last resort" && !blind,
    "an older answer won": color !== undefined && color !== lastAnswers.color,
    "told a booking that was not made": booked !== undefined && !executed.includes(booked),
    "told nothing, done something, and not in doubt": done === "nothing" && executed.length > 0 && !unsure,
    "asked for nothing last, and told something else": done === "nothing" && lastAnswers.book !== "0",
    "executed twice": executed.length > 1,
    "unsettled by one fault": call.ended === "unsettled" && faults.size < 2,
    "doubt after no fault": done === "doubt" && (faults.size === 0 || policy === "retry"),
  };
  return Object.entries(found).flatMap(([what, is]) => (is ? [what] : []));
}

describe("a caller who answers otherwise whenever asked again, and any two faults", () => {
  test.each(dialects)(
    "is not lost, not told otherwise than was done, nothing is done twice: %s",
    async (_, options) => {
      let runs = 0;
      const explore = async (faults: ReadonlyMap<number, Fate>): Promise<void> => {
        const call = await faultyCall(faults, options);
        runs += 1;
        const found = wrongs(call, faults, options);
        expect(found, `${JSON.stringify([...faults])}\n${call.trace.join("\n")}`).toEqual([]);
        if (faults.size === 2) return;
        const after = Math.max(-1, ...faults.keys()) + 1;
        for (const [point, kind] of call.points.entries()) {
          if (point < after) continue;
          for (const fate of fatesOf[kind]) await explore(new Map([...faults, [point, fate]]));
        }
      };
      await explore(new Map());
      console.log(`${runs} calls: every single fault and every ordered pair`);
      expect(runs).toBeGreaterThan(1_000);
    },
    60_000,
  );
});
