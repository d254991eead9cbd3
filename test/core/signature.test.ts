import fc from "fast-check";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, test } from "vitest";
import { isGenuine } from "../../core/signature.ts";
import listed from "./signature-vectors.json" with { type: "json" };

interface Vector {
  readonly name: string;
  readonly token: string;
  readonly url: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly signature: string;
}
const vectors = listed as unknown as readonly Vector[];
const basic = vectors[0] as Vector;

/** Another character in its place, of the same kind where it matters for parsing. */
const other = (character: string) => (character === "a" ? "b" : "a");
const changedAt = (text: string, at: number) => `${text.slice(0, at)}${other(text[at] ?? "")}${text.slice(at + 1)}`;

describe.each(vectors)("the official libraries' vector: $name", ({ token, url, params, signature }) => {
  test("is genuine", () => expect(isGenuine([token], signature, url, params)).toBe(true));

  test("is genuine while the token is being rotated", () => {
    expect(isGenuine(["67890", token], signature, url, params)).toBe(true);
    expect(isGenuine([token, "67890"], signature, url, params)).toBe(true);
    expect(isGenuine(["67890"], signature, url, params)).toBe(false);
  });

  test("is refused when any one character of the signature is changed, missing or added", () => {
    for (let at = 0; at < signature.length; at += 1) {
      expect(isGenuine([token], changedAt(signature, at), url, params)).toBe(false);
      expect(isGenuine([token], signature.slice(0, at) + signature.slice(at + 1), url, params)).toBe(false);
    }
    expect(isGenuine([token], `${signature}=`, url, params)).toBe(false);
  });

  test("is refused when any one character of the path or query is changed", () => {
    const from = new URL(url).origin.length;
    for (let at = Math.max(url.indexOf("/", 8), from); at < url.length; at += 1) {
      if (url[at] === "%" || url[at - 1] === "%" || url[at - 2] === "%") continue;
      expect(isGenuine([token], signature, changedAt(url, at), params), changedAt(url, at)).toBe(false);
    }
  });

  test("is refused when any one character of a parameter is changed", () => {
    for (const [name, value] of Object.entries(params)) {
      if (typeof value !== "string") continue;
      for (let at = 0; at < value.length; at += 1) {
        expect(isGenuine([token], signature, url, { ...params, [name]: changedAt(value, at) })).toBe(false);
      }
      const { [name]: _, ...without } = params;
      expect(isGenuine([token], signature, url, without)).toBe(false);
    }
  });

  test("is refused with one parameter more", () => {
    expect(isGenuine([token], signature, url, { ...params, Zeta: "1" })).toBe(false);
  });
});

describe("a request", () => {
  test("without a signature, or with an empty one, is not genuine", () => {
    expect(isGenuine([basic.token], undefined, basic.url, basic.params)).toBe(false);
    expect(isGenuine([basic.token], "", basic.url, basic.params)).toBe(false);
  });

  test("is not genuine by an empty token, not even one signed with it", () => {
    const signature = getExpectedTwilioSignature("", basic.url, { ...basic.params });
    expect(isGenuine([""], signature, basic.url, basic.params)).toBe(false);
    expect(isGenuine([], basic.signature, basic.url, basic.params)).toBe(false);
  });

  test("to another path with or without a trailing slash is another request", () => {
    const url = "https://line.example.com/voice/appointment";
    const signature = getExpectedTwilioSignature("12345", url, {});
    expect(isGenuine(["12345"], signature, url, {})).toBe(true);
    expect(isGenuine(["12345"], signature, `${url}/`, {})).toBe(false);
  });

  test("is checked without a crash whatever its signature, URL and parameters are", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, fc.oneof(text, fc.webUrl()), fc.dictionary(text, text), (signature, url, params) => {
        expect(isGenuine(["12345"], signature, url, params)).toBe(false);
      }),
    );
  });
});
