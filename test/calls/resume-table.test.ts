import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import { resumeDialects } from "../../rehearsal/dialect.ts";
import { all, failMediaAt, loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { effectsOf, lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

const questions = (call: CallRecord) => call.heard.filter((line) => line.includes("?"));
const fallbackRequests = (call: CallRecord) => call.requests.filter(({ isFallback }) => isFallback);
/** Twilio fetched this document and could not execute it: the body is cut on the way, after the primary committed. */
const cutDocument =
  (index: number): Intercept =>
  async (request, send) => {
    const reply = await send();
    if (request.index !== index || request.isFallback || request.kind === "media" || request.kind === "status")
      return reply;
    return reply.kind === "answer" ? { ...reply, body: reply.body.slice(0, -12) } : reply;
  };

describe.each(resumeDialects)("when $name", ({ dialect }) => {
  const repeats = dialect.fallbackRepeatsParams === true;

  test("the primary answered, the answer was lost: the committed document is replayed, the caller is not asked again", async () => {
    const call = await place(stack, "four", { dialect, intercept: loseAnswerAt(2) });
    expect(questions(call)).toEqual([
      "color?",
      "color 2, book?",
      expect.stringMatching(/^color 2, told R-\w+, last\?$/),
    ]);
    expect(effectsOf(stack, call)).toEqual(["book"]);
    expect(call.ended).toBe("hangup");
  });

  test("the request never took effect: taken now if its input came along, else asked again", async () => {
    const call = await place(stack, "four", { dialect, intercept: loseRequestAt(2) });
    const again = repeats ? [] : ["color 2, book? again"];
    const last = expect.stringMatching(/^color 2, told R-\w+, last\?$/);
    expect(questions(call)).toEqual(["color?", "color 2, book?", ...again, last]);
    expect(effectsOf(stack, call)).toEqual(["book"]);
  });

  test("silence is never lost: the way on from it needs no parameters", async () => {
    const answers = [
      [/book\?.*book\?/, "0"],
      [/color\?/, "silence"],
      [/last\?/, "1"],
    ] as const;
    const silent = await place(stack, "four", { dialect, answers, intercept: loseRequestAt(1) });
    expect(questions(silent).slice(0, 2)).toEqual(["color?", "color?"]);
    expect(fallbackRequests(silent)).toHaveLength(1);
  });

  test("a lost dial or recording outcome is taken from its status callback; the number is not dialled again", async () => {
    const dialled = await place(stack, "outcomes", { dialect, intercept: loseRequestAt(1) });
    expect(lastWords(dialled)).toMatch(/^dial no-answer, recorded http\S+, bye$/);
    expect(dialled.heard.filter((line) => line === "calling")).toHaveLength(1);
    const recorded = await place(stack, "outcomes", { dialect, intercept: loseRequestAt(2) });
    expect(lastWords(recorded)).toMatch(/^dial no-answer, recorded http\S+, bye$/);
    expect(recorded.heard.filter((line) => line.includes("speak"))).toHaveLength(1);
  });

  test("no status callback either: the call goes on after a dial, and a recording is asked for again", async () => {
    const silent = { ...dialect, statusCallbackTiming: "never" } as const;
    const dialled = await place(stack, "outcomes", { dialect: silent, intercept: loseRequestAt(1) });
    expect(lastWords(dialled)).toMatch(repeats ? /^dial no-answer,/ : /^dial lost,/);
    expect(dialled.heard.filter((line) => line === "calling")).toHaveLength(1);
    const recorded = await place(stack, "outcomes", { dialect: silent, intercept: loseRequestAt(2) });
    expect(recorded.heard.filter((line) => line.includes("speak"))).toHaveLength(repeats ? 1 : 2);
    expect(lastWords(recorded)).toMatch(/recorded http/);
  });

  test("a media file of a verb fails: the document goes on at that verb, one rung down, for the rest of the call", async () => {
    const [menu, connecting, voicemail, thanks] = ["menu", "connecting", "voicemail", "thanks"];
    const once = await place(stack, "front-desk", { dialect, intercept: failMediaAt(1) });
    expect(once.heard).toEqual([
      `play:/media/en/front-desk-${menu}.mp3`,
      `play:/prompts/en/front-desk-${connecting}.mp3`,
      `play:/prompts/en/front-desk-${voicemail}.mp3`,
      `play:/prompts/en/front-desk-${thanks}.mp3`,
    ]);
    const twice = await place(stack, "front-desk", { dialect, intercept: all(failMediaAt(1), failMediaAt(2)) });
    expect(twice.heard.slice(1, 2)).toEqual(["One moment, please. We are connecting you."]);
    expect(twice.heard.join()).not.toMatch("/prompts/");
    for (const call of [once, twice]) {
      expect(call.ended).toBe("hangup");
      expect(effectsOf(stack, call)).toEqual(["voicemail"]);
      // the call stays on the primary: only the fallback URL itself was asked over there
      const actions = call.requests.filter(({ kind }) => kind === "action");
      expect(actions.every(({ url }) => url.startsWith(stack.primary.baseUrl))).toBe(true);
    }
  });

  test("a file inside a question fails before any of it is heard: the whole question is heard, once", async () => {
    const answers = [
      [/not-understood/, "2"],
      [/front-desk-menu/, "9"],
      [/voicemail/, "record:3"],
    ] as const;
    const call = await place(stack, "front-desk", { dialect, answers, intercept: failMediaAt(2) });
    expect(call.heard.slice(0, 4)).toEqual([
      "play:/media/en/front-desk-menu.mp3",
      "play:/prompts/en/not-understood.mp3",
      "play:/prompts/en/front-desk-menu.mp3",
      "play:/prompts/en/front-desk-voicemail.mp3",
    ]);
  });

  test("a file that fails after an earlier one was heard: the earlier one is not heard again", async () => {
    const call = await place(stack, "outcomes", { dialect, intercept: failMediaAt(0) });
    expect(call.heard.slice(0, 2)).toEqual(["calling", "play:/prompts/en/front-desk-connecting.mp3"]);
    expect(lastWords(call)).toMatch(/dial no-answer/);
  });

  test("the document itself cannot be executed: the same in plain rendering, and the call goes on", async () => {
    const call = await place(stack, "four", { dialect, intercept: cutDocument(1) });
    expect(call.alerts).toMatchObject([{ errorCode: 12100 }]);
    // plain: the prompt's text alternative instead of its file
    expect(call.heard.slice(0, 4)).toEqual([expect.stringMatching(/^play:/), "color?", "la la", "color 2, book?"]);
    expect(lastWords(call)).toMatch(/told R-\w+, bye/);
    expect(effectsOf(stack, call)).toEqual(["book"]);
  });

  test("the first webhook of the call is lost, before or after it took effect: the flow starts on the fallback", async () => {
    for (const intercept of [loseRequestAt(0), loseAnswerAt(0)]) {
      const call = await place(stack, "appointment", { dialect, intercept });
      expect(call.requests[0]).toMatchObject({ kind: "voice", outcome: { kind: "failed" } });
      expect(lastWords(call)).toMatch(/Monday is yours/);
      expect(effectsOf(stack, call)).toEqual(["book"]);
    }
  });

  test("the budget is spent: the caller gets the flow's last resort, and nothing is asked any more", async () => {
    // every request that is not the fallback's own is lost
    const deaf: Intercept = (request, send) =>
      request.isFallback || request.kind === "media" || request.kind === "status"
        ? send()
        : loseRequestAt(request.index)(request, send);
    const call = await place(stack, "four", { dialect: { ...dialect, fallbackRepeatsParams: false }, intercept: deaf });
    expect(lastWords(call)).toBe("last resort");
    expect(call.ended).toBe("hangup");
    expect(fallbackRequests(call).length).toBeLessThanOrEqual(limits.resumesMax + 1);
  });
});

test.each(["action", "next-verb"] as const)(
  "a caller who leaves an empty message is not cut off (an empty recording: %s)",
  async (emptyRecording) => {
    const answers = [
      [/menu/, "2"],
      [/voicemail/, "record:0"],
    ] as const;
    const call = await place(stack, "front-desk", { answers, dialect: { emptyRecording } });
    expect(call.ended).toBe("hangup");
    expect(lastWords(call)).toMatch(emptyRecording === "action" ? /front-desk-thanks/ : /^Thank you for calling/);
  },
);

describe("a failure of something that is not ours, in a call that nobody knows", () => {
  const failed = { kind: "failed", errorCode: 11200, detail: "lost" } as const;

  async function callElsewhere(answer: (index: number) => Awaited<ReturnType<Intercept>>) {
    const { authToken, accountSid } = stack;
    const { placeCall } = await import("../../rehearsal/place-call.ts");
    return placeCall({
      voiceUrl: "https://elsewhere.example.com/twiml",
      fallbackUrl: stack.flows.appointment?.fallbackUrl ?? "",
      authToken,
      accountSid,
      script: [],
      intercept: async (request, send) =>
        new URL(request.url).hostname === "elsewhere.example.com" ? answer(request.index) : send(),
    });
  }

  test("while it rings: the flow that the number names begins", async () => {
    const call = await callElsewhere(() => failed);
    expect(call.heard[0]).toBe("play:/prompts/en/appointment-day.mp3");
  });

  test("in the middle: the last resort of the flow that the number names", async () => {
    const body = "<Response><Say>Elsewhere.</Say><Redirect>https://elsewhere.example.com/next</Redirect></Response>";
    const headers = { "content-type": "text/xml" };
    const call = await callElsewhere((index) =>
      index === 0 ? { kind: "answer", status: 200, headers, body } : failed,
    );
    expect(call.heard.slice(0, 2)).toEqual(["Elsewhere.", "We are sorry. Please hold for a person."]);
  });
});
