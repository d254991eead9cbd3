import { expect, test } from "vitest";
import { loseAnswerAt } from "../../../rehearsal/faults.ts";
import { failed } from "../../../rehearsal/reply.ts";
import { base, call, mp3, type Routes, xml } from "./in-memory.ts";

const one = [{ kind: "digits" as const, digits: "1" }];
const menu: Routes = { "/voice": xml('<Gather action="/next"/>'), "/fallback": xml("<Say>Saved.</Say>") };

test("9: a call is the same each time that it is placed in virtual time", async () => {
  const routes: Routes = {
    "/voice": xml('<Play>/a.mp3</Play><Record action="/next" recordingStatusCallback="/status"/>'),
    "/a.mp3": mp3,
    "/status": "",
    "/next": { status: 500 },
    "/fallback": xml("<Dial>+15005550003</Dial>"),
  };
  const place = () => call(routes, [{ kind: "record", durationSec: 5, endedBy: "key" }]);
  const [first, second] = [await place(), await place()];
  expect(second.record).toEqual(first.record);
  expect(second.asked).toEqual(first.asked);
});

test("9: faults may hit one attempt only, so that retries can be tried", async () => {
  const routes = {
    ...menu,
    "/voice": xml('<Gather action="/next#rc=2&amp;rp=all"/>'),
    "/next": xml("<Say>Two.</Say>"),
  };
  const { record, of } = await call(routes, one, { intercept: loseAnswerAt(1, { attempts: [0, 1] }) });
  expect([record.heard, of("/next").length]).toEqual([["Two."], 3]);
});

test("9: what is asked of the fallback is the standard parameters with ErrorCode and ErrorUrl alone", async () => {
  const { of } = await call({ ...menu, "/next": { status: 500 } }, one);
  const standard = Object.keys(of("/voice")[0]?.params ?? {});
  expect(Object.keys(of("/fallback")[0]?.params ?? {}).sort()).toEqual([...standard, "ErrorCode", "ErrorUrl"].sort());
});

test("9: the rehearsal's own cap is no error of Twilio", async () => {
  const { record } = await call({ "/voice": xml("<Redirect>/voice</Redirect>") }, [], { documentsMax: 3 });
  expect([record.ended, record.alerts]).toEqual(["simulator-cap", []]);
});

test("9: timeouts take virtual time, so that the caller's silence can be told", async () => {
  let nowMs = 0;
  const { record } = await call({}, [], {
    nowMs: () => nowMs,
    exchange: async (request) => {
      const lost = request.url === `${base}/voice`;
      if (lost) nowMs += request.readTimeoutMs;
      const answer = { status: 200, headers: { "content-type": "text/xml" }, body: xml("<Say>Saved.</Say>") };
      return lost ? failed(11205, "read timeout", "rt") : { kind: "answer", ...answer };
    },
  });
  expect(record.heard).toEqual(["Saved."]);
  expect(record.events.find(({ kind }) => kind === "heard")?.atMs).toBe(15_000);
});
