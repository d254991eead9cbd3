import { describe, expect, test } from "vitest";
import { UsageError } from "../../scripts/command-line.ts";
import { faultsText, readArguments } from "../../scripts/rehearse/arguments.ts";
import { chosenDialects, settingsFrom, tasksOf } from "../../scripts/rehearse/plan.ts";

const otherwise = { seed: 7, workers: 2 };
const read = (...args: string[]) => readArguments(args, otherwise);

describe("arguments of rehearse", () => {
  test("none are needed: every single fault, all dialects, all flows", () => {
    expect(read()).toEqual({
      flow: undefined,
      script: undefined,
      faults: { kind: "single" },
      dialect: "all",
      seed: 7,
      workers: 2,
      caseId: undefined,
      http: false,
      json: false,
      html: undefined,
      flowsModule: undefined,
    });
  });

  test.each(["none", "single", "pairs", "random:250"])("--faults %s is read and told again", (faults) => {
    const given = read("--faults", faults);
    expect(given === "help" ? "" : faultsText(given.faults)).toBe(faults);
  });

  test("--help wins over everything that could be read", () => {
    expect(read("--help", "--json")).toBe("help");
  });

  test.each([
    [["--faults", "triples"], /none, single, pairs or random:N/],
    [["--faults", "random:0"], /N from 1 to/],
    [["--faults", "random:99999999"], /N from 1 to/],
    [["--seed", "-1"], /--seed/],
    [["--seed", "4294967296"], /--seed …: a whole number from 0 to 4294967295/],
    [["--workers", "0"], /--workers 0: a whole number from 1/],
    [["--workers", "two"], /a whole number/],
    [["--no-such"], /--no-such/],
    [["extra"], /extra/],
    [["--http", "--case", "x"], /--http and --case/],
    [["--http", "--html", "x.html"], /--html/],
  ])("%j is refused with what is right", (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});

test("a dialect is chosen by its name or by its answers, and another one is refused", () => {
  expect(chosenDialects("all").length).toBeGreaterThan(3);
  expect(chosenDialects("default").map(({ name }) => name)).toEqual(["default"]);
  expect(chosenDialects("~playFailure=skip")[0]?.dialect.playFailure).toBe("skip");
  for (const wrong of [
    "d999",
    "~playFailure=maybe",
    "~noSuch=skip",
    "~playFailure",
    "~playFailure=skip,playFailure=end",
  ]) {
    expect(() => chosenDialects(wrong)).toThrow(/it is all, few, default, d1 to d\d+, f1 to f\d+, or like/);
  }
});

test("every random case is in one task, and every script too", () => {
  const cases = tasksOf({ scripts: [], faults: { kind: "random", cases: 601 } }).flatMap((task) =>
    task.kind === "random" ? Array.from({ length: task.to - task.from }, (_, at) => task.from + at) : [],
  );
  expect(cases).toEqual(Array.from({ length: 601 }, (_, at) => at));
  const script = { flow: "f", script: { id: "1", language: "en", answers: [], otherwise: new Map() } } as const;
  const tasks = tasksOf({ scripts: [script, script], faults: { kind: "pairs" } });
  expect(tasks).toEqual([0, 1].map((at) => ({ kind: "script", at })));
});

test("settings of flows come from the environment, addresses do not: nobody is called in a rehearsal", () => {
  const env = {
    FLOW_COPIES: "3",
    FLOW_BOOKINGS_URL: "https://bookings.example.com",
    LANG: "en",
    FLOW_GONE: undefined,
  };
  expect(settingsFrom(env)).toEqual({ COPIES: "3" });
});
