import { afterEach, describe, expect, test } from "vitest";
import type { CallerStep } from "../../rehearsal/caller-script.ts";
import { type CallOptions, placeCall } from "../../rehearsal/place-call.ts";
import { account, audio, serve, type TwimlServer, xml } from "./twiml-server.ts";

let server: TwimlServer | undefined;
afterEach(() => server?.close());

async function call(
  routes: Parameters<typeof serve>[0],
  script: CallerStep[] = [],
  options: Partial<CallOptions> = {},
) {
  server = await serve(routes);
  const record = await placeCall({ voiceUrl: `${server.base}/voice`, ...account, script, ...options });
  return { record, server };
}

describe("a gather", () => {
  test("sends the digits with the parameters that Twilio sends", async () => {
    const { record, server } = await call(
      {
        "/voice": xml('<Gather action="/next?x=1" numDigits="1"><Say>Press 1.</Say></Gather>'),
        "/next": xml("<Say>Thanks</Say><Hangup/>"),
      },
      [{ kind: "digits", digits: "12" }],
    );
    expect(record.heard).toEqual(["Press 1.", "Thanks"]);
    expect(record.ended).toBe("hangup");
    expect(server.received.map((one) => one.params.CallStatus)).toEqual(["ringing", "in-progress"]);
    expect(server.of("/next")[0]?.params).toMatchObject({
      AccountSid: account.accountSid,
      ApiVersion: "2010-04-01",
      CallSid: account.callSid,
      Direction: "inbound",
      From: "+15005550001",
      Caller: "+15005550001",
      FromCity: "",
      CalledCountry: "",
      Digits: "1",
      FinishedOnKey: "",
      msg: "Gather End",
    });
    expect(server.of("/voice")[0]?.params).not.toHaveProperty("Digits");
  });

  test("ends on the key, which is not among the digits", async () => {
    const routes = { "/voice": xml('<Gather action="/next"/>'), "/next": xml("") };
    const { server } = await call(routes, [{ kind: "digits", digits: "12#3" }]);
    expect(server.of("/next")[0]?.params).toMatchObject({ Digits: "12", FinishedOnKey: "#" });
  });

  test.each([["silence"], ["only the finishing key"], ["speech where keys are asked"]])(
    "goes on to the next verb after %s",
    async (what) => {
      const step: CallerStep =
        what === "silence"
          ? { kind: "silence" }
          : what.startsWith("only")
            ? { kind: "digits", digits: "#" }
            : { kind: "speech", text: "one" };
      const routes = { "/voice": xml('<Gather action="/next"/><Say>Nobody?</Say>'), "/next": xml("") };
      const { record, server } = await call(routes, [step]);
      expect(record.heard).toEqual(["Nobody?"]);
      expect(record.ended).toBe("end-of-document");
      expect(server.received).toHaveLength(1);
    },
  );

  test("with actionOnEmptyResult asks its action even so", async () => {
    const gather = '<Gather action="/next" actionOnEmptyResult="true"/>';
    const { server } = await call({ "/voice": xml(gather), "/next": xml("") });
    expect(server.of("/next")[0]?.params.Digits).toBe("");
  });

  test("sends speech when it takes speech", async () => {
    const routes = { "/voice": xml('<Gather input="dtmf speech" action="/next"/>'), "/next": xml("") };
    const { server } = await call(routes, [{ kind: "speech", text: "book it" }]);
    expect(server.of("/next")[0]?.params).toMatchObject({ SpeechResult: "book it", Confidence: "0.9" });
  });

  test("fetches all its media before anything is heard", async () => {
    const nested = "<Play>/a.mp3</Play><Say>b</Say><Play>/media/k1.AAAAAAAAAAAAAAAAAAAAAAAA/en/c.mp3?q=1</Play>";
    const { record, server } = await call({
      "/voice": xml(`<Gather>${nested}</Gather>`),
      "/a.mp3": audio,
      "/media/k1.AAAAAAAAAAAAAAAAAAAAAAAA/en/c.mp3": audio,
    });
    expect(record.heard).toEqual(["play:/a.mp3", "b", "play:/media/en/c.mp3"]);
    const kinds = record.events.filter((event) => event.kind === "reply" || event.kind === "heard");
    expect(kinds.map((event) => event.kind)).toEqual(["reply", "reply", "reply", "heard", "heard", "heard"]);
    expect(server.of("/a.mp3")[0]).toMatchObject({ method: "GET", path: "/a.mp3", params: {} });
  });
});

test("URLs are relative to the current document; a gather without action asks that document again", async () => {
  const { record, server } = await call(
    {
      "/voice": xml("<Redirect>menu/day?x=1</Redirect>"),
      "/menu/day": (one) =>
        xml(one.params.Digits === undefined ? "<Gather/>" : '<Redirect method="GET">end</Redirect>'),
      "/menu/end": xml("<Reject/>"),
    },
    [{ kind: "digits", digits: "5" }],
  );
  expect(server.received.map((one) => `${one.method} ${one.path.split("?")[0]}`)).toEqual([
    "POST /voice",
    "POST /menu/day",
    "POST /menu/day",
    "GET /menu/end",
  ]);
  expect(server.of("/menu/day").map((one) => one.path)).toEqual(["/menu/day?x=1", "/menu/day?x=1"]);
  expect(record.requests.map((one) => [one.index, one.kind])).toEqual([
    [0, "voice"],
    [1, "redirect"],
    [2, "action"],
    [3, "redirect"],
  ]);
  expect(record.ended).toBe("hangup");
});

test("a verb that nobody knows is warned of and passed over", async () => {
  const { record } = await call({ "/voice": xml("<say>Wrong case.</say><Say>Right.</Say>") });
  expect(record.heard).toEqual(["Right."]);
  expect(record.alerts).toMatchObject([{ errorCode: 12200, level: "WARNING" }]);
});

test("an answer that is audio is played, one that is plain text is read aloud", async () => {
  const played = await call({ "/voice": audio });
  expect([played.record.heard, played.record.ended]).toEqual([["play:(the document)"], "hangup"]);
  await played.server.close();
  const read = await call({ "/voice": { type: "text/plain", body: "Closed today." } });
  expect(read.record.heard).toEqual(["Closed today."]);
});

test("pauses and silence take no real time", async () => {
  const { record } = await call({ "/voice": xml('<Pause length="600"/><Gather timeout="60"/>') });
  expect(record.heard).toEqual(["pause 600 s"]);
  expect(record.events.at(-1)?.atMs).toBeLessThan(5000);
});

test("a call that is rejected first is never answered", async () => {
  const { record, server } = await call({ "/voice": xml('<Reject reason="busy"/>') });
  expect(record.ended).toBe("rejected");
  expect(server.received).toHaveLength(1);
});

test("a caller who decides by what is heard can answer a question that is asked again", async () => {
  server = await serve({
    "/voice": (one) =>
      xml(one.params.Digits === "2" ? "<Hangup/>" : "<Gather><Say>Two?</Say></Gather><Redirect>/voice</Redirect>"),
  });
  const record = await placeCall({
    voiceUrl: `${server.base}/voice`,
    ...account,
    script: ({ index, heard }) =>
      index < 2 || !heard.includes("Two?") ? { kind: "silence" } : { kind: "digits", digits: "2" },
  });
  expect(record.heard).toEqual(["Two?", "Two?", "Two?"]);
  expect(record.requestCount).toBe(4);
});

test("redirects without end are stopped by the rehearsal", async () => {
  const { record } = await call({ "/voice": xml("<Redirect>/voice</Redirect>") }, [], { documentsMax: 7 });
  expect(record.ended).toBe("simulator-cap");
  expect(record.documents).toHaveLength(7);
});

describe("a recording", () => {
  const routes = {
    "/voice": xml('<Record action="/done" recordingStatusCallback="/status" finishOnKey="#"/>'),
    "/done": xml("<Hangup/>"),
    "/status": { status: 204 },
  };

  test("reports itself before its action is asked", async () => {
    const { server, record } = await call(routes, [{ kind: "record", durationSec: 5, endedBy: "key" }]);
    expect(server.received.map((one) => one.path)).toEqual(["/voice", "/status", "/done"]);
    const outcome = {
      RecordingDuration: "5",
      RecordingUrl: expect.stringMatching(/^https:.*\/Recordings\/RE[0-9a-f]{32}$/),
    };
    expect(server.of("/done")[0]?.params).toMatchObject({ ...outcome, Digits: "#", CallStatus: "in-progress" });
    expect(server.of("/status")[0]?.params).toMatchObject({
      ...outcome,
      AccountSid: account.accountSid,
      CallSid: account.callSid,
      RecordingStatus: "completed",
      RecordingChannels: "1",
      RecordingSource: "RecordVerb",
    });
    expect(record.requestCount).toBe(2);
  });

  test.each([
    ["after", ["/voice", "/done", "/status"]],
    ["never", ["/voice", "/done"]],
  ] as const)("reports itself %s its action in that dialect", async (statusCallbackTiming, paths) => {
    const { server } = await call(routes, [{ kind: "record", durationSec: 5, endedBy: "silence" }], {
      dialect: { statusCallbackTiming },
    });
    expect(server.received.map((one) => one.path)).toEqual(paths);
    expect(server.of("/done")[0]?.params).not.toHaveProperty("Digits");
  });

  test("is delivered when the caller hangs up, and nothing is heard after it", async () => {
    const { server, record } = await call({ ...routes, "/done": xml("<Say>Hello?</Say><Redirect>/voice</Redirect>") }, [
      { kind: "record", durationSec: 9, endedBy: "hangup" },
    ]);
    expect(server.of("/done")[0]?.params).toMatchObject({ Digits: "hangup", CallStatus: "completed" });
    expect([record.ended, record.heard]).toEqual(["caller-hangup", []]);
  });
});

describe("a dialled person", () => {
  const routes = {
    "/voice": xml(
      '<Dial action="/done"><Number statusCallback="/status" statusCallbackEvent="answered completed">+15005550003</Number></Dial>',
    ),
    "/done": xml("<Hangup/>"),
    "/status": { status: 204 },
  };

  test("who talks is reported with the call of their own", async () => {
    const { server } = await call(routes, [{ kind: "dial", status: "completed", durationSec: 30 }]);
    expect(server.received.map((one) => one.path)).toEqual(["/voice", "/status", "/status", "/done"]);
    const action = server.of("/done")[0]?.params ?? {};
    expect(action).toMatchObject({
      CallSid: account.callSid,
      DialCallStatus: "completed",
      DialCallDuration: "30",
      DialBridged: "true",
    });
    expect(server.of("/status").map((one) => one.params)).toMatchObject([
      { CallStatus: "in-progress", SequenceNumber: "0" },
      {
        CallSid: action.DialCallSid,
        ParentCallSid: account.callSid,
        CallStatus: "completed",
        CallDuration: "30",
        Direction: "outbound-dial",
        To: "+15005550003",
        SequenceNumber: "1",
      },
    ]);
  });

  test("who is busy leads to the action", async () => {
    const { server } = await call(routes, [{ kind: "dial", status: "busy", durationSec: 0 }]);
    expect(server.of("/done")[0]?.params).toMatchObject({ DialCallStatus: "busy", DialBridged: "false" });
  });

  test("without action leads to the next verb", async () => {
    const { record } = await call({ "/voice": xml("<Dial>+15005550003</Dial><Say>Nobody is here.</Say>") });
    expect(record.heard).toEqual(["Nobody is here."]);
  });

  test("is left when the caller hangs up: no action is asked", async () => {
    const { record, server } = await call(routes, [{ kind: "hangup" }]);
    expect(record.ended).toBe("caller-hangup");
    expect(server.of("/done")).toEqual([]);
    expect(server.of("/status").at(-1)?.params.CallStatus).toBe("completed");
  });
});

test("the end of the call is reported; a report that fails is a warning and nothing else", async () => {
  server = await serve({ "/voice": xml("<Say>Bye</Say>"), "/status": { status: 500 }, "/fallback": xml("") });
  const { base } = server;
  const urls = { voiceUrl: `${base}/voice`, statusCallbackUrl: `${base}/status`, fallbackUrl: `${base}/fallback` };
  const record = await placeCall({ ...urls, ...account, script: [] });
  expect(server.of("/status")[0]?.params).toMatchObject({ CallStatus: "completed", SequenceNumber: "0" });
  expect(server.of("/fallback")).toEqual([]);
  expect(record.alerts).toMatchObject([{ errorCode: 15003, level: "WARNING" }]);
});
