import { describe, expect, test } from "vitest";
import { parseScript } from "../../rehearsal/caller-script.ts";
import { defaultOverrides, splitOverrides } from "../../rehearsal/connection-overrides.ts";
import { defaultDialect, errorUrlOf } from "../../rehearsal/dialect.ts";
import { parseAnswer } from "../../rehearsal/twiml-document.ts";
import { schemaWarnings } from "../../rehearsal/twiml-schema.ts";

describe("a TwiML document", () => {
  test("becomes a tree, entities resolved and text kept", () => {
    const parsed = parseAnswer("text/xml", '<Response><Say voice="a&amp;b">1 &lt; 2 <break/>ok</Say></Response>');
    expect(parsed).toEqual({
      kind: "twiml",
      root: {
        name: "Response",
        attributes: {},
        text: "1 < 2 ok",
        children: [
          {
            name: "Say",
            attributes: { voice: "a&b" },
            text: "1 < 2 ok",
            children: [{ name: "break", attributes: {}, children: [], text: "" }],
          },
        ],
      },
    });
  });

  test.each([
    ["is not closed", "<Response><Say>hi</Response>"],
    ["has a bare ampersand", "<Response><Say>a & b</Say></Response>"],
    ["has another root", "<Say>hi</Say>"],
    ["has text before the XML declaration", ' <?xml version="1.0"?><Response/>'],
    ["has text after its root", "<Response/>extra"],
    ["has two roots", "<Response/><Response/>"],
    ["is empty", ""],
  ])("is error 12100 when it %s", (_name, body) => {
    expect(parseAnswer("application/xml; charset=utf-8", body)).toMatchObject({ kind: "error", errorCode: 12100 });
  });

  test.each([[undefined], ["application/json"], ["video/mp4"]])("is error 12300 with content type %s", (type) => {
    expect(parseAnswer(type, "<Response/>")).toMatchObject({ kind: "error", errorCode: 12300 });
  });

  test("is error 11750 one byte over 64 kB and fine at 64 kB", () => {
    const ofBytes = (bytes: number) => `<Response>${" ".repeat(bytes - 21)}</Response>`;
    expect(parseAnswer("text/xml", ofBytes(65_536)).kind).toBe("twiml");
    expect(parseAnswer("text/xml", ofBytes(65_537))).toMatchObject({ kind: "error", errorCode: 11750 });
  });

  test("of type text/plain is read aloud when it is not TwiML", () => {
    expect(parseAnswer("text/plain", "hello")).toEqual({ kind: "read-aloud", text: "hello" });
    expect(parseAnswer("text/plain", "<Response/>").kind).toBe("twiml");
  });

  test("is warned of what the schema does not know", () => {
    const parsed = parseAnswer(
      "text/xml",
      '<Response><say/><Gather foo="1"><Dial/></Gather><Say voice="x"/></Response>',
    );
    expect(parsed.kind === "twiml" && schemaWarnings(parsed.root)).toEqual([
      "<say> is not a verb that the rehearsal knows",
      "<Gather> has no attribute foo",
      "<Dial> is not allowed in <Gather>",
    ]);
  });
});

describe("connection overrides", () => {
  test("are split from the URL, the rest keeps its defaults", () => {
    expect(splitOverrides("http://h:1/a?b=c#ct=1000&rt=4500&tt=5000&rc=0&rp=ct,5xx")).toEqual({
      kind: "url",
      url: "http://h:1/a?b=c",
      overrides: {
        connectTimeoutMs: 1000,
        readTimeoutMs: 4500,
        totalTimeoutMs: 5000,
        retriesMax: 0,
        retryPolicy: ["ct", "5xx"],
      },
    });
    expect(splitOverrides("https://h/a")).toEqual({ kind: "url", url: "https://h/a", overrides: defaultOverrides });
  });

  test.each(["rt=99", "rt=15001", "ct=10001", "rc=6", "rc=", "rc=1.5", "rp=6xx", "rp=", "section", "zz=1", "rc=1&"])(
    "#%s is error 11243",
    (fragment) => {
      expect(splitOverrides(`http://h/a#${fragment}`)).toMatchObject({ kind: "error", errorCode: 11243 });
    },
  );

  test.each(["/relative", "ftp://h/a", ""])("%s is not a URL: error 11100", (url) => {
    expect(splitOverrides(url)).toMatchObject({ kind: "error", errorCode: 11100 });
  });
});

describe("a caller script", () => {
  test("lists what the caller does", () => {
    expect(
      parseScript("1, say:hello: world,silence,record:5,record:7:hangup,dial:busy,dial:completed:30,hangup"),
    ).toEqual({
      kind: "script",
      steps: [
        { kind: "digits", digits: "1" },
        { kind: "speech", text: "hello: world" },
        { kind: "silence" },
        { kind: "record", durationSec: 5, endedBy: "silence" },
        { kind: "record", durationSec: 7, endedBy: "hangup" },
        { kind: "dial", status: "busy", durationSec: 0 },
        { kind: "dial", status: "completed", durationSec: 30 },
        { kind: "hangup" },
      ],
    });
    expect(parseScript("")).toEqual({ kind: "script", steps: [] });
  });

  test("tells how queues, payments, sessions and transfers end", () => {
    const text = "queue:bridged,queue:error:5,pay:success,connect:ended:{to:ann},connect:failed:39001,refer:603";
    expect(parseScript(text)).toEqual({
      kind: "script",
      steps: [
        { kind: "queue", result: "bridged", waitSec: 30 },
        { kind: "queue", result: "error", waitSec: 5 },
        { kind: "pay", result: "success" },
        { kind: "connect", status: "ended", durationSec: 10, detail: "{to:ann}" },
        { kind: "connect", status: "failed", durationSec: 10, detail: "39001" },
        { kind: "refer", sipStatus: 603 },
      ],
    });
  });

  test("what is pressed beside the call is the third value of a dial or a wait, nothing is a dash", () => {
    expect(parseScript("dial:completed:10:1,queue:bridged:10:-,queue:bridged::*")).toEqual({
      kind: "script",
      steps: [
        { kind: "dial", status: "completed", durationSec: 10, pressed: "1" },
        { kind: "queue", result: "bridged", waitSec: 10, pressed: "" },
        { kind: "queue", result: "bridged", waitSec: 30, pressed: "*" },
      ],
    });
  });

  const wrong = [
    ...["queue:left", "queue:bridged:soon", "pay:", "connect:maybe", "refer:ok"],
    ...["dial:busy:1:x", "dial:busy:1:", "dial:busy:1:2:3", "record:5:key:1"],
  ];
  test.each(["1,one", "1,,2", "record:x", "dial:maybe", "say:", "record:5:bored", ...wrong])(
    "%s names its bad item",
    (text) => {
      const parsed = parseScript(text);
      expect(parsed).toMatchObject({ kind: "error" });
      expect(parsed.kind === "error" && parsed.detail).toMatch(/^caller script: ".*" is not digits/);
      expect(parsed.kind === "error" && parsed.detail).not.toContain("\n");
    },
  );
});

test("ErrorUrl is written in each dialect", () => {
  const url = "http://h:1/a/b?c=d#rt=150";
  const written = (dialect: object) => errorUrlOf(url, { ...defaultDialect, ...dialect });
  expect(written({})).toBe("http://h:1/a/b?c=d");
  expect(written({ errorUrlFragment: true })).toBe(url);
  expect(written({ errorUrl: "relative" })).toBe("/a/b?c=d");
  expect(written({ errorUrl: "no-query" })).toBe("http://h:1/a/b");
});
