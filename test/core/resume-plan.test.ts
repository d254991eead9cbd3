import { describe, expect, test } from "vitest";
import type { ParsedUrl } from "../../core/action-url.ts";
import { awayForGood, type SealedUrl } from "../../core/checkpoint.ts";
import type { Input } from "../../core/input.ts";
import { limits } from "../../core/limits.ts";
import { awayAfter, type Failure, isFirstDocument, planResume, replayedOnFallback } from "../../core/resume.ts";
import { checkpointAt } from "./call.ts";

const one: Input = { kind: "digits", digits: "1" };
const action: ParsedUrl = { kind: "action", leg: "primary", flow: "appointment" };
const media: ParsedUrl = { kind: "media", leg: "primary", file: "en/hello.mp3" };
const here = checkpointAt({ attempt: 0, resumes: 0 });
const nobodyKnows: Pick<Failure, "pinnedTurns" | "stored" | "asks" | "leaves" | "pinned" | "outcome"> = {
  pinnedTurns: undefined,
  stored: undefined,
  asks: () => "gather",
  leaves: () => false,
  pinned: () => undefined,
  outcome: () => undefined,
};

const sealedAt = (over: Partial<SealedUrl> = {}): SealedUrl => {
  return { checkpoint: here, positionOnly: false, verb: "gather", index: 1, ...over };
};

/** The request of a question's action URL failed, and nothing of the answer came along. */
const plan = (over: Partial<Failure>) =>
  planResume({
    errorCode: "11200",
    url: action,
    sealed: sealedAt(),
    ringing: false,
    input: undefined,
    told: undefined,
    ...nobodyKnows,
    ...over,
  });

const plainOf = (errorCode: string) => {
  const plan1 = plan({ errorCode, input: one });
  return plan1.kind === "take" ? plan1.plain : plan1.kind;
};

describe("the caller's answer", () => {
  test("is taken when Twilio repeats it, and asked for when it does not", () => {
    expect(plan({ input: one })).toEqual({ kind: "take", base: here, input: one, pinned: false, plain: false });
    expect(plan({})).toEqual({ kind: "lost", base: here, verb: "gather" });
  });

  test("to a question is never what a status callback told of another verb of the turn", () => {
    const stored: Input = { kind: "recording", url: "https://api.twilio.com/r", durationSec: 3, endedBy: "key" };
    expect(plan({ outcome: () => stored })).toMatchObject({ kind: "lost", verb: "gather" });
    const recorded = plan({ sealed: sealedAt({ verb: "record" }), outcome: () => stored });
    expect(recorded).toEqual({ kind: "take", base: here, input: stored, pinned: false, plain: false });
  });

  test("that a claim pinned and nobody can read leaves the last resort, not a guess", () => {
    const pinnedTurns = new Map([[here.turn, "pin"]]);
    const unreadable = plan({ pinnedTurns, input: one });
    expect(unreadable).toEqual({ kind: "last-resort", reason: "pinned answer unreadable" });
    expect(plan({ pinnedTurns, pinned: () => one })).toMatchObject({ kind: "take", input: one, pinned: true });
  });

  test.each(["play", "whisper", "wait"] as const)("is none to a URL of a %s: the document is given again", (verb) => {
    expect(plan({ sealed: sealedAt({ verb }), input: one })).toEqual({ kind: "ask", base: here, plain: false });
  });

  test("belongs to the verb that the URL names, whatever other parameters look like", () => {
    expect(plan({ told: "dial" })).toEqual({ kind: "lost", base: here, verb: "gather" });
  });
});

describe("without a sealed checkpoint", () => {
  const bare: Partial<Failure> = { sealed: undefined, url: { kind: "action", leg: "fallback" }, stored: here };

  test("and with an empty table there is only the last resort, unless the call's first request failed", () => {
    expect(plan({ ...bare, stored: undefined })).toEqual({ kind: "last-resort", reason: "no checkpoint" });
    for (const url of [undefined, action, media]) {
      expect(plan({ sealed: undefined, url })).toEqual({ kind: "last-resort", reason: "no checkpoint" });
    }
    for (const kind of ["voice", "fallback"] as const) {
      const started = plan({ sealed: undefined, url: { kind, leg: "primary" } });
      expect(started).toEqual({ kind: "start", plain: false });
    }
  });

  test("an address that is none of ours still leads to where the table stands", () => {
    expect(plan({ ...bare, url: undefined })).toEqual({ kind: "lost", base: here, verb: "gather" });
    const garbled = plan({ ...bare, url: undefined, asks: () => undefined, errorCode: "12100" });
    expect(garbled).toEqual({ kind: "ask", base: here, plain: true });
  });

  test("the answer to another verb tells that the document in the table was never heard, but for a raw verb", () => {
    const heard = plan({ ...bare, told: "dial" });
    expect(heard).toEqual({ kind: "replay", winner: here, plain: false, spends: true });
    expect(plan({ ...bare, told: "gather" })).toMatchObject({ kind: "lost", verb: "gather" });
    // a raw verb may be any: its parameters say nothing
    expect(plan({ ...bare, told: "dial", asks: () => "raw" })).toEqual({ kind: "lost", base: here, verb: "raw" });
  });

  test("a file that failed below the last rung is asked around, whatever the document waits for", () => {
    const stored = checkpointAt({ attempt: 0, resumes: limits.mediaRungs, rung: 2 });
    const asked = plan({ sealed: undefined, url: media, stored, input: one });
    expect(asked).toEqual({ kind: "ask", base: stored, plain: false });
  });
});

describe("a URL that carries the position alone", () => {
  const data = { day: "Monday" };
  const sealed = sealedAt({ positionOnly: true, checkpoint: { ...here, data: {} } });

  test("takes its data from the table when the table stands at the same turn", () => {
    const taken = plan({ sealed, input: one, stored: { ...here, data } });
    expect(taken).toEqual({ kind: "take", base: { ...here, data }, input: one, pinned: false, plain: false });
  });

  test("leads to the last resort when the data cannot be read, and is not gone on with without", () => {
    const reason = "position without data";
    expect(plan({ sealed, input: one })).toEqual({ kind: "last-resort", reason });
    const behind = checkpointAt({ turn: 2, attempt: 0, resumes: 0, data });
    expect(plan({ sealed, input: one, stored: behind })).toEqual({ kind: "last-resort", reason });
  });
});

describe("a media file that failed", () => {
  const sealed = sealedAt({ verb: "play", index: 4 });

  test("is stepped over at the verb that its URL names", () => {
    const down = plan({ url: media, sealed });
    expect(down).toEqual({ kind: "step-down", base: here, verb: 4, file: "en/hello.mp3", host: "primary" });
  });

  test("is found by name and place when its URL names no verb of this document", () => {
    const at = (place: ParsedUrl["place"]) => {
      const url = place === undefined ? media : { ...media, place };
      const down = plan({ url, sealed: undefined, stored: here });
      return down.kind === "step-down" ? down.verb : down.kind;
    };
    expect(at(undefined)).toBeUndefined();
    expect(at({ flow: here.flow, step: here.step, index: 7 })).toBe(7);
    expect(at({ flow: here.flow, step: "chooseDay", index: 7 })).toBeUndefined();
    expect(at({ flow: "survey", step: here.step, index: 7 })).toBeUndefined();
  });

  test("whose step down is in the table already is answered with that document, for free", () => {
    const stored = { ...here, rung: 1, resumes: 1 } as const;
    const again = plan({ url: media, sealed, stored });
    expect(again).toEqual({ kind: "replay", winner: stored, plain: false, spends: false });
    // one of an earlier turn is another document
    const earlier = plan({ url: media, sealed, stored: { ...stored, turn: here.turn - 1 } });
    expect(earlier).toMatchObject({ kind: "step-down", base: { turn: here.turn, rung: 0 } });
  });

  test("below the last rung leaves the rest of the document, which is as well as it was", () => {
    const checkpoint = checkpointAt({ attempt: 0, resumes: limits.mediaRungs, rung: 2 });
    const failed = plan({ url: media, sealed: { ...sealed, checkpoint } });
    expect(failed).toEqual({ kind: "ask", base: checkpoint, plain: false });
    // 12300 of a file is about the file, not about the document
    const wrongType = plan({ url: media, sealed: { ...sealed, checkpoint }, errorCode: "12300" });
    expect(wrongType).toEqual({ kind: "ask", base: checkpoint, plain: false });
  });

  test("does not have its own seal read as a question that waits for an answer", () => {
    const checkpoint = checkpointAt({ attempt: 0, resumes: limits.mediaRungs, rung: 2 });
    // the same seal, come back in another kind of URL
    expect(plan({ sealed: { ...sealed, checkpoint } })).toEqual({ kind: "ask", base: checkpoint, plain: false });
  });
});

describe("what was wrong with the document", () => {
  test.each(["12100", "12200", "12999", "13520", "11750", "11100"])("%s makes the next one plain", (errorCode) => {
    expect(plainOf(errorCode)).toBe(true);
  });

  test.each(["11200", "11205", "12400", "14101", "112100", "121000", "12", "12abc", ""])(
    "%s says nothing against the document",
    (errorCode) => {
      expect(plainOf(errorCode)).toBe(false);
    },
  );

  test("is tried in plain rendering once, whether asked again or given again", () => {
    const reason = "document fails in plain rendering too";
    const checkpoint = { ...here, plain: true };
    expect(plan({ sealed: sealedAt({ checkpoint }), errorCode: "12100" })).toEqual({ kind: "last-resort", reason });
    const winner = { ...here, turn: here.turn + 1, plain: true };
    expect(plan({ stored: winner, errorCode: "12100" })).toEqual({ kind: "last-resort", reason });
    // each alone is no reason
    expect(plan({ sealed: sealedAt({ checkpoint }), input: one })).toMatchObject({ kind: "take", plain: false });
    expect(plan({ stored: winner })).toEqual({ kind: "replay", winner, plain: false, spends: true });
    expect(plan({ input: one, errorCode: "12100" })).toMatchObject({ kind: "take", plain: true });
  });
});

describe("the budget of a call", () => {
  test("is attempts in a turn and resumes in the call, to the last one", () => {
    const at = (over: Parameters<typeof checkpointAt>[0]) =>
      plan({ sealed: sealedAt({ checkpoint: checkpointAt(over) }) });
    expect(at({ attempt: 0, resumes: limits.resumesMax - 1 }).kind).toBe("lost");
    expect(at({ attempt: 0, resumes: limits.resumesMax })).toEqual({ kind: "last-resort", reason: "resumes spent" });
    expect(at({ attempt: limits.attemptsMax - 1, resumes: 0 }).kind).toBe("lost");
    expect(at({ attempt: limits.attemptsMax, resumes: 0 })).toEqual({ kind: "last-resort", reason: "attempts spent" });
  });

  test("is spent by replays too, to the last one", () => {
    const winner = checkpointAt({ turn: 4, attempt: 0, resumes: 0 });
    const from = (resumes: number) => replayedOnFallback(winner, { ...here, resumes }, false);
    expect(from(limits.resumesMax - 1)).toMatchObject({ turn: 4, resumes: limits.resumesMax });
    expect(from(limits.resumesMax)).toBeUndefined();
  });

  test("is what a call stays away for: some turns at first, for good the second time", () => {
    expect(awayAfter(checkpointAt({ resumes: 0 }))).toBe(limits.awayTurns);
    expect(awayAfter(checkpointAt({ resumes: 1 }))).toBe(awayForGood);
    expect(awayAfter(checkpointAt({ resumes: 2 }))).toBe(awayForGood);
    // steps down the media ladder are no resumes
    expect(awayAfter(checkpointAt({ resumes: 2, rung: 2 }))).toBe(limits.awayTurns);
  });
});

describe("a request to the voice URL of a call that is under way", () => {
  const first = checkpointAt({ turn: 1, attempt: 0 });

  test("may be the first one again: it costs nothing", () => {
    expect(isFirstDocument(first, "appointment", false)).toBe(true);
    expect(isFirstDocument(first, undefined, false)).toBe(true);
  });

  test.each([
    ["the call is in its second turn", { turn: 2 }, "appointment", false],
    ["the first document was asked again", { attempt: 1 }, "appointment", false],
    ["the URL is that of another flow", {}, "survey", false],
    ["the document sends the call elsewhere, so it may come back for ever", {}, "appointment", true],
  ] as const)("is none when %s", (_, over, flow, leaves) => {
    expect(isFirstDocument({ ...first, ...over }, flow, leaves)).toBe(false);
  });
});

describe("a number whose voice URL is not as we know it (another port, another host)", () => {
  const unknown = { url: undefined, sealed: undefined };

  test("begins at the flow's start while it rings: nothing of the call can have been heard", () => {
    expect(plan({ ...unknown, ringing: true })).toEqual({ kind: "start", plain: false });
    expect(plan({ ...unknown, ringing: true, errorCode: "12100" })).toEqual({ kind: "start", plain: true });
  });

  test("is given the first document again when it was committed and lost", () => {
    const stored = checkpointAt({ turn: 1, attempt: 0, resumes: 0 });
    expect(plan({ ...unknown, ringing: true, stored })).toMatchObject({ kind: "replay", winner: stored });
  });

  test("is never begun anew in the middle: an app to which the call was sent may have failed", () => {
    expect(plan(unknown)).toEqual({ kind: "last-resort", reason: "no checkpoint" });
  });
});
