import { afterEach, expect, test } from "vitest";
import { loseAnswerAt } from "../../rehearsal/faults.ts";
import { drawLadder } from "../../rehearsal/ladder.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { account, audio, serve, type TwimlServer, xml } from "./twiml-server.ts";

const servers: TwimlServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

test("the ladder shows who was asked, what was heard, and where the call went over, within 110 columns", async () => {
  const seal = `k1.${"A".repeat(300)}`;
  const fallback = await serve({
    "/voice-fallback": xml("<Say>東京の予約は、月曜日の午前十時です。ありがとうございました。</Say>"),
  });
  const primary = await serve({
    "/voice/appointment": xml(
      `<Gather action="/voice/appointment/${seal}#rc=0"><Play>/media/${seal}/en/day.mp3</Play>` +
        `<Say>${"To book Monday, press 1. ".repeat(4)}</Say></Gather>`,
    ),
    [`/media/${seal}/en/day.mp3`]: audio,
    [`/voice/appointment/${seal}`]: xml("<Hangup/>"),
    "/status": { status: 204 },
  });
  servers.push(primary, fallback);
  const record = await placeCall({
    voiceUrl: `${primary.base}/voice/appointment`,
    fallbackUrl: `${fallback.base}/voice-fallback?flow=appointment`,
    statusCallbackUrl: `${primary.base}/status`,
    ...account,
    script: [{ kind: "digits", digits: "1" }],
    intercept: loseAnswerAt(1),
  });
  const ladder = drawLadder(record, (url) => (url.startsWith(fallback.base) ? "fallback" : "primary"));
  if (process.env.SHOW_LADDER === "1") console.log(ladder);
  const lines = ladder.split("\n");
  const columns = (line: string) =>
    [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff\uff00-\uff60]/.test(char) ? 2 : 1), 0);
  expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(110);
  expect(ladder).not.toContain("AAAA");
  expect(lines[0]).toMatch(/Caller +Twilio +Primary +Fallback/);
  const order = ["#0 voice /voice/appointment", "200 Gather", "(play:/media/en/day.mp3)", "presses 1", "#1 action"];
  order.push(
    "✗",
    "FAILOVER at #1: ErrorCode 11200",
    "#1 fallback /voice-fallback",
    "200 Say",
    "東京の予約は、",
    "call ended",
  );
  const positions = order.map((text) => ladder.indexOf(text));
  expect(positions.every((position) => position >= 0)).toBe(true);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(lines.at(-1)).toBe("end-of-document: 3 requests, 1 failover, 1 alert");
});

test("where the call went over is told without connection overrides, whether or not Twilio sends them along", () => {
  const errorUrl = `http://a.example/voice/survey/k1.${"A".repeat(300)}#ct=1000&rc=0`;
  const failover = { atMs: 5, kind: "failover", index: 1, errorCode: 11200, errorUrl } as const;
  const nothing = { heard: [], documents: [], requests: [], requestCount: 0, attemptCount: 0, alerts: [] };
  const ladder = drawLadder({ callSid: "CA1", ended: "hangup", ...nothing, events: [failover] }, () => "primary");
  expect(ladder).toContain("ErrorUrl http://a.example/voice/survey/… ═");
});
