import { afterEach, describe, expect, test } from "vitest";
import { alertText } from "../../../rehearsal/debugger-webhook.ts";
import type { LiveCall } from "../../../rehearsal/live-call.ts";
import { placeCall } from "../../../rehearsal/place-call.ts";
import { failed } from "../../../rehearsal/reply.ts";
import { serve, type TwimlServer } from "../twiml-server.ts";
import { account, base, call, type Routes, xml } from "./in-memory.ts";

let server: TwimlServer | undefined;
afterEach(() => server?.close());

const one = [{ kind: "digits" as const, digits: "1" }];
const allEvents = ["initiated", "ringing", "answered", "completed"] as const;

describe("5.1 standard parameters", () => {
  test("5.1: an inbound call rings at its first request and is in progress at the later ones", async () => {
    const { asked } = await call({ "/voice": xml("<Redirect>/b</Redirect>"), "/b": xml("") });
    expect(asked.map(({ params }) => params.CallStatus)).toEqual(["ringing", "in-progress"]);
    expect(asked[0]?.params).toMatchObject({ ...{ Direction: "inbound", ApiVersion: "2010-04-01" }, FromCity: "" });
    expect(asked[0]?.params.Caller).toBe(asked[0]?.params.From);
    expect(asked[0]?.params.Called).toBe(asked[0]?.params.To);
  });

  test("5.1: an outbound call is first asked about when somebody has answered", async () => {
    const { asked } = await call({ "/voice": xml("") }, [], { direction: "outbound-api" });
    expect(asked[0]?.params).toMatchObject({ Direction: "outbound-api", CallStatus: "in-progress" });
  });

  test.each(["busy", "no-answer", "failed"] as const)(
    "5.1: an outbound call that is %s asks for nothing",
    async (answeredBy) => {
      const { record, asked } = await call({ "/voice": xml("") }, [], { direction: "outbound-api", answeredBy });
      expect([record.ended, asked]).toEqual(["not-answered", []]);
    },
  );

  test("5.1: an outbound call may be created with its first document", async () => {
    const options = { direction: "outbound-api", twiml: xml("<Say>Hello.</Say>") } as const;
    const { record, asked } = await call({}, [], options);
    expect([record.heard, asked]).toEqual([["Hello."], []]);
  });

  test("5.1: more parameters come along with every request", async () => {
    const routes = { "/voice": xml("<Redirect>/b</Redirect>"), "/b": xml("") };
    const { asked } = await call(routes, [], { extraParameters: { ForwardedFrom: "+15005550009" } });
    expect(asked.map(({ params }) => params.ForwardedFrom)).toEqual(["+15005550009", "+15005550009"]);
  });
});

describe("5.2 headers", () => {
  test("5.2: they look as captured, on the wire", async () => {
    server = await serve({ "/voice": xml("") });
    await placeCall({ voiceUrl: `${server.base}/voice`, ...account, script: [] });
    expect(server.received[0]?.headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "user-agent": "TwilioProxy/1.1",
      accept: "*/*",
      "x-twilio-signature": expect.stringMatching(/=$/),
      "i-twilio-idempotency-token": expect.stringMatching(/^[\da-f-]{36}$/),
      "x-home-region": "us1",
      connection: "close",
    });
  });

  test("5.2: cookies come back on the wire", async () => {
    server = await serve({
      "/voice": {
        body: xml("<Redirect>/b</Redirect>"),
        headers: { "set-cookie": ["a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "b=2"] },
      },
      "/b": xml(""),
    });
    await placeCall({ voiceUrl: `${server.base}/voice`, ...account, script: [] });
    expect(server.of("/b")[0]?.headers.cookie).toBe("a=1; b=2");
  });
});

describe("5.3 status callbacks", () => {
  const statusCallbackUrl = `${base}/status`;
  const routes = { "/voice": xml('<Pause length="61"/>'), "/status": "", "/fallback": xml("") };

  test("5.3: only completed is sent by default, with the length of the call", async () => {
    const { of } = await call(routes, [], { statusCallbackUrl });
    expect(of("/status")).toHaveLength(1);
    expect(of("/status")[0]?.params).toMatchObject({
      CallStatus: "completed",
      CallDuration: "61",
      Duration: "2",
      SequenceNumber: "0",
      CallbackSource: "call-progress-events",
      Timestamp: expect.stringMatching(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/),
    });
  });

  test("5.3: subscribed events are numbered from 0", async () => {
    const subscribed = { statusCallbackUrl, statusCallbackEvents: allEvents, direction: "outbound-api" } as const;
    const numbered = async (options: object) => {
      const { of } = await call(routes, [], { ...subscribed, ...options });
      return of("/status").map(({ params }) => `${params.SequenceNumber} ${params.CallStatus}`);
    };
    expect(await numbered({})).toEqual(["0 initiated", "1 ringing", "2 in-progress", "3 completed"]);
    expect(await numbered({ answeredBy: "busy" })).toEqual(["0 initiated", "1 ringing", "2 busy"]);
    expect(await numbered({ statusCallbackEvents: ["completed"] })).toEqual(["0 completed"]);
  });

  test("5.3: a failing one is a warning (15003), and the fallback is not asked", async () => {
    const { record, of } = await call({ ...routes, "/status": { status: 404 } }, [], { statusCallbackUrl });
    expect(record.alerts).toEqual([
      {
        errorCode: 15003,
        url: statusCallbackUrl,
        level: "WARNING",
        detail: `Got HTTP 404 response to ${statusCallbackUrl}`,
      },
    ]);
    expect(of("/fallback")).toEqual([]);
  });

  test("5.3: a slow one does not delay the call", async () => {
    server = await serve({ "/voice": xml("<Say>Hi.</Say><Redirect>/b</Redirect>"), "/b": xml(""), "/status": "hang" });
    const { base: url } = server;
    const record = await placeCall({
      ...account,
      voiceUrl: `${url}/voice`,
      statusCallbackUrl: `${url}/status#rt=300`,
      statusCallbackEvents: ["answered"],
      script: [],
    });
    const told = record.events.filter((event) => event.kind === "reply").map(({ request }) => request.kind);
    expect(told).toEqual(["voice", "redirect", "status"]);
  });

  test("5.3: its answer is ignored", async () => {
    const { record } = await call({ ...routes, "/status": xml("<Say>Ignored.</Say>") }, [], { statusCallbackUrl });
    expect(record.heard).toEqual(["pause 61 s"]);
  });
});

describe("5.4 limits", () => {
  test("5.4: a document of 64 kB is taken, one byte more is error 11750", async () => {
    const ofBytes = (bytes: number) => `<Response>${" ".repeat(bytes - 21)}</Response>`;
    const of = async (bytes: number) =>
      (await call({ "/voice": ofBytes(bytes), "/fallback": xml("") })).of("/fallback");
    expect(await of(65_536)).toEqual([]);
    expect((await of(65_537))[0]?.params.ErrorCode).toBe("11750");
  });

  test("5.4: Twiml of more than 4,000 characters is refused (32018)", async () => {
    const handles: LiveCall[] = [];
    await call({ "/voice": xml("<Gather/>") }, () => ({ kind: "hangup" }), {
      onStart: (handle) => {
        handles.push(handle);
        expect(handle.update({ twiml: "x".repeat(4_001) })).toMatchObject({ kind: "refused", errorCode: 32018 });
        expect(handle.update({ twiml: xml("") })).toEqual({ kind: "accepted" });
      },
    });
    expect(handles).toHaveLength(1);
  });
});

describe("5.5 alerts", () => {
  test("5.5: the alert text is form encoded", () => {
    const alert = {
      errorCode: 11200,
      url: "https://a.example/b.mp3",
      level: "ERROR",
      detail: "Got HTTP 405 response",
    } as const;
    expect(alertText(alert)).toBe(
      "Msg=Got+HTTP+405+response&sourceComponent=12000&ErrorCode=11200&httpResponse=405" +
        "&url=https%3A%2F%2Fa.example%2Fb.mp3&LogLevel=ERROR",
    );
  });

  test("5.5: each problem of a call is an alert with its code, level and URL", async () => {
    const { record } = await call({ "/voice": xml('<say/><Play loop="x">/a.mp3</Play>'), "/fallback": xml("") });
    expect(record.alerts.map(({ errorCode, level, url }) => `${errorCode} ${level} ${url}`)).toEqual([
      `12200 WARNING ${base}/voice`,
      `13410 WARNING ${base}/voice`,
      `11200 ERROR ${base}/a.mp3`,
    ]);
  });
});

describe("5.6 what a failed fetch looks like", () => {
  const gather: Routes = { "/voice": xml('<Gather action="/next"/>'), "/fallback": xml("") };

  test.each([
    [11201, "connect timeout after 5000 ms"],
    [11202, "ECONNREFUSED"],
    [11203, "total timeout is triggered"],
    [11205, "read timeout after 15000 ms"],
    [11210, "ENOTFOUND"],
    [11220, "handshake failure"],
  ])("5.6: cause %i is told as 11200; the alert says 502 and the true cause", async (causeCode, detail) => {
    const { record, of } = await call({ ...gather, "/next": failed(causeCode, detail, "final") }, one);
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11200");
    expect(record.alerts[0]).toMatchObject({
      errorCode: 11200,
      detail: `Got HTTP 502 response; X-Twilio-WebhookError: ${causeCode} ${detail}`,
    });
  });

  test("5.6: a status that the server itself answered is told with its URL", async () => {
    const { record } = await call({ ...gather, "/next": { status: 404 } }, one);
    expect(record.alerts[0]?.detail).toBe(`Got HTTP 404 response to ${base}/next`);
  });
});

describe("5.7 the debugger webhook", () => {
  test("5.7: it is told of each alert, signed, by a form that holds JSON", async () => {
    const { of, record } = await call({ "/voice": { status: 500 }, "/fallback": xml("<say/>"), "/debugger": "" }, [], {
      debuggerUrl: `${base}/debugger`,
    });
    expect(of("/debugger").map(({ params }) => params.Level)).toEqual(["ERROR", "WARNING"]);
    const { params, headers } = of("/debugger")[0] ?? {};
    expect(params).toMatchObject({ Sid: expect.stringMatching(/^NO/), PayloadType: "application/json" });
    expect(JSON.parse(params?.Payload ?? "")).toMatchObject({
      resource_sid: record.callSid,
      error_code: "11200",
      more_info: { LogLevel: "ERROR", url: `${base}/voice` },
    });
    expect(headers).toHaveProperty("X-Twilio-Signature");
  });

  test("5.7: its own failure is told to nobody", async () => {
    const { of, record } = await call(
      { "/voice": { status: 500 }, "/fallback": xml(""), "/debugger": { status: 500 } },
      [],
      {
        debuggerUrl: `${base}/debugger`,
      },
    );
    expect([of("/debugger").length, record.alerts.length]).toEqual([1, 1]);
  });
});
