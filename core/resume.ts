import type { ParsedUrl } from "./action-url.ts";
import { awayForGood, type Checkpoint, isAhead, type Leg, mediaRung, type SealedUrl } from "./checkpoint.ts";
import type { Input, YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import { stepDown } from "./media.ts";

/** What the fallback knows when it is asked. */
export interface Failure {
  readonly errorCode: string;
  /** what failed, read from ErrorUrl; undefined: not one of our URLs */
  readonly url: ParsedUrl | undefined;
  readonly sealed: SealedUrl | undefined;
  /** nobody has answered this call yet: no document of it was ever carried out */
  readonly ringing: boolean;
  /** the caller's answer, if Twilio repeated it in the fallback request */
  readonly input: Input | undefined;
  /** the verb whose answer Twilio repeated, as far as the parameters tell */
  readonly told: YieldingVerb | undefined;
  /** the turns that a claim has pinned, if the table could be read */
  readonly pinnedTurns: ReadonlyMap<number, unknown> | undefined;
  /** the item's checkpoint, opened; undefined when there is none or it cannot be read by this build */
  readonly stored: Checkpoint | undefined;
  /** the verb whose answer a document waits for, the last one if there are several */
  readonly asks: (c: Checkpoint) => YieldingVerb | undefined;
  /** does the stored document send the call out of the flow? */
  readonly leaves: () => boolean;
  /** the answer that a claim pinned at a turn, opened */
  readonly pinned: (turn: number) => Input | undefined;
  /** the outcome that a status callback stored for a turn, opened */
  readonly outcome: (turn: number) => Input | undefined;
}

/** How the call goes on. */
export type ResumePlan =
  /** the failed request had been answered: give the committed document again */
  | {
      readonly kind: "replay";
      readonly winner: Checkpoint;
      readonly plain: boolean;
      /** rule 5; and the call moves to this leg. Not for a step down, which does neither (rule 6) */
      readonly spends: boolean;
    }
  /** first webhook of the call */
  | { readonly kind: "start"; readonly plain: boolean }
  /** take the turn that failed */
  | {
      readonly kind: "take";
      readonly base: Checkpoint;
      readonly input: Input;
      readonly pinned: boolean;
      readonly plain: boolean;
    }
  /** the answer is lost: the step decides */
  | { readonly kind: "lost"; readonly base: Checkpoint; readonly verb: YieldingVerb }
  /** give the document again */
  | { readonly kind: "ask"; readonly base: Checkpoint; readonly plain: boolean }
  /** a media file failed: the document from that verb on, one rung down */
  | {
      readonly kind: "step-down";
      readonly base: Checkpoint;
      readonly verb: number | undefined;
      readonly file: string;
      /** whose media host failed */
      readonly host: Leg;
    }
  | { readonly kind: "last-resort"; readonly reason: string };

/**
 * Decides how a call goes on after a failed request: the table of the design, as one pure function.
 * Rules 1, 3, 4, 6 and 7 live here.
 */
export function planResume(failure: Failure): ResumePlan {
  const { url, sealed, stored } = failure;
  const media = url?.kind === "media";
  const plain = !media && isDocumentError(failure.errorCode);
  const known = sealed?.checkpoint;

  // a number's voice URL may be written with a port or a host that we do not know; while it rings, it is what failed
  const begins = url === undefined ? failure.ringing : url.kind === "voice" || url.kind === "fallback";
  if (known === undefined && begins) {
    // the voice URL carries no checkpoint: the first request was lost, or its answer
    if (stored === undefined) return { kind: "start", plain };
    // Twilio may have given this request up long ago, and the caller may be in the middle of what is stored: nothing is
    // moved. Only a call that left the flow and came back spends like any other, or it could go round for ever.
    if (!failure.leaves()) return replayOf(stored, plain);
  }
  // rule 1 and the first row: whoever is ahead has answered already
  if (known !== undefined && stored !== undefined && isAhead(stored, known)) return replayOf(stored, plain);
  // rule 7: without a sealed checkpoint only the table knows, and the input is not taken for its position
  const found = known ?? stored;
  if (found === undefined) return lastResort("no checkpoint");
  // rule 4: at the same position the sealed checkpoint wins; resumes are the larger of both
  const base = { ...found, resumes: Math.max(found.resumes, stored?.resumes ?? 0) };
  if (sealed?.positionOnly) {
    if (stored?.turn !== base.turn) return lastResort("position without data");
    return planFrom(failure, { ...base, data: stored.data }, plain);
  }
  return planFrom(failure, base, plain);
}

function planFrom(failure: Failure, base: Checkpoint, plain: boolean): ResumePlan {
  const { url, sealed, stored } = failure;
  // rule 6: the ladder is its own bound; only a failure below its last rung spends like any other
  if (url?.kind === "media" && base.rung < limits.mediaRungs) {
    // a lost answer to the same failure: that step down is already in the table
    if (stored?.turn === base.turn && stored.rung > base.rung)
      return { kind: "replay", winner: stored, plain, spends: false };
    return { kind: "step-down", base, verb: failedVerb(failure, base), file: url.file ?? "", host: url.leg };
  }
  if (resumesSpent(base) >= limits.resumesMax) return lastResort("resumes spent");
  if (base.attempt >= limits.attemptsMax) return lastResort("attempts spent");
  if (base.plain && plain) return lastResort("document fails in plain rendering too");

  // rule 3: a claim pins the answer, whatever the caller would say now
  if (failure.pinnedTurns?.has(base.turn)) {
    const pinned = failure.pinned(base.turn);
    if (pinned === undefined) return lastResort("pinned answer unreadable");
    return { kind: "take", base, input: pinned, pinned: true, plain };
  }
  // rule 7: the verb is known even where the answer cannot be: what was dialled is not dialled again
  const verb = sealed === undefined ? failure.asks(base) : answered(sealed.verb);
  if (verb === undefined || url?.kind === "media") return { kind: "ask", base, plain };
  // without a seal the document in the table may be one that nobody has heard: the answer to another verb led to it
  const { told } = failure;
  if (sealed === undefined && told !== undefined && verb !== told && verb !== "raw") return replayOf(base, plain);
  const input = failure.input ?? (verb === "gather" ? undefined : failure.outcome(base.turn));
  if (input !== undefined) return { kind: "take", base, input, pinned: false, plain };
  return { kind: "lost", base, verb };
}

function answered(verb: SealedUrl["verb"]): YieldingVerb | undefined {
  return verb === "play" || verb === "whisper" || verb === "wait" ? undefined : verb;
}

/**
 * May a request to the voice URL be answered with the stored document, at no cost? Only when it can be a repetition of
 * the call's first request. A call that left the flow and came back could otherwise go round for ever.
 */
export function isFirstDocument(stored: Checkpoint, flow: string | undefined, leaves: boolean): boolean {
  return stored.turn === 1 && stored.attempt === 0 && (flow === undefined || flow === stored.flow) && !leaves;
}

/** The verb whose media failed, as far as its URL tells; a dropped query leaves the file's name. */
function failedVerb({ url, sealed }: Failure, base: Checkpoint): number | undefined {
  if (sealed?.verb === "play") return sealed.index;
  const { place } = url ?? {};
  return place?.flow === base.flow && place.step === base.step ? place.index : undefined;
}

function replayOf(winner: Checkpoint, plain: boolean): ResumePlan {
  if (winner.plain && plain) return lastResort("document fails in plain rendering too");
  return { kind: "replay", winner, plain, spends: true };
}

/** Resumes that count: steps down the media ladder move the epoch but spend nothing (rule 6). */
export function resumesSpent(c: Checkpoint): number {
  return c.resumes - c.rung;
}

/** Failover is sticky: some turns at first, for good at the second time. */
export function awayAfter(c: Checkpoint): number {
  return resumesSpent(c) >= 1 ? awayForGood : limits.awayTurns;
}

/** The checkpoint with which the same document is given again after its answer was lost. */
export function askedAgain(base: Checkpoint, options: { unsure: boolean; plain: boolean }): Checkpoint {
  const { attempt, resumes, unsure } = base;
  const next = { attempt: attempt + 1, resumes: resumes + 1, unsure: unsure || options.unsure, plain: options.plain };
  return { ...base, ...next, away: awayAfter(base) };
}

/** The checkpoint with which the document goes on at verb `from` after its media failed. Moves no leg (rule 6). */
export function steppedDown(base: Checkpoint, from: number, host: Leg): Checkpoint {
  const rung = stepDown(mediaRung(base, host));
  // the epoch moves by as many rungs, so that `resumesSpent` stays what it was
  return { ...base, resumes: base.resumes + rung - base.rung, rung, from };
}

/**
 * A committed document given again to a fallback request spends one resume, carried in its URLs (rule 5).
 *
 * @returns undefined when the budget is spent
 */
export function replayedOnFallback(
  winner: Checkpoint,
  sealed: Checkpoint | undefined,
  plain: boolean,
): Checkpoint | undefined {
  const c = adopted(winner, sealed);
  const again = { ...c, away: awayAfter(c), resumes: Math.max(c.resumes, (sealed?.resumes ?? 0) + 1), plain };
  return resumesSpent(again) > limits.resumesMax ? undefined : again;
}

/** Adoption takes the larger number of resumes (rule 4). */
export function adopted(winner: Checkpoint, sealed: Checkpoint | undefined): Checkpoint {
  return { ...winner, resumes: Math.max(winner.resumes, sealed?.resumes ?? 0) };
}

/** The document was fetched but could not be executed: 11100 invalid URL, 11750 too large, 12xxx and 13xxx. [D errors] */
function isDocumentError(errorCode: string): boolean {
  return (/^1[23]\d{3}$/.test(errorCode) && errorCode !== "12400") || errorCode === "11750" || errorCode === "11100";
}

function lastResort(reason: string): ResumePlan {
  return { kind: "last-resort", reason };
}
