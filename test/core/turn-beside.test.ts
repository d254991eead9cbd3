import { describe, expect, test } from "vitest";
import { silence } from "../../core/aside.ts";
import { defineFlow, type Flow, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import { enqueue, gather, hangup, say, wait } from "../../core/verb-builders.ts";
import { action, twoLegs } from "../support/legs.ts";

type Step = "ask" | "queue" | "end";
interface Data {
  readonly color: string;
}
const parent = { ParentCallSid: `CA${"8".repeat(32)}` };
const over = { CallStatus: "completed" };

/** A question, then a queue; each end of a call is told once. */
function queueing() {
  const ends: string[] = [];
  const flow: Flow = defineFlow<Step, Data>({
    name: "queueing",
    start: "ask",
    data: { color: "none" },
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("color?"))],
        next: ({ input }) => goTo("queue", { color: input.kind === "digits" ? input.digits : "none" }),
      },
      queue: {
        prompt: () => [enqueue("support", { wait: wait([say("please hold")]) })],
        next: () => goTo("end"),
      },
      end: { prompt: () => [say("bye"), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
    ended: async ({ step, data }) => void ends.push(`${step} ${data.color}`),
  });
  return { legs: twoLegs(flow), ends };
}

async function inQueue() {
  const { legs, ends } = queueing();
  const queued = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const url = (/waitUrl="([^"]+)"/.exec(queued.twiml)?.[1] ?? "").replaceAll("&amp;", "&");
  return { legs, ends, url };
}

describe("a document beside the call", () => {
  test("whose URL lost its query is silence, and not the call's own document", async () => {
    const { legs, url } = await inQueue();
    const away = await legs.fail(url);
    expect(away.said).toEqual(["please hold"]);
    const bare = "https://fallback.example.com/voice-aside";
    expect((await legs.ask(bare)).twiml).toBe(silence);
    expect((await legs.fail(bare)).twiml).toBe(silence);
  });

  test("tells nothing of the call's end: its number's status callback will", async () => {
    const { legs, ends, url } = await inQueue();
    expect((await legs.ask(url, over)).said).toEqual(["please hold"]);
    expect(ends).toEqual([]);
    await legs.ends("primary");
    expect(ends).toEqual(["queue 1"]);
  });
});

describe("the last answer of a caller who has hung up", () => {
  test("belongs to the call's end: a primary that could not take the turn leaves both to the fallback", async () => {
    const { legs, ends } = queueing();
    const asked = await legs.ask(legs.voiceUrl);
    const { commit } = legs.primary.store;
    legs.primary.store.commit = async () => ({ kind: "unavailable", reason: "winner unread", refused: true });
    const failed = await legs.ask(action(asked), { Digits: "1", ...over });
    expect(failed.answer).toMatchObject({ kind: "failed", reason: "winning item unreadable" });
    expect(ends).toEqual([]);
    legs.primary.store.commit = commit;
    await legs.fail(action(asked), { Digits: "1", ...over });
    expect(ends).toEqual(["queue 1"]);
  });

  test("of a flow that nobody knows has the last resort, with the reason that it would have had in mid-call", async () => {
    const { legs } = queueing();
    const { answer } = await legs.failAt("https://fallback.example.com/voice-fallback", "https://elsewhere/x", over);
    expect(answer).toMatchObject({ outcome: "last-resort", reason: "no checkpoint" });
  });
});

describe("a call that another call dialled, and that has a flow of its own", () => {
  test("is a call like any other: its answer is taken by the fallback", async () => {
    const { legs } = queueing();
    const asked = await legs.ask(legs.voiceUrl, parent);
    expect((await legs.fail(action(asked), { Digits: "1", ...parent })).twiml).toContain("<Enqueue");
  });

  test("is begun by the fallback when its first request is lost: a resume, on the fallback leg", async () => {
    const { legs } = queueing();
    const begun = await legs.fail(legs.voiceUrl, parent);
    expect(begun.said).toEqual(["color?"]);
    expect(begun.answer.checkpoint).toMatchObject({ turn: 1, resumes: 1, away: limits.awayTurns });
    expect(action(begun)).toMatch(/^https:\/\/fallback\.example\.com\//);
  });
});
