import { describe, expect, test } from "vitest";
import { createCookieJar } from "../../../rehearsal/cookie-jar.ts";
import { createHttpCache } from "../../../rehearsal/http-cache.ts";
import type { CallUpdate, LiveCall, UpdateResult } from "../../../rehearsal/live-call.ts";
import { base, call, mp3, type Routes, xml } from "./in-memory.ts";

const one = [{ kind: "digits" as const, digits: "1" }];

/** Updates the call when its caller is first asked something. */
async function updated(routes: Routes, update: CallUpdate) {
  let live: LiveCall | undefined;
  const results: (UpdateResult | undefined)[] = [];
  const script = () => {
    if (results.length === 0) results.push(live?.update(update));
    return { kind: "silence" as const };
  };
  const onStart = (handle: LiveCall) => {
    live = handle;
  };
  return { ...(await call(routes, script, { onStart })), results };
}

describe("4.1 documents", () => {
  test("4.1: verbs run in order, and the end of the document ends the call", async () => {
    const { record } = await call({ "/voice": xml("<Say>One.</Say><!-- not this --><Pause/><Say>Two.</Say>") });
    expect([record.heard, record.ended]).toEqual([["One.", "pause 1 s", "Two."], "end-of-document"]);
  });

  test("4.1: a new document replaces the old one", async () => {
    const { record } = await call({
      "/voice": xml("<Redirect>/b</Redirect><Say>No.</Say>"),
      "/b": xml("<Say>B.</Say>"),
    });
    expect(record.heard).toEqual(["B."]);
  });

  test("4.1: names of elements and attributes are case-sensitive", async () => {
    const { record } = await call({ "/voice": xml('<gather/><Say Loop="2">Once.</Say>') });
    expect(record.heard).toEqual(["Once."]);
    expect(record.alerts).toHaveLength(2);
  });

  test.each(["text/xml", "application/xml; charset=utf-8", "text/html"])("4.1: %s is TwiML", async (type) => {
    const { record } = await call({ "/voice": { type, body: xml("<Say>Hi.</Say>") } });
    expect(record.heard).toEqual(["Hi."]);
  });

  test("4.1: audio is played, then the call is hung up", async () => {
    const { record } = await call({ "/voice": { type: "audio/wav", body: "wav" } });
    expect([record.heard, record.ended]).toEqual([["play:(the document)"], "hangup"]);
  });

  test("4.1: plain text is TwiML if it is valid, otherwise read aloud before the call is hung up", async () => {
    const twiml = await call({ "/voice": { type: "text/plain", body: xml("<Say>Hi.</Say>") } });
    const words = await call({ "/voice": { type: "text/plain", body: "Closed & gone." } });
    expect([twiml.record.heard, twiml.record.ended]).toEqual([["Hi."], "end-of-document"]);
    expect([words.record.heard, words.record.ended]).toEqual([["Closed & gone."], "hangup"]);
  });

  test("4.1: an empty Response from an action ends the call", async () => {
    const { record } = await call({ "/voice": xml('<Gather action="/next"/>'), "/next": xml("") }, one);
    expect(record.ended).toBe("end-of-document");
  });

  test("4.1: any first verb but Reject answers the call, and Pause delays answering", async () => {
    const events = ["answered", "completed"] as const;
    const options = { statusCallbackUrl: `${base}/status`, statusCallbackEvents: events };
    const statuses = async (verbs: string) => {
      const { of } = await call({ "/voice": xml(verbs), "/status": "" }, [], options);
      return of("/status").map(({ params }) => params.CallStatus);
    };
    expect(await statuses("<Hangup/>")).toEqual(["in-progress", "completed"]);
    expect(await statuses("<Reject/>")).toEqual(["no-answer"]);
    expect(await statuses('<Pause length="3"/><Reject reason="busy"/>')).toEqual(["busy"]);
  });
});

describe("4.1 URLs", () => {
  test("4.1: a relative URL is relative to the current document after HTTP redirects", async () => {
    const { paths } = await call({
      "/voice": { status: 302, headers: { location: "/deep/menu?x=1" } },
      "/deep/menu": xml("<Redirect>next</Redirect>"),
      "/deep/next": xml(""),
    });
    expect(paths).toEqual(["/voice", "/deep/menu", "/deep/next"]);
  });

  test.each([301, 302, 303])("4.1: a %i is followed with GET and the standard parameters only", async (status) => {
    const voice = xml('<Gather action="/next"/>');
    const routes = { "/voice": voice, "/next": { status, headers: { location: "/moved?y=2" } }, "/moved": xml("") };
    const { of } = await call(routes, one);
    const moved = of("/moved")[0];
    expect(moved?.method).toBe("GET");
    expect(moved?.url).toMatch(/^https:\/\/primary\.example\/moved\?y=2&AccountSid=/);
    expect(moved?.params).toMatchObject({ CallStatus: "in-progress" });
    expect(moved?.params).not.toHaveProperty("Digits");
  });

  test("4.1: ten HTTP redirects are followed, the eleventh is error 11215", async () => {
    const hops = (limit: number): Routes => ({
      "/voice": (_asked, count) => (count < limit ? { status: 302, headers: { location: "/voice" } } : xml("")),
      "/fallback": xml(""),
    });
    expect((await call(hops(10))).of("/fallback")).toEqual([]);
    expect((await call(hops(11))).of("/fallback")[0]?.params.ErrorCode).toBe("11215");
  });

  test.each([300, 305, 308])("4.1: a %i is an invalid redirect, error 11216", async (status) => {
    const { of } = await call({ "/voice": { status, headers: { location: "/b" } }, "/fallback": xml("") });
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11216");
  });

  test("4.1: a redirect to what is no URL is error 11216", async () => {
    const { of } = await call({ "/voice": { status: 302, headers: { location: "http://" } }, "/fallback": xml("") });
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11216");
  });
});

describe("4.1 what is carried along", () => {
  test("4.1: cookies are returned like a browser: to their host and path, until they expire", async () => {
    const cookies = ["a=1", "deep=2; Path=/deep", "gone=3; Max-Age=0", "short=4; Max-Age=2", "b=5; Secure; HttpOnly"];
    const { of } = await call({
      "/voice": { body: xml("<Redirect>/next</Redirect>"), headers: { "set-cookie": cookies.join("\n") } },
      "/next": xml('<Pause length="5"/><Redirect>/deep/x</Redirect>'),
      "/deep/x": xml(""),
    });
    expect(of("/voice")[0]?.headers).not.toHaveProperty("Cookie");
    expect(of("/next")[0]?.headers.Cookie).toBe("a=1; short=4; b=5");
    expect(of("/deep/x")[0]?.headers.Cookie).toBe("deep=2; a=1; b=5");
  });

  test("4.1: a cookie of a domain goes to its hosts, one of a foreign domain is dropped", async () => {
    const cookies = ["mine=1; Domain=example", "foreign=2; Domain=elsewhere.test", "host=3"];
    const { asked } = await call({
      "/voice": {
        body: xml("<Redirect>https://other.example/next</Redirect>"),
        headers: { "set-cookie": cookies.join("\n") },
      },
      "https://other.example/next": xml(""),
    });
    expect(asked[1]?.headers.Cookie).toBe("mine=1");
    const jar = createCookieJar();
    jar.store(new URL(base), ["foreign=2; Domain=elsewhere.test"], 0);
    expect(jar.isEmpty()).toBe(true);
  });

  test("4.1: the next call starts without cookies", async () => {
    const routes = { "/voice": { body: xml(""), headers: { "set-cookie": "a=1" } } };
    await call(routes);
    expect((await call(routes)).asked[0]?.headers).not.toHaveProperty("Cookie");
  });

  test("4.1: a verb's request names the document before it as Referer, with its parameters", async () => {
    const routes = {
      "/voice": xml('<Redirect method="GET">/b?x=1</Redirect>'),
      "/b": xml("<Redirect>/c</Redirect>"),
      "/c": xml(""),
    };
    const { of } = await call(routes);
    expect(of("/voice")[0]?.headers).not.toHaveProperty("Referer");
    expect(of("/b")[0]?.headers.Referer).toBe(`${base}/voice`);
    expect(of("/c")[0]?.headers.Referer).toMatch(/^https:\/\/primary\.example\/b\?x=1&AccountSid=/);
  });

  test("4.1: answers to GET that have an ETag are cached, answers to POST never", async () => {
    const cache = createHttpCache();
    const headers = { etag: '"1"', "cache-control": "max-age=60" };
    const routes = { "/voice": { body: xml("<Say>Hi.</Say>"), headers } };
    const get = { voiceMethod: "GET", cache } as const;
    expect((await call(routes, [], get)).asked).toHaveLength(1);
    const again = await call(routes, [], get);
    expect([again.asked, again.record.heard]).toEqual([[], ["Hi."]]);
    await call(routes, [], { cache });
    expect((await call(routes, [], { cache })).asked).toHaveLength(1);
  });
});

test("4.1: a cached document that must be asked about is taken again after a 304", async () => {
  const cache = createHttpCache();
  const headers = { etag: '"1"', "cache-control": "no-cache" };
  const routes: Routes = {
    "/voice": ({ headers: sent }) =>
      sent["If-None-Match"] === '"1"' ? { status: 304, type: "" } : { body: xml("<Say>Hi.</Say>"), headers },
  };
  await call(routes, [], { voiceMethod: "GET", cache });
  const { record, asked } = await call(routes, [], { voiceMethod: "GET", cache });
  expect([record.heard, asked[0]?.headers["If-None-Match"]]).toEqual([["Hi."], '"1"']);
});

describe("4.1 documents of REST requests", () => {
  const wait = { "/voice": xml('<Gather action="/next"/><Say>No.</Say>'), "/fallback": xml("<Say>Saved.</Say>") };

  test("4.1: an update with a URL ends the running document and asks that URL", async () => {
    const { record, paths } = await updated({ ...wait, "/live": xml("<Say>Live.</Say>") }, { url: `${base}/live` });
    expect([record.heard, paths]).toEqual([["Live."], ["/voice", "/live"]]);
  });

  test("4.1: a document given as Twiml has no URL: an absolute action works", async () => {
    const twiml = xml(`<Gather action="${base}/next" actionOnEmptyResult="true"/>`);
    const { paths } = await updated({ ...wait, "/next": xml("") }, { twiml });
    expect(paths).toEqual(["/voice", "/next"]);
  });

  test.each([
    ["a relative action of a Gather", '<Gather action="/next" actionOnEmptyResult="true"/>'],
    ["a Gather without action", '<Gather actionOnEmptyResult="true"/>'],
    ["a Record without action", "<Record/>"],
    ["a relative action of a Pay", '<Pay action="/paid"/>'],
    ["a relative Redirect", "<Redirect>/next</Redirect>"],
  ])("4.1: in a document given as Twiml %s is error 11100", async (_what, verbs) => {
    const { of, record } = await updated(wait, { twiml: xml(verbs) });
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11100");
    expect(record.heard).toEqual(["Saved."]);
  });

  test("4.1: an update can end the call; one of a call that has ended is refused", async () => {
    const { record } = await updated(wait, { status: "completed" });
    expect([record.heard, record.ended]).toEqual([[], "hangup"]);
    const handles: LiveCall[] = [];
    await call({ "/voice": xml("") }, [], { onStart: (handle) => void handles.push(handle) });
    expect(handles[0]?.update({ url: `${base}/live` })).toMatchObject({ kind: "refused", errorCode: 21220 });
  });
});

describe("4.2 default actions", () => {
  test("4.2: without action Gather and Record ask the current document again, by POST", async () => {
    const routes: Routes = {
      "/voice": xml('<Redirect method="GET">/menu?x=1</Redirect>'),
      "/menu": ({ params }) =>
        xml(params.Digits === undefined ? "<Gather/>" : params.RecordingUrl === undefined ? "<Record/>" : "<Hangup/>"),
    };
    const { asked } = await call(routes, [...one, { kind: "record", durationSec: 3, endedBy: "key" }]);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /voice",
      "GET /menu",
      "POST /menu",
      "POST /menu",
    ]);
    expect(asked[3]?.url).toBe(`${base}/menu?x=1`);
  });

  test.each([
    ["Dial", "<Dial>+15005550003</Dial>"],
    ["Enqueue", "<Enqueue>support</Enqueue>"],
    ["Connect", '<Connect><Stream url="wss://stream.example"/></Connect>'],
    ["Sms", "<Sms>Hello.</Sms>"],
    ["Pay", "<Pay/>"],
  ])("4.2: without action %s goes on to the next verb", async (_verb, twiml) => {
    const { record, asked } = await call({ "/voice": xml(`${twiml}<Say>Next.</Say>`) });
    expect([record.heard, asked.length]).toEqual([["Next."], 1]);
  });

  test("4.2: the default action keeps the connection overrides of the document's URL", async () => {
    const routes: Routes = { "/voice": ({ params }) => (params.Digits === "1" ? { status: 500 } : xml("<Gather/>")) };
    const { asked } = await call(routes, one, { voiceUrl: `${base}/voice#rc=2&rp=5xx`, fallbackUrl: "" });
    expect(asked).toHaveLength(4);
  });

  test("4.2: a blank action is none", async () => {
    const { record } = await call({ "/voice": xml('<Dial action="">+15005550003</Dial><Say>Next.</Say>') });
    expect(record.heard).toEqual(["Next."]);
  });

  test("4.2: an empty Redirect is an error", async () => {
    const { of } = await call({ "/voice": xml("<Redirect/>"), "/fallback": xml("") });
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11100");
  });
});

describe("4.8 loops", () => {
  test("4.8: redirects without end run until the rehearsal's own cap, which is no error of Twilio", async () => {
    const { record } = await call({ "/voice": xml("<Redirect>/voice</Redirect>") }, [], { documentsMax: 60 });
    expect([record.ended, record.documents.length, record.alerts]).toEqual(["simulator-cap", 60, []]);
  });

  test("4.8: a call ends after four hours", async () => {
    const { record, tookMs } = await call({ "/voice": xml('<Pause length="3600"/><Redirect>/voice</Redirect>') });
    expect(record.ended).toBe("time-limit");
    expect(tookMs / 3_600_000).toBe(5);
  });

  test("4.8: loop is at most 1,000 times", async () => {
    const many = await call({ "/voice": xml('<Play loop="0">/a.mp3</Play>'), "/a.mp3": mp3 });
    expect(many.tookMs).toBe(3_000_000);
    const { record } = await call({ "/voice": xml('<Play loop="1001">/a.mp3</Play>'), "/a.mp3": mp3 });
    expect(record.alerts).toMatchObject([{ errorCode: 13410, level: "WARNING" }]);
  });
});
