import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { checkParams, parseForm, toVoiceRequest } from "../../core/voice-request.ts";
import { callSid } from "./call.ts";

const form = (text: string) => parseForm(Buffer.from(text, "utf8"));

describe("a form body", () => {
  test("of arbitrary bytes is a form or a clear 4xx, never a crash", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 4_096 }),
      fc.string({ unit: "binary", maxLength: 4_096 }).map((text) => Buffer.from(text, "utf8")),
      fc
        .array(fc.constantFrom("a", "B", "=", "&", "%", "%41", "%zz", "%E3%81%82", "%ff", "%00", "+", "あ", "\u0000"))
        .map((parts) => Buffer.from(parts.join(""), "utf8")),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const parsed = parseForm(body);
        if (parsed.kind === "form") expect(parsed.params).toBeInstanceOf(Map);
        else {
          expect([400, 413]).toContain(parsed.status);
          expect(parsed.reason).toMatch(/^[A-Za-z0-9 -]+$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("comes back as it was encoded", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !/\p{Cc}/u.test(one));
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 20, noNullPrototype: true }), (params) => {
        const parsed = form(new URLSearchParams(params).toString());
        expect(parsed).toEqual({ kind: "form", params: new Map(Object.entries(params)) });
      }),
    );
  });

  test("is read as Twilio writes it: plus is a space, a percent-encoded plus is a plus", () => {
    const parsed = form("From=%2B15005550006&SpeechResult=yes+please&Digits=&Caller");
    expect(parsed.kind === "form" && [...parsed.params]).toEqual([
      ["From", "+15005550006"],
      ["SpeechResult", "yes please"],
      ["Digits", ""],
      ["Caller", ""],
    ]);
  });

  test("may be empty", () => expect(form("")).toEqual({ kind: "form", params: new Map() }));

  test("keeps names that a plain object would trip over", () => {
    const parsed = form("__proto__=1&constructor=2&toString=3");
    expect(parsed.kind === "form" && parsed.params.get("__proto__")).toBe("1");
  });

  test.each([
    ["over 64 KiB", Buffer.from(`a=${"x".repeat(limits.bodyBytesMax - 1)}`), 413],
    ["of 10,000 parameters", Buffer.from(Array.from({ length: 10_000 }, (_, k) => `p${k}=1`).join("&")), 413],
    ["of one parameter too many", Buffer.from("&".repeat(limits.parametersMax)), 413],
    ["that is not UTF-8", Buffer.from([0x61, 0x3d, 0xff, 0xfe]), 400],
    ["that is cut inside a character", Buffer.from([0x61, 0x3d, 0xe3, 0x81]), 400],
    ["with a lone surrogate in UTF-8", Buffer.from([0x61, 0x3d, 0xed, 0xa0, 0x80]), 400],
    ["with percent-encoding that is not UTF-8", Buffer.from("a=%ff"), 400],
    ["with broken percent-encoding", Buffer.from("a=%4"), 400],
    ["with a NUL", Buffer.from("a=%00"), 400],
    ["with a raw control character", Buffer.from("a=\u001b[2J"), 400],
    ["with a control character in a name", Buffer.from("a%7f=1"), 400],
    ["with a duplicated parameter", Buffer.from("Digits=1&Digits=2"), 400],
    ["with a duplicated parameter, spelled in two ways", Buffer.from("Digits=1&%44igits=2"), 400],
    ["with a parameter without a name", Buffer.from("=1"), 400],
  ])("%s is refused", (_what, body, status) => {
    expect(parseForm(body)).toMatchObject({ kind: "rejected", status });
  });

  test("just within the largest size, or of exactly the largest number of parameters, is taken", () => {
    expect(parseForm(Buffer.from(`a=${"x".repeat(limits.bodyBytesMax - 3)}`)).kind).toBe("form");
    const most = Array.from({ length: limits.parametersMax }, (_, k) => `p${k}=1`).join("&");
    expect(form(most).kind).toBe("form");
  });

  test("keeps line breaks and tabs: a transcript may have them", () => {
    expect(form("SpeechResult=a%0D%0A%09b")).toMatchObject({ kind: "form" });
  });
});

describe("parameters that a platform has parsed", () => {
  test("are checked in the same way", () => {
    expect(checkParams([["a", "\ud800"]])).toMatchObject({ status: 400 });
    expect(checkParams([["\udc00", "a"]])).toMatchObject({ status: 400 });
    expect(checkParams([["a", "\u0007"]])).toMatchObject({ status: 400 });
    expect(checkParams([["", "a"]])).toMatchObject({ status: 400 });
    const twice: [string, string][] = [
      ["a", "1"],
      ["a", "1"],
    ];
    expect(checkParams(twice)).toMatchObject({ status: 400 });
    expect(checkParams(Array.from({ length: 10_000 }, (_, k) => [`p${k}`, "1"]))).toMatchObject({ status: 413 });
    expect(checkParams([["a", "あ".repeat(limits.bodyBytesMax / 3)]])).toMatchObject({ status: 413 });
  });

  test("never crash it", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (params) => {
        const { kind } = checkParams(params);
        expect(["form", "rejected"]).toContain(kind);
      }),
    );
  });
});

describe("a voice request", () => {
  const read = (params: Record<string, string>) => toVoiceRequest(new Map(Object.entries(params)));

  test("has Twilio's names changed once, at the edge", () => {
    const params = { CallSid: callSid, From: "+15005550006", To: "+15005550007", CallStatus: "in-progress" };
    expect(read(params)).toEqual({
      callSid,
      parentCallSid: undefined,
      from: "+15005550006",
      to: "+15005550007",
      callStatus: "in-progress",
      errorCode: undefined,
      errorUrl: undefined,
      params: new Map(Object.entries(params)),
    });
  });

  test("carries ErrorCode and ErrorUrl as they came", () => {
    const error = { ErrorCode: "11200", ErrorUrl: "/voice/appointment" };
    expect(read({ CallSid: callSid, ...error })).toMatchObject({ errorCode: "11200", errorUrl: "/voice/appointment" });
  });

  test.each(["", "CA", "CA-1", `CA${"0".repeat(63)}`, `ca${"0".repeat(32)}`, `CA1\n`, "CA 1", "CAé"])(
    "about the call '%s' is refused",
    (CallSid) => {
      expect(read({ CallSid })).toMatchObject({ kind: "rejected", status: 400 });
      expect(read({ CallSid: callSid, ParentCallSid: CallSid })).toMatchObject({ kind: "rejected", status: 400 });
    },
  );

  test("with a line break after its CallSid is refused", () => {
    expect(read({ CallSid: `${callSid}\n` })).toMatchObject({ kind: "rejected", status: 400 });
  });

  test("without a CallSid is refused", () => expect(read({})).toMatchObject({ kind: "rejected", status: 400 }));
});
