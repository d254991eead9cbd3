import { afterEach, describe, expect, test } from "vitest";
import type { CallerStep } from "../../rehearsal/caller-script.ts";
import type { Dialect } from "../../rehearsal/dialect.ts";
import { all, before, failMediaAt, loseAnswerAt, loseFallbackAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { type CallOptions, placeCall } from "../../rehearsal/place-call.ts";
import { account, audio, serve, type TwimlServer, xml } from "./twiml-server.ts";

let server: TwimlServer | undefined;
afterEach(() => server?.close());

const one: CallerStep[] = [{ kind: "digits", digits: "1" }];
const ok = xml("<Say>Saved.</Say><Hangup/>");

async function call(routes: Parameters<typeof serve>[0], options: Partial<CallOptions> = {}) {
  server = await serve(routes);
  const { base } = server;
  const urls = { voiceUrl: `${base}/voice`, fallbackUrl: `${base}/fallback#rc=1&rp=all` };
  const record = await placeCall({ ...urls, ...account, script: one, ...options });
  return { record, server, asked: server.of("/fallback").map(({ params }) => params) };
}

const menu = { "/voice": xml('<Gather action="/next?c=seal#rt=1000&amp;rc=0"/>'), "/fallback": ok };

describe("the fallback is asked with ErrorCode and ErrorUrl", () => {
  test.each([
    [{}, "BASE/next?c=seal", undefined],
    [{ fallbackRepeatsParams: true }, "BASE/next?c=seal", "1"],
    [{ errorUrl: "relative" }, "/next?c=seal", undefined],
    [{ errorUrl: "no-query", fallbackRepeatsParams: true }, "BASE/next", "1"],
    [{ errorUrlFragment: true }, "BASE/next?c=seal#rt=1000&rc=0", undefined],
  ] as [Partial<Dialect>, string, string | undefined][])("in the dialect %j", async (dialect, errorUrl, digits) => {
    const { record, asked, server } = await call({ ...menu, "/next": { status: 500 } }, { dialect });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ CallSid: account.callSid, CallStatus: "in-progress", ErrorCode: "11200" });
    expect(asked[0]?.ErrorUrl).toBe(errorUrl.replace("BASE", server.base));
    expect(asked[0]?.Digits).toBe(digits);
    expect(record.heard).toEqual(["Saved."]);
    expect(record.ended).toBe("hangup");
    expect(record.requests.at(-1)).toMatchObject({ kind: "fallback", isFallback: true, index: 1 });
  });

  test("while the call still rings if the very first document fails", async () => {
    const { asked } = await call({ "/fallback": ok });
    expect(asked[0]).toMatchObject({ CallStatus: "ringing", ErrorCode: "11200" });
  });

  test.each([
    ["malformed XML", { body: "<Response><Say>a & b</Say></Response>" }, "12100"],
    ["a foreign content type", { type: "application/json", body: "{}" }, "12300"],
    ["no content type", { type: "", body: "<Response/>" }, "12300"],
    ["64 kB and more", { body: xml(`<Say>${"x".repeat(65_536)}</Say>`) }, "11750"],
  ])("for %s", async (_name, answer, errorCode) => {
    const { asked } = await call({ ...menu, "/next": answer });
    expect(asked[0]?.ErrorCode).toBe(errorCode);
  });

  test("for a slow answer, after the read timeout of that URL", async () => {
    const voice = xml('<Gather action="/next#rt=150"/>');
    const { record, asked } = await call({ ...menu, "/voice": voice, "/next": "hang" });
    expect(asked[0]?.ErrorCode).toBe("11200");
    const action = record.requests.find((request) => request.kind === "action");
    expect((action?.endedAtMs ?? 0) - (action?.startedAtMs ?? 0)).toBeLessThan(1000);
  });

  test("for a precise reason in that dialect", async () => {
    const voice = xml('<Gather action="/next#rt=150"/>');
    const routes = { ...menu, "/voice": voice, "/next": "hang" as const };
    const { asked } = await call(routes, { dialect: { preciseErrorCodes: true } });
    expect(asked[0]?.ErrorCode).toBe("11205");
  });

  test("for malformed overrides and for a URL that is none", async () => {
    const overrides = await call({ ...menu, "/voice": xml('<Gather action="/next#rt=soon"/>') });
    expect(overrides.asked[0]?.ErrorCode).toBe("11243");
    await overrides.server.close();
    const invalid = await call({ ...menu, "/voice": xml("<Redirect>http://:bad</Redirect>") });
    expect(invalid.asked[0]).toMatchObject({ ErrorCode: "11100", ErrorUrl: "http://:bad" });
    await invalid.server.close();
    const empty = await call({ ...menu, "/voice": xml("<Redirect/>") });
    expect(empty.asked[0]?.ErrorCode).toBe("11100");
  });
});

test("each new event goes to its own URL before the fallback", async () => {
  const { server, record } = await call(
    { ...menu, "/next": { status: 503 }, "/fallback": xml("<Redirect>/next?again=1</Redirect>") },
    { documentsMax: 4 },
  );
  expect(server.received.map((received) => received.path.split("?")[0])).toEqual([
    "/voice",
    "/next",
    "/fallback",
    "/next",
    "/fallback",
    "/next",
    "/fallback",
  ]);
  expect(record.ended).toBe("simulator-cap");
});

describe("the caller hears the apology", () => {
  test("when both fail", async () => {
    const { record } = await call({ ...menu, "/next": { status: 500 }, "/fallback": { status: 500 } });
    expect(record.ended).toBe("apology");
    expect(record.events.some((event) => event.kind === "apology")).toBe(true);
    expect(record.alerts).toHaveLength(2);
    expect([record.requestCount, record.attemptCount]).toEqual([3, 4]);
  });

  test("when there is no fallback URL", async () => {
    server = await serve({});
    const record = await placeCall({ voiceUrl: `${server.base}/voice`, ...account, script: [] });
    expect(record.ended).toBe("apology");
  });
});

describe("media that cannot be fetched", () => {
  const routes = {
    "/voice": xml("<Say>Hello.</Say><Play>/a.mp3?c=seal</Play><Say>Still here.</Say>"),
    "/a.mp3": { status: 403 },
    "/fallback": xml("<Say>In words.</Say>"),
  };

  test("leads to the fallback, ErrorUrl being the media", async () => {
    const { record, asked, server } = await call(routes);
    expect(asked[0]).toMatchObject({ ErrorCode: "11200", ErrorUrl: `${server.base}/a.mp3?c=seal` });
    expect(record.heard).toEqual(["Hello.", "In words."]);
  });

  test("is passed over in one dialect", async () => {
    const { record } = await call(routes, { dialect: { playFailure: "skip" } });
    expect(record.heard).toEqual(["Hello.", "Still here."]);
    expect(record.alerts).toMatchObject([{ errorCode: 11200, level: "ERROR" }]);
  });

  test("ends the call in another", async () => {
    const { record, asked } = await call(routes, { dialect: { playFailure: "end" } });
    expect([record.heard, record.ended, asked]).toEqual([["Hello."], "apology", []]);
  });

  test("of a foreign type is error 12300", async () => {
    const { asked } = await call({ ...routes, "/a.mp3": { type: "text/html", body: "<p>" } });
    expect(asked[0]?.ErrorCode).toBe("12300");
  });

  test("inside a gather stops the gather before it starts", async () => {
    const gather = "<Gather><Say>Press 1.</Say><Play>/a.mp3</Play><Play>/b.mp3</Play></Gather>";
    const intercept = failMediaAt(1);
    const { record } = await call(
      { ...routes, "/voice": xml(gather), "/a.mp3": audio, "/b.mp3": audio },
      { intercept },
    );
    expect(record.heard).toEqual(["In words."]);
  });
});

describe("injected faults", () => {
  const routes = { ...menu, "/next": ok };

  test("a lost request never reaches its server", async () => {
    const { server, asked } = await call(routes, { intercept: loseRequestAt(1) });
    expect([server.of("/next").length, asked.length]).toEqual([0, 1]);
  });

  test("a lost answer was handled by its server", async () => {
    const { server, asked } = await call(routes, { intercept: loseAnswerAt(1) });
    expect([server.of("/next").length, asked.length]).toEqual([1, 1]);
  });

  test("a fallback request lost once is retried, as its URL asks", async () => {
    const intercept = all(loseRequestAt(1), loseFallbackAt(1, { attempts: [0] }));
    const { record } = await call(routes, { intercept });
    expect(record.heard).toEqual(["Saved."]);
    expect(record.requests.at(-1)).toMatchObject({ kind: "fallback", attempts: 2 });
  });

  test("something is done once before the nth event", async () => {
    const done: number[] = [];
    const { record } = await call(routes, {
      intercept: before(1, () => void done.push(server?.received.length ?? -1)),
    });
    expect(done).toEqual([1]);
    expect(record.ended).toBe("hangup");
  });
});
