import { expect, test } from "vitest";
import { shortenSeals, withoutFragment } from "../../rehearsal/redact.ts";

const seal = `k1.${"Ab_-9".repeat(20)}`;

test("a sealed checkpoint is shortened, in a path and in a query, and the text around it stays", () => {
  const text = `press # or ask http://a.example/voice/survey/${seal}#ct=1000&rc=0 or /voice-webhook?c=${seal}, then go on`;
  const shortened = "press # or ask http://a.example/voice/survey/…#ct=1000&rc=0 or /voice-webhook?c=…, then go on";
  expect(shortenSeals(text)).toBe(shortened);
});

test("a URL loses its connection overrides and nothing else", () => {
  expect(withoutFragment("http://a.example/voice/survey?lang=ja#ct=1000&rc=0")).toBe(
    "http://a.example/voice/survey?lang=ja",
  );
  expect(withoutFragment("/voice")).toBe("/voice");
});
