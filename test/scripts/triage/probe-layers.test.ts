import { describe, expect, test } from "vitest";
import { UsageError } from "../../../scripts/command-line.ts";
import { takeExtra } from "../../../scripts/triage/probe-arguments.ts";
import { chanceOfMore, unseenRate } from "../../../scripts/triage/probe-chance.ts";
import { findLayers } from "../../../scripts/triage/probe-layers.ts";
import { readProbeSettings } from "../../../scripts/triage/probe-settings.ts";
import { percentiles, summaryOf, type WaySummary } from "../../../scripts/triage/probe-summary.ts";
import { httpWay, type WayName } from "../../../scripts/triage/probe-ways.ts";

function way(name: WayName, asked: number, failed: number, what = "status 503"): WaySummary {
  const good = { outcome: { what: "answered", good: true, table: true }, tookMs: 20, phases: { connectMs: 1 } };
  const bad = { outcome: { what, good: false }, tookMs: 1, phases: {} };
  return summaryOf(name, [...Array(asked - failed).fill(good), ...Array(failed).fill(bad)]);
}
const firstOf = (...ways: WaySummary[]) => findLayers(ways).sentences[0] ?? "";

describe("whether chance explains a difference", () => {
  // sums of fractions of whole numbers: C(n,k) C(m,f-k) / C(n+m,f)
  test.each([
    [3, 3, 0, 3, 0.05],
    [2, 20, 0, 20, 0.243_589_743_6],
    [12, 100, 0, 100, 0.000_171_983_257],
    [9, 30, 2, 25, 0.042_605_480_57],
    [5, 20, 5, 20, 0.641_786_722_4],
    [0, 20, 5, 20, 1],
    [1, 1, 0, 0, 1],
  ])("%i of %i against %i of %i: %f", (failed, asked, otherFailed, otherAsked, expected) => {
    const chance = chanceOfMore({ failed, asked }, { failed: otherFailed, asked: otherAsked });
    expect(chance).toBeCloseTo(expected, 9);
  });

  test("twenty tries do not see a rate of one in eight, for sure; two hundred do", () => {
    expect(unseenRate(20)).toBeCloseTo(0.139, 3);
    expect(unseenRate(200)).toBeCloseTo(0.0149, 4);
    expect(unseenRate(0)).toBe(1);
  });
});

describe("the layer that adds the failures", () => {
  test("is between the public name and the API when only the name fails", () => {
    const sentence = firstOf(
      way("public name", 100, 12),
      way("API endpoint", 100, 0),
      way("direct invocation", 100, 0),
    );
    expect(sentence).toMatch(
      /^public name fails 12 % \(12 of 100\), API endpoint fails 0 % \(0 of 100\): failures come in between the public name and the API/,
    );
    expect(sentence).toContain("12 × status 503");
  });

  test("is between the API and the function when both ways over the API fail alike", () => {
    const found = findLayers([
      way("public name", 100, 14),
      way("API endpoint", 100, 12),
      way("direct invocation", 100, 0),
    ]);
    expect(found.sentences[0]).toMatch(/: failures come in between the API and the function/);
    expect(found.layers.map(({ adds }) => adds)).toEqual(["unclear", "adds", "none"]);
  });

  test("is the function when all ways fail alike", () => {
    const all = [way("public name", 50, 10), way("API endpoint", 50, 10), way("direct invocation", 50, 10)];
    expect(firstOf(...all)).toMatch(/^direct invocation fails 20 % .*in the function or behind it/);
  });

  test("are two when two fail, the worse one first", () => {
    const { sentences } = findLayers([
      way("public name", 200, 120),
      way("API endpoint", 200, 30),
      way("direct invocation", 200, 0),
    ]);
    expect(sentences[0]).toContain("between the public name and the API");
    expect(sentences[1]).toContain("between the API and the function");
  });

  test("is not named when chance explains the difference", () => {
    const sentence = firstOf(way("public name", 20, 2), way("API endpoint", 20, 0));
    expect(sentence).toMatch(/chance may explain/);
  });

  test("is not found in a way that fails by itself, like an invocation that is forbidden", () => {
    const lambda = way("direct invocation", 20, 20);
    const denied = { ...lambda, unusable: true, outcomes: { "Lambda 403": 20 } };
    const { sentences, layers } = findLayers([way("public name", 20, 0), way("API endpoint", 20, 0), denied]);
    expect(sentences).toEqual([
      expect.stringMatching(/^no way/),
      expect.stringMatching(/^direct invocation could not/),
    ]);
    expect(layers).toHaveLength(2);
    // a little more often is no proof of that
    const same = findLayers([way("public name", 50, 10), way("API endpoint", 50, 19), way("direct invocation", 50, 0)]);
    expect(same.sentences[0]).toMatch(/^API endpoint fails 38 %.*between the API and the function/);
    // from a machine that does not reach the API's own host
    const odd = findLayers([way("public name", 20, 0), way("API endpoint", 20, 20, "refused")]);
    expect(odd.sentences[1]).toMatch(/^API endpoint fails 100 %.* this way's own/);
  });

  test("is not at all when nothing failed, and it says how rare a failure could go unseen", () => {
    const sentence = firstOf(way("public name", 20, 0), way("API endpoint", 20, 0));
    expect(sentence).toMatch(/^no way to the primary failed: .*rarer than 13\.9 %/);
  });

  test("may be this machine's network when both legs fail before a connection", () => {
    const { sentences } = findLayers([
      way("public name", 9, 9, "no DNS answer"),
      way("fallback leg", 9, 9, "no DNS answer"),
    ]);
    expect(sentences.at(-1)).toMatch(/this machine's network/);
  });

  test("says for each kind of way which way would tell more", () => {
    expect(firstOf(way("public name", 9, 9))).toContain("with --api and --function");
    expect(firstOf(way("public name", 9, 9), way("API endpoint", 9, 9))).toContain("with --function");
    expect(firstOf(way("public name", 9, 9), way("direct invocation", 9, 0))).toContain("with --api it can be told");
  });
});

test("percentiles are times that were measured", () => {
  expect(percentiles([5, 1, 2, 3, 4])).toEqual({ p50: 3, p90: 5, p99: 5 });
  expect(percentiles(Array.from({ length: 200 }, (_, index) => index + 1))).toEqual({ p50: 100, p90: 180, p99: 198 });
  expect(percentiles([])).toBeUndefined();
});

describe("the command line", () => {
  const env = { TWILIO_AUTH_TOKEN: "t", PRIMARY_BASE_URL: "https://line.example.com" };
  const taken = (...args: string[]) => takeExtra(args, env);

  test("has triage's own arguments left, in their order", () => {
    const all = [
      "--dir",
      "d",
      "--probe",
      "--times",
      "3",
      "--json",
      "--every=2s",
      "--bundle",
      "b.tgz",
      "--logs",
      "a",
      "b",
    ];
    const { rest, probing, bundle, alone } = taken(...all);
    expect(rest).toEqual(["--dir", "d", "--json", "--logs", "a", "b"]);
    expect(probing).toMatchObject({ times: 3, everyMs: 2000 });
    expect([bundle, alone]).toEqual(["b.tgz", false]);
    expect(taken("--dir", "d")).toEqual({ rest: ["--dir", "d"], probing: undefined, bundle: undefined, alone: false });
    expect(taken("--probe", "--json").alone).toBe(true);
    expect(takeExtra(["--probe", "--help"], {}).rest).toEqual(["--help"]);
  });

  test.each([
    [["--times", "3"], /--times goes with --probe/],
    [["--probe", "--times"], /--times needs a value/],
    [["--probe=1"], /takes no value/],
    [["--bundle", "x.zip"], /\.tar\.gz or \.tgz/],
    [["--probe", "--every", "1h"], /--every/],
  ])("%o make no sense", (args, why) => {
    expect(() => taken(...args)).toThrow(why);
    expect(() => taken(...args)).toThrow(UsageError);
  });
});

test("the answer of one leg is none of the other", () => {
  const told = {
    kind: "answer",
    status: 200,
    headers: {},
    body: '{"leg":"primary","table":{"reached":true}}',
  } as const;
  const way = (leg: "primary" | "fallback") =>
    httpWay("public name", { leg, baseUrl: "https://x", signedFor: "https://x", flow: "f", authToken: "t" });
  expect(way("primary").read(told)).toEqual({ what: "answered", good: true, table: true });
  expect(way("fallback").read(told)).toEqual({ what: "not the leg's answer", good: false });
});

describe("the settings of a probe", () => {
  const env = { TWILIO_AUTH_TOKEN: "one,two", AWS_REGION: "eu-west-1", FALLBACK_BASE_URL: "https://f.example.com" };
  const values = { public: "https://line.example.com", times: "20", every: "500ms" };
  const why = (more: object, inEnv: Record<string, string> = env) => {
    const settings = readProbeSettings({ ...values, ...more }, inEnv);
    return settings.kind === "wrong" ? settings.why : settings.ways.map(({ name }) => name).join();
  };

  test("name the ways, and those that were not asked", () => {
    const api = "https://abc.execute-api.eu-west-1.amazonaws.com";
    expect(why({ api, function: "stayline-StatusCallback" })).toBe(
      "public name,API endpoint,direct invocation,fallback leg",
    );
    const settings = readProbeSettings({ ...values, api: values.public }, env);
    expect(settings).toMatchObject({
      notAsked: ["API endpoint: it is the public name", "direct invocation: no --function"],
    });
  });

  test.each([
    [{ times: "0" }, /--times/],
    [{ times: "201" }, /--times/],
    [{ every: "10ms" }, /--every/],
    [{ every: "61s" }, /--every/],
    [{ every: "soon" }, /--every/],
    [{ api: "ftp://x" }, /--api/],
    [{ public: "https://a:b@line.example.com" }, /--public/],
  ])("refuse %o", (more, expected) => expect(why(more)).toMatch(expected));

  test("refuse to go without a token, or a Region", () => {
    expect(why({}, {})).toMatch(/TWILIO_AUTH_TOKEN/);
    expect(why({ function: "x" }, { TWILIO_AUTH_TOKEN: "t" })).toMatch(/AWS_REGION/);
    expect(why({ public: undefined }, { TWILIO_AUTH_TOKEN: "t" })).toMatch(/--public/);
  });
});
