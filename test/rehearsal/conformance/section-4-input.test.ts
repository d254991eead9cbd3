import { describe, expect, test } from "vitest";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import { createHttpCache } from "../../../rehearsal/http-cache.ts";
import { base, call, mp3, type Routes, xml } from "./in-memory.ts";

const press = (digits: string): CallerStep[] => [{ kind: "digits", digits }];
const gather = (attributes: string, inside = "") =>
  ({
    "/voice": xml(`<Gather action="/next" ${attributes}>${inside}</Gather><Say>Nobody.</Say>`),
    "/next": xml("<Hangup/>"),
  }) satisfies Routes;

describe("4.3 Gather", () => {
  test("4.3: it ends at numDigits, and what is pressed later is lost", async () => {
    const { of } = await call(gather('numDigits="2"'), press("1234"));
    expect(of("/next")[0]?.params).toMatchObject({ Digits: "12", FinishedOnKey: "" });
  });

  test("4.3: it ends at the finishing key, which is not among the digits", async () => {
    const { of, tookMs } = await call(gather(""), press("12#3"));
    expect(of("/next")[0]?.params).toMatchObject({ Digits: "12", FinishedOnKey: "#" });
    expect(tookMs).toBe(0);
  });

  test("4.3: otherwise it ends when nothing is pressed for the timeout", async () => {
    const { of, tookMs } = await call(gather('timeout="7"'), press("12"));
    expect(of("/next")[0]?.params.Digits).toBe("12");
    expect(tookMs).toBe(7_000);
  });

  test('4.3: with finishOnKey="" # is an ordinary digit', async () => {
    const { of } = await call(gather('finishOnKey=""'), press("1#*"));
    expect(of("/next")[0]?.params).toMatchObject({ Digits: "1#*", FinishedOnKey: "" });
  });

  test.each([
    ["no input", [{ kind: "silence" as const }]],
    ["only finishOnKey", press("#")],
    ["speech where keys are asked", [{ kind: "speech" as const, text: "one" }]],
  ])("4.3: %s makes no action request and goes on to the next verb", async (_what, script) => {
    const { record, of } = await call(gather(""), script);
    expect([record.heard, of("/next")]).toEqual([["Nobody."], []]);
  });

  test("4.3: silence lasts 5 s unless timeout says otherwise", async () => {
    const { tookMs } = await call({ "/voice": xml("<Gather/>") });
    expect(tookMs).toBe(5_000);
  });

  test("4.3: with actionOnEmptyResult the action is asked even so", async () => {
    const { of } = await call(gather('actionOnEmptyResult="true"'));
    expect(of("/next")[0]?.params.Digits).toBe("");
  });

  test('4.3: with input "dtmf speech" either is taken; speech comes with a confidence', async () => {
    const spoken = await call(gather('input="dtmf speech"'), [{ kind: "speech", text: "book it" }]);
    expect(spoken.of("/next")[0]?.params).toMatchObject({ SpeechResult: "book it", Confidence: "0.9" });
    expect(spoken.of("/next")[0]?.params).not.toHaveProperty("Digits");
    const pressed = await call(gather('input="dtmf speech" numDigits="1"'), press("4"));
    expect(pressed.of("/next")[0]?.params.Digits).toBe("4");
  });

  test("4.3: the action request carries msg, FinishedOnKey and empty geography, as captured", async () => {
    const { of } = await call(gather(""), press("300"));
    const geography = ["From", "Caller", "To", "Called"].flatMap((side) =>
      ["City", "State", "Zip", "Country"].map((part) => `${side}${part}`),
    );
    const sent = ["AccountSid", "ApiVersion", "CallSid", "CallStatus", "Called", "Caller", "Digits", "Direction"];
    sent.push("FinishedOnKey", "From", "To", "msg", ...geography);
    const params = of("/next")[0]?.params ?? {};
    expect(Object.keys(params).sort()).toEqual(sent.sort());
    expect(params).toMatchObject({ msg: "Gather End", CallStatus: "in-progress", ApiVersion: "2010-04-01" });
    expect(geography.map((name) => params[name])).toEqual(geography.map(() => ""));
  });

  test("4.3: nested Say, Play and Pause are heard before the caller is asked", async () => {
    const inside = "<Say>Press</Say><Pause/><Play>/one.mp3</Play>";
    const routes = { ...gather("", inside), "/one.mp3": mp3 };
    const heard: string[][] = [];
    await call(routes, (question) => {
      heard.push(question.heard);
      return { kind: "hangup" };
    });
    expect(heard).toEqual([["Press", "pause 1 s", "play:/one.mp3"]]);
  });

  test("4.3: several nested Plays are all fetched before anything is heard", async () => {
    const routes = {
      ...gather("", "<Play>/a.mp3</Play><Say>and</Say><Play>/b.mp3</Play>"),
      "/a.mp3": mp3,
      "/b.mp3": mp3,
    };
    const { record } = await call(routes);
    const order = record.events.flatMap((event) =>
      event.kind === "heard" ? [event.text] : event.kind === "reply" ? [event.request.kind] : [],
    );
    expect(order).toEqual(["voice", "media", "media", "play:/a.mp3", "and", "play:/b.mp3", "Nobody."]);
  });

  test("4.3: a prompt without end is heard until the caller answers", async () => {
    const routes = { ...gather('numDigits="1"', '<Play loop="0">/a.mp3</Play>'), "/a.mp3": mp3 };
    const { record, tookMs } = await call(routes, press("1"));
    expect([record.heard, tookMs]).toEqual([["play:/a.mp3"], 3_000]);
  });

  test("4.3: finishOnKey is one key; several are warned of, and # is taken", async () => {
    const { of, record } = await call(gather('finishOnKey="12"'), press("12#"));
    expect(of("/next")[0]?.params).toMatchObject({ Digits: "12", FinishedOnKey: "#" });
    expect(record.alerts).toMatchObject([{ errorCode: 13310, level: "WARNING" }]);
  });

  test("4.3: other verbs and Play digits inside a Gather are warned of (12200) and passed over", async () => {
    const { record } = await call(gather("", '<Play digits="12"/><Dial>+15005550003</Dial><Say>Press.</Say>'));
    expect(record.heard).toEqual(["Press.", "Nobody."]);
    expect(record.alerts.map(({ errorCode }) => errorCode)).toEqual([12200, 12200]);
  });

  test("4.3: partial results go to their own URL, whose answer is ignored", async () => {
    const attributes = 'input="speech" partialResultCallback="/partial"';
    const routes = { ...gather(attributes), "/partial": xml("<Say>Ignored.</Say>") };
    const { of, record } = await call(routes, [{ kind: "speech", text: "yes" }]);
    expect(of("/partial")[0]?.params).toMatchObject({ UnstableSpeechResult: "yes" });
    expect(record.heard).toEqual([]);
  });

  test("4.3: hanging up at a Gather ends the call without a request", async () => {
    const { record, of } = await call(gather(""), [{ kind: "hangup" }]);
    expect([record.ended, of("/next")]).toEqual(["caller-hangup", []]);
  });
});

describe("4.4 Play, Say, Pause", () => {
  test("4.4: Play is fetched by GET, and heard as often as loop says", async () => {
    const { record, asked } = await call({ "/voice": xml('<Play loop="3">/a.mp3</Play>'), "/a.mp3": mp3 });
    expect(record.heard).toEqual(["play:/a.mp3", "play:/a.mp3", "play:/a.mp3"]);
    expect(asked.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  test("4.4: Play digits sends tones; w waits half a second, W a second", async () => {
    const { record, asked, tookMs } = await call({ "/voice": xml('<Play digits="wW1"/>') });
    expect([record.heard, asked.length, tookMs]).toEqual([["tones:wW1"], 1, 1_600]);
  });

  test.each(["audio/mpeg", "audio/wav", "audio/x-gsm", "audio/ulaw"])("4.4: %s is played", async (type) => {
    const { record } = await call({ "/voice": xml("<Play>/a</Play>"), "/a": { type, body: "x" } });
    expect(record.heard).toEqual(["play:/a"]);
  });

  test("4.4: media is cached across calls by ETag; no-cache asks each time, and takes a 304", async () => {
    const cache = createHttpCache();
    const routes = (control: string): Routes => ({
      "/voice": xml("<Play>/a.mp3</Play>"),
      "/a.mp3": ({ headers }) =>
        headers["If-None-Match"] === '"v1"'
          ? { status: 304, type: "" }
          : { ...mp3, headers: { etag: '"v1"', "cache-control": control } },
    });
    await call(routes("max-age=60"), [], { cache });
    expect((await call(routes("max-age=60"), [], { cache })).paths).toEqual(["/voice"]);

    const asking = createHttpCache();
    await call(routes("no-cache"), [], { cache: asking });
    const again = await call(routes("no-cache"), [], { cache: asking });
    expect(again.of("/a.mp3")[0]?.headers["If-None-Match"]).toBe('"v1"');
    expect(again.record.heard).toEqual(["play:/a.mp3"]);
  });

  test("4.4: media is cached by Last-Modified too; what has neither, or must not be stored, is fetched again", async () => {
    const fetches = async (headers: Record<string, string>) => {
      const cache = createHttpCache();
      const routes = { "/voice": xml("<Play>/a.mp3</Play>"), "/a.mp3": { ...mp3, headers } };
      await call(routes, [], { cache });
      return (await call(routes, [], { cache })).of("/a.mp3").length;
    };
    expect(await fetches({ "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT", "cache-control": "max-age=60" })).toBe(0);
    expect(await fetches({})).toBe(1);
    expect(await fetches({ etag: '"v1"', "cache-control": "no-store" })).toBe(1);
  });

  test("4.4: a Say of more than 4,096 characters is a warning", async () => {
    const say = (length: number) => call({ "/voice": xml(`<Say>${"x".repeat(length)}</Say>`) });
    expect((await say(4_096)).record.alerts).toEqual([]);
    expect((await say(4_097)).record.alerts).toMatchObject([{ errorCode: 13521, level: "WARNING" }]);
  });

  test("4.4: Pause lasts a second unless length says otherwise", async () => {
    expect((await call({ "/voice": xml("<Pause/>") })).tookMs).toBe(1_000);
    expect((await call({ "/voice": xml('<Pause length="4"/>') })).tookMs).toBe(4_000);
  });
});

describe("4.5 Record", () => {
  const record = (attributes: string): Routes => ({
    "/voice": xml(`<Record action="/done" ${attributes}/><Say>Unreachable.</Say>`),
    "/done": xml("<Hangup/>"),
    "/recorded": "",
    "/written": "",
  });
  const spoke = (durationSec: number, endedBy: "key" | "silence" | "hangup"): CallerStep[] => [
    { kind: "record", durationSec, endedBy },
  ];

  test("4.5: the action is told where the recording is, how long, and which key ended it", async () => {
    const { of, record: placed } = await call(record('finishOnKey="12"'), spoke(5, "key"));
    expect(of("/done")[0]?.params).toMatchObject({ RecordingDuration: "5", Digits: "2" });
    expect(of("/done")[0]?.params.RecordingUrl).toMatch(/\/Accounts\/AC0+\/Recordings\/RE[0-9a-f]{32}$/);
    expect(placed.heard).toEqual([]);
  });

  test("4.5: silence ends it without a key", async () => {
    const { of } = await call(record(""), spoke(5, "silence"));
    expect(of("/done")[0]?.params).not.toHaveProperty("Digits");
  });

  test("4.5: maxLength ends it", async () => {
    const { of, tookMs } = await call(record('maxLength="10"'), spoke(60, "key"));
    expect(of("/done")[0]?.params.RecordingDuration).toBe("10");
    expect(tookMs).toBe(10_000);
  });

  test("4.5: after a hang-up the action is still asked, with Digits=hangup, and its answer reaches nobody", async () => {
    const routes = { ...record(""), "/done": xml("<Redirect>/more</Redirect>") };
    const { of, record: placed } = await call(routes, spoke(5, "hangup"));
    expect(of("/done")[0]?.params).toMatchObject({ Digits: "hangup", CallStatus: "completed" });
    expect([placed.ended, of("/more")]).toEqual(["caller-hangup", []]);
  });

  test("4.5: the recording status callback is sent when completed, unless other events are asked for", async () => {
    const once = await call(record('recordingStatusCallback="/recorded"'), spoke(5, "key"));
    expect(once.of("/recorded").map(({ params }) => params.RecordingStatus)).toEqual(["completed"]);
    expect(once.of("/recorded")[0]?.params).toMatchObject({
      AccountSid: expect.stringMatching(/^AC/),
      CallSid: expect.stringMatching(/^CA/),
      RecordingSid: expect.stringMatching(/^RE/),
      RecordingUrl: once.of("/done")[0]?.params.RecordingUrl,
      RecordingDuration: "5",
      RecordingChannels: "1",
      RecordingSource: "RecordVerb",
    });
    const both = 'recordingStatusCallback="/recorded" recordingStatusCallbackEvent="in-progress completed"';
    const twice = await call(record(both), spoke(5, "key"));
    expect(twice.of("/recorded").map(({ params }) => params.RecordingStatus)).toEqual(["in-progress", "completed"]);
  });

  test("4.5: a transcription comes later, to transcribeCallback", async () => {
    const { paths, of } = await call(record('transcribeCallback="/written"'), spoke(5, "key"));
    expect(paths).toEqual(["/voice", "/done", "/written"]);
    expect(of("/written")[0]?.params).toMatchObject({ TranscriptionStatus: "completed" });
  });

  test("4.5: recordings of Start need absolute callback URLs, a relative one is error 11200", async () => {
    const start = (url: string) => xml(`<Start><Recording recordingStatusCallback="${url}"/></Start><Say>On.</Say>`);
    const relative = await call({ "/voice": start("/recorded") });
    expect(relative.record.alerts).toMatchObject([{ errorCode: 11200, url: "/recorded" }]);
    expect([relative.record.heard, relative.paths]).toEqual([["On."], ["/voice"]]);
    const absolute = await call({ "/voice": start(`${base}/recorded`), "/recorded": "" });
    expect(absolute.paths).toEqual(["/voice", "/recorded"]);
  });
});
