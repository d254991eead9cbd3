import { describe, expect, test } from "vitest";
import type { Caller } from "../../../rehearsal/caller-script.ts";
import { createCookieJar } from "../../../rehearsal/cookie-jar.ts";
import {
  completeDialect,
  type Dialect,
  defaultDialect,
  dialectAnswers,
  errorUrlOf,
} from "../../../rehearsal/dialect.ts";
import { createHttpCache } from "../../../rehearsal/http-cache.ts";
import type { LiveCall } from "../../../rehearsal/live-call.ts";
import type { CallOptions } from "../../../rehearsal/place-call.ts";
import { failed } from "../../../rehearsal/reply.ts";
import { base, call, mp3, type Placed, type Routes, xml } from "./in-memory.ts";

const one: Caller = [{ kind: "digits", digits: "1" }];
const talked: Caller = [{ kind: "dial", status: "completed", durationSec: 3 }];
const fallback = { "/fallback": xml("<Say>Saved.</Say>") };
const failing: Routes = {
  ...fallback,
  "/voice": xml('<Gather action="/next?x=1#rt=1000"/>'),
  "/next": { status: 500 },
};
const away = "https://away.example";

type Try = (dialect: Partial<Dialect>) => Promise<unknown>;

/** Places a call in a dialect, and tells what was different in it. */
function tried(
  routes: Routes,
  script: Caller,
  tell: (placed: Placed) => unknown,
  options: Partial<CallOptions> = {},
): Try {
  return async (dialect) => tell(await call(routes, script, { ...options, dialect }));
}

const fallbackParam = (name: string) => (placed: Placed) => placed.of("/fallback")[0]?.params[name];
const header = (path: string, name: string) => (placed: Placed) => placed.of(path)[0]?.headers[name];
const heard = ({ record }: Placed) => [record.ended, ...record.heard].join(" ");

const prompt: Routes = { ...fallback, "/voice": xml("<Play>/gone.mp3</Play><Say>Next.</Say>") };
const whisper: Routes = {
  ...fallback,
  "/voice": xml('<Dial action="/done"><Number url="/gone">+15005550003</Number></Dial>'),
  "/done": xml(""),
};
const retried: Routes = { "/voice": (_asked, count) => (count === 0 ? { status: 500 } : xml("")) };
const cookies: Routes = {
  "/voice": { body: xml(`<Redirect>${away}/b</Redirect>`), headers: { "set-cookie": "a=1" } },
  [`${away}/b`]: xml(""),
};

/** For each question, what its answers lead to, in the order of `dialectAnswers`. */
const experiments: { [K in keyof Dialect]: { run: Try; expected: unknown[] } } = {
  fallbackRepeatsParams: { run: tried(failing, one, fallbackParam("Digits")), expected: [undefined, "1"] },
  errorUrl: {
    run: tried(failing, one, fallbackParam("ErrorUrl")),
    expected: [`${base}/next?x=1`, "/next?x=1", `${base}/next`],
  },
  errorUrlFragment: {
    run: tried(failing, one, fallbackParam("ErrorUrl")),
    expected: [`${base}/next?x=1`, `${base}/next?x=1#rt=1000`],
  },
  errorUrlGetParams: {
    run: tried(
      { ...failing, "/voice": xml('<Gather action="/next?x=1" method="GET"/>') },
      one,
      (placed) => String(fallbackParam("ErrorUrl")(placed)).split("=AC")[0],
    ),
    expected: [`${base}/next?x=1`, `${base}/next?x=1&AccountSid`],
  },
  errorMessage: {
    run: tried(failing, one, fallbackParam("ErrorMessage")),
    expected: [undefined, `Got HTTP 500 response to ${base}/next?x=1`],
  },
  firstFallbackStatus: { run: tried(fallback, [], fallbackParam("CallStatus")), expected: ["ringing", "in-progress"] },
  playFailure: {
    run: tried(prompt, [], heard),
    expected: ["end-of-document Saved.", "end-of-document Next.", "apology"],
  },
  sayFailure: {
    run: tried({ ...fallback, "/voice": xml(`<Say>${"x".repeat(5_000)}</Say><Say>Next.</Say>`) }, [], heard),
    expected: ["end-of-document Next.", "end-of-document Saved.", "apology"],
  },
  gatherFailure: {
    run: tried({ ...fallback, "/voice": xml('<Gather speechModel="psychic"/><Say>Next.</Say>') }, [], heard),
    expected: ["end-of-document Next.", "end-of-document Saved."],
  },
  attributeError: {
    run: tried({ ...fallback, "/voice": xml('<Gather actionOnEmptyResult="?"/><Say>Next.</Say>') }, [], heard),
    expected: ["end-of-document Saved.", "end-of-document Next."],
  },
  whisperFailure: {
    run: tried(whisper, talked, ({ of }) => [of("/fallback").length, of("/done")[0]?.params.DialBridged]),
    expected: [
      [0, "true"],
      [0, "false"],
      [1, "true"],
    ],
  },
  waitFailure: {
    run: tried(
      { ...fallback, "/voice": xml('<Enqueue action="/done" waitUrl="/gone">a</Enqueue>'), "/done": xml("") },
      [{ kind: "queue", result: "bridged", waitSec: 1 }],
      ({ of }) => [of("/fallback").length, of("/done")[0]?.params.QueueResult],
    ),
    expected: [
      [1, "bridged"],
      [0, "error"],
      [0, "bridged"],
    ],
  },
  fallbackAfterUpdate: {
    run: async (dialect) => {
      let live: LiveCall | undefined;
      const script = () => {
        live?.update({ url: `${base}/gone` });
        return { kind: "silence" as const };
      };
      const onStart = (handle: LiveCall) => {
        live = handle;
      };
      return heard(await call({ ...fallback, "/voice": xml("<Gather/>") }, script, { onStart, dialect }));
    },
    expected: ["end-of-document Saved.", "apology"],
  },
  schemaWarning: {
    run: tried({ ...fallback, "/voice": xml("<say/><Say>Next.</Say>") }, [], heard),
    expected: ["end-of-document Next.", "end-of-document Saved."],
  },
  retryToken: {
    run: tried(
      retried,
      [],
      ({ asked }) => new Set(asked.map(({ headers }) => headers["I-Twilio-Idempotency-Token"])).size,
      { voiceUrl: `${base}/voice#rp=all` },
    ),
    expected: [1, 2],
  },
  fallbackToken: {
    run: tried(
      failing,
      one,
      (placed) =>
        header("/next", "I-Twilio-Idempotency-Token")(placed) ===
        header("/fallback", "I-Twilio-Idempotency-Token")(placed),
    ),
    expected: [false, true],
  },
  mediaSigned: {
    run: tried(
      { "/voice": xml("<Play>/a.mp3</Play>"), "/a.mp3": mp3 },
      [],
      (placed) => header("/a.mp3", "X-Twilio-Signature")(placed) !== undefined,
    ),
    expected: [true, false],
  },
  redirect307: {
    run: tried(
      { ...failing, "/next": { status: 307, headers: { location: "/b" } }, "/b": xml("") },
      one,
      ({ of }) => `${of("/b")[0]?.method} ${of("/b")[0]?.params.Digits}`,
    ),
    expected: ["GET undefined", "POST 1"],
  },
  cookieScope: { run: tried(cookies, [], header("/b", "Cookie")), expected: [undefined, "a=1"] },
  cookieLifetime: {
    run: async (dialect) => {
      const options = { cookieJar: createCookieJar(), dialect };
      await call(cookies, [], options);
      return header("/voice", "Cookie")(await call(cookies, [], options));
    },
    expected: [undefined, "a=1"],
  },
  referer: { run: tried(failing, one, header("/next", "Referer")), expected: [`${base}/voice`, undefined] },
  cacheFreshness: {
    run: async (dialect) => {
      const routes = { "/voice": xml("<Play>/a.mp3</Play>"), "/a.mp3": { ...mp3, headers: { etag: '"1"' } } };
      const cache = createHttpCache();
      await call(routes, [], { cache, dialect });
      return (await call(routes, [], { cache, dialect })).of("/a.mp3").length;
    },
    expected: [0, 1],
  },
  playPrefetch: {
    run: tried(
      { "/voice": xml("<Play>/a.mp3</Play><Play>/b.mp3</Play>"), "/a.mp3": mp3, "/b.mp3": mp3 },
      [],
      ({ record }) =>
        record.events
          .flatMap((event) => (event.kind === "heard" ? event.text : event.kind === "reply" ? event.request.kind : []))
          .join(" "),
    ),
    expected: ["voice media play:/a.mp3 media play:/b.mp3", "voice media media play:/a.mp3 play:/b.mp3"],
  },
  emptyRecording: {
    run: tried(
      { "/voice": xml('<Record action="/done"/><Say>Next.</Say>'), "/done": xml("<Say>Done.</Say>") },
      [{ kind: "record", durationSec: 0, endedBy: "silence" }],
      heard,
    ),
    expected: ["end-of-document Done.", "end-of-document Next."],
  },
  declinedDialStatus: {
    run: tried({ ...whisper, "/gone": xml("<Hangup/>") }, talked, ({ of }) => of("/done")[0]?.params.DialCallStatus),
    expected: ["completed", "no-answer"],
  },
  dialActionAfterHangup: {
    run: tried(whisper, [{ kind: "hangup" }], ({ of, record }) => [record.ended, of("/done")[0]?.params.CallStatus]),
    expected: [
      ["caller-hangup", undefined],
      ["caller-hangup", "completed"],
    ],
  },
  documentCap: {
    run: tried({ "/voice": xml("<Redirect>/voice</Redirect>") }, [], ({ record }) => [
      record.ended,
      record.documents.length,
    ]),
    expected: [
      ["simulator-cap", 200],
      ["apology", 50],
    ],
  },
  statusCallbackTiming: {
    run: tried(
      {
        "/voice": xml('<Record action="/done" recordingStatusCallback="/status"/>'),
        "/done": xml("<Redirect>/more</Redirect>"),
        "/more": xml(""),
        "/status": "",
      },
      [{ kind: "record", durationSec: 3, endedBy: "key" }],
      ({ paths }) => paths.join(" "),
    ),
    expected: ["/voice /status /done /more", "/voice /done /status /more", "/voice /done /more"],
  },
  preciseErrorCodes: {
    run: tried({ ...failing, "/next": failed(11210, "ENOTFOUND", "ct") }, one, fallbackParam("ErrorCode")),
    expected: ["11200", "11210"],
  },
};

describe("each answer to each question that Twilio leaves open is another behaviour", () => {
  test.each(Object.keys(experiments) as (keyof Dialect)[])("%s", async (question) => {
    const { run, expected } = experiments[question];
    const told = [];
    for (const answer of dialectAnswers[question]) told.push(await run({ [question]: answer }));
    expect(told).toEqual(expected);
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(dialectAnswers[question].length);
  });
});

/** A dialect that notes which questions were asked. */
function watched(): { dialect: Dialect; questions: Set<string> } {
  const questions = new Set<string>();
  const dialect = {};
  for (const [question, answer] of Object.entries(defaultDialect)) {
    const get = () => {
      questions.add(question);
      return answer;
    };
    Object.defineProperty(dialect, question, { get });
  }
  return { dialect: dialect as Dialect, questions };
}

/** In this process nobody looks at headers. */
async function questionsOf(routes: Record<string, string>, script: Caller): Promise<string[]> {
  const { dialect, questions } = watched();
  await call({}, script, {
    fullDialect: dialect,
    exchange: async ({ url }) => {
      const { pathname } = new URL(url);
      const body = routes[pathname];
      const type = pathname.endsWith(".mp3") ? "audio/mpeg" : "text/xml";
      return {
        kind: "answer",
        status: body === undefined ? 500 : 200,
        headers: { "content-type": type },
        body: body ?? "",
      };
    },
  });
  return [...questions].sort();
}

describe("a question is asked only where its answer matters", () => {
  test("a call without trouble asks none", async () => {
    const inside = "<Play>/a.mp3</Play><Say>Press.</Say>";
    const routes = {
      "/voice": xml(`<Gather action="/next">${inside}</Gather>`),
      "/next": xml('<Record action="/last"/>'),
      "/last": xml("<Say>Bye.</Say><Hangup/>"),
      "/a.mp3": "mp3",
    };
    const script: Caller = [...one, { kind: "record", durationSec: 3, endedBy: "key" }];
    expect(await questionsOf(routes, script)).toEqual([]);
  });

  test("a lost action request asks what the fallback request carries", async () => {
    const routes = { "/voice": xml('<Gather action="/next"/>'), "/fallback": xml("") };
    expect(await questionsOf(routes, one)).toEqual(["errorMessage", "errorUrl", "fallbackRepeatsParams"]);
  });

  test("a lost first request has no parameters that could be repeated", async () => {
    expect(await questionsOf({ "/fallback": xml("") }, [])).toEqual([
      "errorMessage",
      "errorUrl",
      "firstFallbackStatus",
    ]);
  });

  test("a recording that reports itself asks when", async () => {
    const routes = { "/voice": xml('<Record action="/b" recordingStatusCallback="/s"/>'), "/b": xml(""), "/s": "" };
    expect(await questionsOf(routes, [{ kind: "record", durationSec: 3, endedBy: "key" }])).toEqual([
      "statusCallbackTiming",
    ]);
  });
});

test("what is not given has its default, and getters stay getters", () => {
  let reads = 0;
  const given = {
    get playFailure(): "skip" {
      reads += 1;
      return "skip";
    },
  };
  const dialect = completeDialect(given);
  expect(reads).toBe(0);
  expect([dialect.playFailure, dialect.errorUrl, reads]).toEqual(["skip", "absolute", 1]);
  expect(completeDialect(dialect)).toBe(dialect);
  expect(completeDialect(undefined)).toEqual(defaultDialect);
});

test("a URL that cannot be parsed is passed on as it was written", () => {
  expect(errorUrlOf("http://:bad", { ...defaultDialect, errorUrl: "no-query" })).toBe("http://:bad");
});
