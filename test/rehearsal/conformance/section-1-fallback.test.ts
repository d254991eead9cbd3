import { describe, expect, test } from "vitest";
import type { LiveCall } from "../../../rehearsal/live-call.ts";
import { failed } from "../../../rehearsal/reply.ts";
import { base, call, mp3, type Routes, xml } from "./in-memory.ts";

const one = [{ kind: "digits" as const, digits: "1" }];
const menu: Routes = {
  "/voice": xml('<Gather action="/next?step=2" numDigits="1"/>'),
  "/fallback": xml("<Say>Saved.</Say>"),
};

describe("1.1 where it is configured", () => {
  test("1.1: a call without fallback URL hears the apology", async () => {
    const { record } = await call({ ...menu, "/next": { status: 500 } }, one, { fallbackUrl: "" });
    expect([record.ended, record.heard, record.alerts.length]).toEqual(["apology", [], 1]);
  });

  test("1.1: the fallback's method may be GET, its parameters are then in the query", async () => {
    const { of } = await call({ ...menu, "/next": { status: 500 } }, one, { fallbackMethod: "GET" });
    expect(of("/fallback")[0]).toMatchObject({ method: "GET" });
    expect(new URL(of("/fallback")[0]?.url ?? "").searchParams.get("ErrorCode")).toBe("11200");
  });

  test("1.1: a REST update replaces the fallback URL of a live call", async () => {
    const routes = { ...menu, "/live": xml("<Redirect>/gone</Redirect>"), "/other": xml("<Say>Other.</Say>") };
    let live: LiveCall | undefined;
    const script = () => {
      live?.update({ url: `${base}/live`, fallbackUrl: `${base}/other` });
      return one[0] ?? { kind: "silence" as const };
    };
    const { record, paths } = await call(routes, script, {
      onStart: (handle) => {
        live = handle;
      },
    });
    expect(paths).toEqual(["/voice", "/live", "/gone", "/other"]);
    expect(record.heard).toEqual(["Other."]);
  });
});

describe("1.2 when it is requested", () => {
  test.each([
    ["a status of 404 from an action URL", { status: 404 }, "11200"],
    ["a status of 500", { status: 500 }, "11200"],
    ["a read timeout", failed(11205, "read timeout", "rt"), "11200"],
    ["an unknown host", failed(11210, "ENOTFOUND", "ct"), "11200"],
    ["a TLS failure", failed(11220, "handshake", "ct"), "11200"],
    ["a redirect without Location", { status: 302 }, "11216"],
    ["malformed XML", { body: "<Response><Say>a & b</Say></Response>" }, "12100"],
    ["a document without Response", { body: "<Say>hi</Say>" }, "12100"],
    ["a space before the XML declaration", { body: ` ${xml("")}` }, "12100"],
    ["a foreign content type", { type: "application/json", body: "{}" }, "12300"],
    ["no content type", { type: "", body: xml("") }, "12300"],
    ["more than 64 kB", { body: xml(`<Say>${"x".repeat(65_536)}</Say>`) }, "11750"],
  ])("1.2: the fallback is asked after %s", async (_name, answer, errorCode) => {
    const { of, record } = await call({ ...menu, "/next": answer }, one);
    expect(of("/fallback").map(({ params }) => params.ErrorCode)).toEqual([errorCode]);
    expect(record.heard).toEqual(["Saved."]);
    expect(record.alerts.map(({ level }) => level)).toEqual(["ERROR"]);
  });

  test("1.2: an invalid URL in a verb is error 11100", async () => {
    const { of } = await call({ ...menu, "/voice": xml("<Redirect>http://:bad</Redirect>") });
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("11100");
  });

  test("1.2: a schema warning (12200) leaves the document running", async () => {
    const { record, of } = await call({ ...menu, "/voice": xml('<say>no</say><Say volume="1">Yes.</Say>') });
    expect(record.heard).toEqual(["Yes."]);
    expect(record.alerts.map(({ errorCode, level }) => `${errorCode} ${level}`)).toEqual([
      "12200 WARNING",
      "12200 WARNING",
    ]);
    expect(of("/fallback")).toEqual([]);
  });

  test("1.2: a bad attribute value of level WARNING is taken for its default", async () => {
    const voice = xml('<Gather action="/next" numDigits="many"/>');
    const routes = { ...menu, "/voice": voice, "/next": xml("") };
    const { record, of } = await call(routes, [{ kind: "digits", digits: "123" }]);
    expect(of("/next")[0]?.params.Digits).toBe("123");
    expect(record.alerts).toMatchObject([{ errorCode: 13314, level: "WARNING" }]);
  });

  test("1.2: a bad attribute value of level ERROR asks the fallback", async () => {
    const voice = xml('<Gather action="/next" actionOnEmptyResult="maybe"/>');
    const { of } = await call({ ...menu, "/voice": voice });
    expect(of("/fallback")[0]?.params).toMatchObject({ ErrorCode: "13338", ErrorUrl: `${base}/voice` });
  });

  test("1.2: a number that cannot be called fails the Dial and not the document", async () => {
    const voice = xml('<Dial action="/dialled">help desk</Dial>');
    const { of, record } = await call({ ...menu, "/voice": voice, "/dialled": xml("") });
    expect(of("/dialled")[0]?.params.DialCallStatus).toBe("failed");
    expect(record.alerts).toMatchObject([{ errorCode: 13224, level: "ERROR" }]);
    expect(of("/fallback")).toEqual([]);
  });

  test("1.2: media that cannot be fetched is error 11200 with the URL of the media", async () => {
    const { of } = await call({ ...menu, "/voice": xml("<Play>/a.mp3</Play>"), "/a.mp3": { status: 405 } });
    expect(of("/fallback")[0]?.params).toMatchObject({ ErrorCode: "11200", ErrorUrl: `${base}/a.mp3` });
  });

  test("1.2: media of a foreign content type is an error", async () => {
    const routes = { ...menu, "/voice": xml("<Play>/a.mp3</Play>"), "/a.mp3": { type: "text/html", body: "<p>" } };
    const { of } = await call(routes);
    expect(of("/fallback")[0]?.params.ErrorCode).toBe("12300");
  });

  test("1.2: a failing status callback or partial result never asks the fallback", async () => {
    const gather = xml('<Gather input="speech" action="/next" partialResultCallback="/partial"/>');
    const routes = { ...menu, "/voice": gather, "/next": xml("<Hangup/>") };
    const options = { statusCallbackUrl: `${base}/status` };
    const { record, of, paths } = await call(routes, [{ kind: "speech", text: "yes" }], options);
    expect(of("/fallback")).toEqual([]);
    expect(paths).toContain("/partial");
    expect(record.alerts.map(({ errorCode }) => errorCode)).toEqual([15003, 15003]);
  });

  test("1.2: with a blank voice URL the call fails at once, and nothing is asked", async () => {
    const { record, asked } = await call(menu, [], { voiceUrl: "" });
    expect([record.ended, record.alerts, asked]).toEqual(["failed", [], []]);
  });
});

describe("1.3 what the request carries", () => {
  test("1.3: the standard parameters, ErrorCode in digits, and ErrorUrl; by POST", async () => {
    const { of } = await call({ ...menu, "/next": { status: 500 } }, one);
    const { method, params } = of("/fallback")[0] ?? {};
    expect(method).toBe("POST");
    expect(params).toMatchObject({
      CallSid: expect.stringMatching(/^CA/),
      From: expect.stringMatching(/^\+/),
      ErrorCode: "11200",
      ErrorUrl: `${base}/next?step=2`,
    });
    expect(params).toMatchObject({ ApiVersion: "2010-04-01", Direction: "inbound" });
    expect(params).not.toHaveProperty("Digits");
  });

  test("1.3: the call rings if the first document failed, and is in progress later", async () => {
    const ringing = await call({ "/fallback": xml("") });
    expect(ringing.of("/fallback")[0]?.params.CallStatus).toBe("ringing");
    const answered = await call({ ...menu, "/next": { status: 500 } }, one);
    expect(answered.of("/fallback")[0]?.params.CallStatus).toBe("in-progress");
  });

  test("1.3: the request is signed", async () => {
    const { of } = await call({ ...menu, "/next": { status: 500 } }, one);
    expect(of("/fallback")[0]?.headers["X-Twilio-Signature"]).toMatch(/^[\w+/]{27}=$/);
  });

  test("1.3: the action of a ConversationRelay carries ErrorCode and no ErrorUrl", async () => {
    const connect = '<Connect action="/next"><ConversationRelay url="wss://relay.example"/></Connect>';
    const step = { kind: "connect" as const, status: "failed" as const, durationSec: 3, detail: "39001" };
    const { of } = await call({ ...menu, "/voice": xml(connect), "/next": xml("") }, [step]);
    expect(of("/next")[0]?.params.ErrorCode).toBe("39001");
    expect(of("/next")[0]?.params).not.toHaveProperty("ErrorUrl");
  });
});

describe("1.4 what happens next", () => {
  test("1.4: the fallback's document goes on with the call as if there was no problem", async () => {
    const fallback = xml('<Gather action="/saved" numDigits="1"/>');
    const routes = { ...menu, "/next": { status: 500 }, "/fallback": fallback, "/saved": xml("<Say>Two.</Say>") };
    const { record } = await call(routes, [...one, { kind: "digits", digits: "2" }]);
    expect([record.heard, record.ended]).toEqual([["Two."], "end-of-document"]);
  });

  test("1.4: it may redirect to the URL that failed, whose next request has lost the digits", async () => {
    const routes: Routes = {
      ...menu,
      "/next": (_asked, count) => (count === 0 ? { status: 502 } : xml("<Say>Back.</Say>")),
      "/fallback": ({ params }) => xml(`<Redirect>${params.ErrorUrl}</Redirect>`),
    };
    const { record, of } = await call(routes, one);
    expect(record.heard).toEqual(["Back."]);
    expect(of("/next").map(({ params }) => params.Digits)).toEqual(["1", undefined]);
  });

  test("1.4: each new event asks its own URL before the fallback", async () => {
    const routes = { ...menu, "/next": { status: 500 }, "/fallback": xml("<Redirect>/next</Redirect>") };
    const { paths, record } = await call(routes, one, { documentsMax: 4 });
    expect(paths).toEqual(["/voice", "/next", "/fallback", "/next", "/fallback", "/next", "/fallback"]);
    expect(record.ended).toBe("simulator-cap");
  });

  test("1.4: a document of the fallback that ends without another verb ends the call", async () => {
    const { record } = await call({ ...menu, "/next": { status: 500 } }, one);
    expect(record.ended).toBe("end-of-document");
  });

  test("1.4: URLs in the fallback's document are relative to the fallback URL, and so is a missing action", async () => {
    const away = "https://away.example";
    const routes: Routes = {
      ...menu,
      "/next": { status: 500 },
      [`${away}/f/fallback`]: ({ params }) =>
        params.ErrorCode === undefined
          ? xml("<Redirect>menu</Redirect>")
          : xml('<Gather numDigits="1"><Play>a.mp3</Play></Gather>'),
      [`${away}/f/a.mp3`]: mp3,
      [`${away}/f/menu`]: xml("<Say>Here.</Say>"),
    };
    const options = { fallbackUrl: `${away}/f/fallback?flow=x` };
    const { record, asked } = await call(routes, [...one, { kind: "digits", digits: "7" }], options);
    expect(record.heard).toEqual(["play:/f/a.mp3", "Here."]);
    expect(asked.at(-2)).toMatchObject({ url: `${away}/f/fallback?flow=x`, params: { Digits: "7" } });
  });

  test("1.4: when the fallback fails too, an error is logged and the recorded apology ends the call", async () => {
    const { record } = await call({ ...menu, "/next": { status: 500 }, "/fallback": { status: 500 } }, one);
    expect(record.ended).toBe("apology");
    expect(record.alerts).toHaveLength(2);
    expect(record.events.some(({ kind }) => kind === "apology")).toBe(true);
  });

  test("1.4: a failure in the fallback's own document asks the fallback again", async () => {
    const routes: Routes = {
      ...menu,
      "/next": { status: 500 },
      "/fallback": (_asked, count) => xml(count === 0 ? "<Play>/gone.mp3</Play>" : "<Say>In words.</Say>"),
    };
    const { record, of } = await call(routes, one);
    expect(of("/fallback").map(({ params }) => params.ErrorUrl)).toEqual([`${base}/next?step=2`, `${base}/gone.mp3`]);
    expect(record.heard).toEqual(["In words."]);
  });
});
