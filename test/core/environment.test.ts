import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineSettings } from "../../core/environment.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { sealKey } from "./call.ts";

type Env = Readonly<Record<string, string | undefined>>;
const good = {
  PRIMARY_BASE_URL: "https://line.example.com",
  FALLBACK_BASE_URL: "https://line-1234.twil.io",
  TWILIO_AUTH_TOKEN: "secret-token",
  SEAL_KEYS: sealKey("k1", 1),
  TABLE_NAME: "checkpoints",
  TABLE_REGION: "ap-northeast-1",
} satisfies Env;
const required = Object.keys(good) as (keyof typeof good)[];
const read = (over: Env) => engineSettings({ ...good, ...over }, "TWILIO_AUTH_TOKEN");

function refusal(over: Env): string {
  try {
    read(over);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return String((error as Error).message);
  }
  throw new Error("the environment was taken");
}

describe("the environment", () => {
  test("becomes settings; flow settings lose their prefix", () => {
    expect(
      read({ FLOW_BOOKINGS_URL: "http://b.example.com", OTHER: "x", TABLE_ENDPOINT: "http://127.0.0.1:4567" }),
    ).toEqual({
      primaryBaseUrl: good.PRIMARY_BASE_URL,
      fallbackBaseUrl: good.FALLBACK_BASE_URL,
      authTokens: ["secret-token"],
      sealKeys: good.SEAL_KEYS,
      table: { name: "checkpoints", region: "ap-northeast-1", endpoint: "http://127.0.0.1:4567" },
      flowSettings: { BOOKINGS_URL: "http://b.example.com" },
      build: "source",
    });
  });

  test("may hold two auth tokens while one is rotated", () => {
    expect(read({ TWILIO_AUTH_TOKEN: "new,old" }).authTokens).toEqual(["new", "old"]);
    expect(engineSettings({ ...good, AUTH_TOKEN: "functions" }, "AUTH_TOKEN").authTokens).toEqual(["functions"]);
  });

  test("may write base URLs with a trailing slash, and with a path", () => {
    expect(read({ PRIMARY_BASE_URL: "https://line.example.com/live/" }).primaryBaseUrl).toBe(
      "https://line.example.com/live",
    );
  });

  test.each(required)("without %s is refused by the variable's name, with what to set", (name) => {
    for (const value of [undefined, ""]) {
      const message = refusal({ [name]: value });
      expect(message).toContain(name);
      expect(message).toMatch(/set (?:it|TWILIO_AUTH_TOKEN) to|is not an http/);
    }
  });

  test("that lacks several variables names them all, on one line", () => {
    const message = refusal({ TABLE_NAME: undefined, SEAL_KEYS: undefined, PRIMARY_BASE_URL: undefined });
    for (const name of ["TABLE_NAME", "SEAL_KEYS", "PRIMARY_BASE_URL"]) expect(message).toContain(name);
    expect(message).not.toContain("\n");
    expect(message).not.toContain("TABLE_REGION");
  });

  test.each([
    ["PRIMARY_BASE_URL", "line.example.com"],
    ["PRIMARY_BASE_URL", "ftp://line.example.com"],
    ["FALLBACK_BASE_URL", "javascript:alert(1)"],
    ["FALLBACK_BASE_URL", "https://line.example.com?x=1"],
    ["FALLBACK_BASE_URL", "https://line.example.com#x"],
    ["PRIMARY_BASE_URL", "https://line.example.com/".padEnd(limits.baseUrlCharactersMax + 1, "x")],
    ["TABLE_ENDPOINT", "127.0.0.1"],
  ])("with a wrong %s is refused", (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain(value);
  });

  test("never shows a value in what it refuses", () => {
    const names = [...required, "TABLE_ENDPOINT"];
    const secret = fc.string({ minLength: 12, unit: "grapheme" }).map((text) => `zq-${text}`);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), secret, (wrong, value) => {
        const over = { ...Object.fromEntries(wrong.map((name) => [name, value])), TABLE_REGION: undefined };
        expect(refusal(over)).not.toContain(value);
      }),
    );
  });
});

test("auth tokens may stand apart, and an empty one is refused by name", () => {
  const env = {
    PRIMARY_BASE_URL: "https://p.example.com",
    FALLBACK_BASE_URL: "https://f.example.com",
    SEAL_KEYS: "k",
    TABLE_NAME: "t",
    TABLE_REGION: "r",
  };
  expect(engineSettings({ ...env, AUTH_TOKEN: "one, two" }, "AUTH_TOKEN").authTokens).toEqual(["one", "two"]);
  for (const wrong of [",", "one,", " "]) {
    expect(() => engineSettings({ ...env, AUTH_TOKEN: wrong }, "AUTH_TOKEN")).toThrow(/empty token; set AUTH_TOKEN/);
  }
});
