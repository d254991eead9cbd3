/**
 * A turn: one webhook request and its one TwiML answer. All control flow of the product is in this file; what it
 * decides with (positions, plans, conditions) is pure and elsewhere.
 *
 *   request -> unseal -> [resume? find who is ahead] -> next() -> prompt() -> commit -> render TwiML
 *                                                       |                     |
 *                                                       + once: claim         + someone is ahead: adopt and replay
 */
import type { ParsedUrl } from "./action-url.ts";
import { type Answer, type DocumentAnswer, lastResort } from "./answer.ts";
import { answerAside, emptyDocument, isAside, silence, told } from "./aside.ts";
import { type Checkpoint, isAhead, travelsInUrl } from "./checkpoint.ts";
import type { Item } from "./checkpoint-store.ts";
import { askingVerb, documentAt, leavesFlow, stepOf, verbsAt } from "./document.ts";
import { endOf, takeEnd, wantsEnd } from "./ended.ts";
import type { Engine } from "./engine.ts";
import { describe, FlowError, PinUnreadableError } from "./errors.ts";
import { isPartialResult, verbIn, type YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import { findFile } from "./media.ts";
import { isAheadOf, keepResults, write } from "./move.ts";
import { openOutcome } from "./outcome.ts";
import { openBegin } from "./place-call.ts";
import { findBefore } from "./redial.ts";
import {
  adopted,
  askedAgain,
  isFirstDocument,
  planResume,
  type ResumePlan,
  replayedOnFallback,
  steppedDown,
} from "./resume.ts";
import { verbsFrom, yielding } from "./verbs.ts";
import type { VoiceRequest } from "./voice-request.ts";
import {
  effectsOf,
  inputOf,
  openItem,
  openUrl,
  ordinary,
  pinnedAnswer,
  spokenIn,
  type Webhook,
  webhookOf,
} from "./webhook.ts";
import { enterStep, firstTurn, leaveStep, type Work } from "./work.ts";

/** Takes the turn that a request to the voice webhook or an action URL asks for. `url` is the request's own. */
export function takeTurn(engine: Engine, request: VoiceRequest, url: ParsedUrl): Promise<Answer> {
  const sealed = openUrl(engine, request, url.sealed);
  const webhook = webhookOf(engine, request, sealed, [url]);
  return guarded(webhook, async () => {
    if (isAside(sealed)) return answerAside(webhook, sealed, false);
    if (url.kind === "aside") return told(webhook, silence);
    if (isPartialResult(request.params)) return told(webhook, emptyDocument);
    if (sealed === undefined && url.kind === "voice") return begin(webhook, { resumed: false, plain: false });
    if (sealed !== undefined && !sealed.positionOnly)
      return advance(webhook, ordinary(sealed, sealed.checkpoint, request));

    // The two cases in which an ordinary turn reads: data too large for a URL, and a checkpoint that is not ours.
    const read = await webhook.table.read();
    const stored = read.kind === "found" ? openItem(webhook, read.item) : undefined;
    const known = sealed?.checkpoint;
    if (stored === undefined || (known && stored.turn < known.turn)) return giveUp(webhook, "data not readable");
    if (sealed === undefined || isAhead(stored, sealed.checkpoint)) return replay(webhook, stored, known, false, false);
    return advance(webhook, ordinary(sealed, { ...sealed.checkpoint, data: stored.data }, request));
  });
}

/**
 * Resumes a call whose last request failed: the work of the fallback URL.
 *
 * @param own the fallback URL as it was asked; it names the flow in case nothing else does
 */
export function resumeTurn(engine: Engine, request: VoiceRequest, own: ParsedUrl): Promise<Answer> {
  const url = request.errorUrl === undefined ? undefined : engine.urls.parse(request.errorUrl);
  const sealed = openUrl(engine, request, url?.sealed);
  const webhook = webhookOf(engine, request, sealed, [url, own]);
  return guarded(webhook, async () => {
    // nothing of the call failed: it is where it was, and whoever waits or was called gets the plain text
    if (isAside(sealed)) return answerAside(webhook, sealed, true);
    if (url?.kind === "aside") return told(webhook, silence);
    // a called person's document, of which its URL tells no more: connected without it, rather than put into the flow
    if (sealed === undefined && request.parentCallSid !== undefined && url?.kind !== "voice")
      return told(webhook, emptyDocument);
    const read = await webhook.table.read();
    const unreadable = read.kind === "unavailable";
    const item = read.kind === "found" ? read.item : undefined;
    const stored = item && openItem(webhook, item);
    const plan = planResume({
      errorCode: request.errorCode ?? "",
      url,
      sealed,
      ringing: request.callStatus === "ringing",
      input: sealed === undefined ? undefined : inputOf(sealed, request),
      told: verbIn(request.params),
      pinnedTurns: item?.pins,
      stored,
      asks: (c) => askingVerb(engine, c),
      leaves: () => stored !== undefined && leavesFlow(engine, stored),
      pinned: (turn) => pinnedAnswer(webhook, item, turn),
      outcome: (turn) => openOutcome(engine.sealer, request.callSid, turn, item?.outcomes.get(turn)),
    });
    switch (plan.kind) {
      case "replay":
        return replay(webhook, plan.winner, sealed?.checkpoint, plan.plain, plan.spends);
      case "start":
        return begin(webhook, { resumed: true, plain: plan.plain });
      case "take":
        return advance(webhook, { ...plan, known: item, resumed: true });
      case "lost":
        return lost(webhook, plan.base, plan.verb, item, unreadable);
      case "ask":
        return ask(webhook, plan.base, plan.plain, unreadable);
      case "step-down":
        return stepDown(webhook, plan);
      case "last-resort":
        return lastResort(webhook, plan.reason);
    }
  });
}

/** The first turn of a call; one that we placed brings data. A flow that offers to go on where an earlier call was looks for one, which is a read more. */
async function begin(webhook: Webhook, options: { resumed: boolean; plain: boolean }): Promise<Answer> {
  const { engine, request, table } = webhook;
  const first = firstTurn(webhook.flow, spokenIn(webhook), options);
  const flow = engine.flows.get(webhook.flow);
  if (webhook.begin !== undefined) {
    const data = openBegin(engine, webhook.flow, webhook.begin);
    return data === undefined ? giveUp(webhook, "begin not readable") : advance(webhook, { ...first, begin: { data } });
  }
  const before = flow && (await findBefore(engine, request, flow, table));
  return advance(webhook, before === undefined ? first : { ...first, begin: { before } });
}

/** Leaves the step with the answer, commits where that leads, and gives the document found there. */
async function advance(webhook: Webhook, first: Work): Promise<Answer> {
  const { engine, request, table } = webhook;
  let work = first;
  for (let tries = 0; tries <= limits.pinsPerWebhookMax; tries++) {
    const { base, resumed } = work;
    if (base.turn >= limits.turnsMax) return giveUp(webhook, "turns spent");
    const effects = effectsOf(webhook, work);
    const next = await leaveStep(engine, request, work, effects.once).catch((error: unknown) => {
      if (effects.interruption() === undefined) throw error;
      return undefined;
    });
    const interruption = effects.interruption();
    if (interruption === undefined && effects.pending() > 0) {
      throw new FlowError(`step '${base.step}': next returned before its effects were done`);
    }
    await effects.settled();
    // rule 11: results are facts, not positions; whoever takes this turn next finds them
    if (interruption !== undefined && interruption.kind !== "unclaimed") await keepResults(table, effects);
    if (interruption?.kind === "unclaimed") return giveUp(webhook, "effect not claimed");
    if (interruption?.kind === "failed") return giveUp(webhook, interruption.reason);
    if (interruption?.kind === "fenced") return replayItem(webhook, interruption.item, base, resumed);
    if (interruption?.kind === "pinned") {
      work = pinnedWork(webhook, work, interruption.item);
      continue;
    }
    const led = interruption?.kind === "in-doubt" ? doubted(engine, work) : next;
    if (led === undefined) return giveUp(webhook, "effect in doubt");

    const commit = await write(webhook, base, led, { token: effects.pinToken() }, effects.effects);
    if (commit.kind === "unavailable" && commit.refused && engine.leg === "primary") {
      // somebody else has this turn, and only a reader of the table can tell who: the fallback tries
      return giveUp(webhook, "winning item unreadable");
    }
    const goesOn = stepOf(engine, led).step.next !== undefined;
    if (commit.kind === "unavailable" && goesOn && !travelsInUrl(led) && engine.leg === "primary") {
      // its URLs would carry a position that nobody finds the data of: the fallback has another way to the table
      await keepResults(table, effects);
      return giveUp(webhook, "data not saved");
    }
    if (commit.kind !== "refused") {
      // rule 10: nothing keeps a request that comes late from taking this turn after all, with the answer that was lost
      const unsure = led.unsure || (commit.kind === "unavailable" && work.input.kind === "lost");
      return give(webhook, { ...led, unsure }, resumed ? "resumed" : "answered", commit.kind);
    }
    const { item } = commit;
    if (!isAheadOf(item, base)) {
      // not ahead, and yet refused: a claim pinned the turn
      work = pinnedWork(webhook, work, item);
      continue;
    }
    await keepResults(table, effects);
    return replayItem(webhook, item, base, resumed);
  }
  return giveUp(webhook, "pinned again and again");
}

/** What follows when nothing tells the answer: ask again where that is harmless, else go on; never dial again. */
function lost(
  webhook: Webhook,
  base: Checkpoint,
  verb: YieldingVerb,
  known: Item | undefined,
  unreadable: boolean,
): Promise<Answer> {
  const asksAgain =
    verb !== "next" && yielding[verb].whenLost === "ask" && stepOf(webhook.engine, base).step.lost === undefined;
  if (asksAgain) return ask(webhook, base, false, unreadable);
  const unsure = base.unsure || unreadable;
  const input = { kind: "lost", verb } as const;
  return advance(webhook, { base: { ...base, unsure }, input, pinned: false, known, resumed: true, plain: false });
}

/** Gives the same document again because the caller's answer is lost. */
async function ask(webhook: Webhook, base: Checkpoint, plain: boolean, unreadable: boolean): Promise<Answer> {
  // rule 10: without the table nobody knows whether an effect of the lost turn happened
  const next = askedAgain(base, { unsure: unreadable, plain });
  const commit = await write(webhook, base, next, { token: undefined }, new Map());
  if (commit.kind === "written") return give(webhook, next, "resumed", commit.kind);
  if (commit.kind === "unavailable") return give(webhook, { ...next, unsure: true }, "resumed", commit.kind);
  if (isAheadOf(commit.item, base)) return replayItem(webhook, commit.item, base, true);
  // a claim came in between: rule 3
  const work: Work = { base, input: { kind: "nothing" }, pinned: false, known: undefined, resumed: true, plain };
  return advance(webhook, pinnedWork(webhook, work, commit.item));
}

/** Goes on with the document at the verb whose media failed, one rung down the ladder. */
async function stepDown(webhook: Webhook, plan: Extract<ResumePlan, { kind: "step-down" }>): Promise<Answer> {
  const { base, verb, file, host } = plan;
  const verbs = verbsAt(webhook.engine, base);
  const failed = verb ?? findFile(verbs, file, base.from) ?? base.from;
  const from = verbsFrom(verbs, Math.max(failed, base.from))[0]?.index ?? base.from;
  const next = steppedDown(base, from, host);
  const commit = await write(webhook, base, next, "any", new Map());
  if (commit.kind === "refused") return replayItem(webhook, commit.item, base, true);
  return give(webhook, next, "resumed", commit.kind);
}

/** Somebody is ahead: their document, and nothing is run. */
function replayItem(webhook: Webhook, item: Item, base: Checkpoint, onFallback: boolean): Answer {
  const winner = openItem(webhook, item);
  if (winner === undefined) return giveUp(webhook, "winning item unreadable");
  const returned = base.turn === 0 && !isFirstDocument(winner, base.flow, leavesFlow(webhook.engine, winner));
  // the primary does not count; the fallback does
  return returned ? giveUp(webhook, "came back to the voice URL") : replay(webhook, winner, base, false, onFallback);
}

function replay(
  webhook: Webhook,
  winner: Checkpoint,
  sealed: Checkpoint | undefined,
  plain: boolean,
  spends: boolean,
): Answer {
  const again = spends ? replayedOnFallback(winner, sealed, plain) : adopted(winner, sealed);
  return again === undefined ? giveUp(webhook, "resumes spent") : give(webhook, again, "replayed", "written");
}

function give(
  webhook: Webhook,
  c: Checkpoint,
  outcome: DocumentAnswer["outcome"],
  write: "written" | "unavailable",
): Answer {
  const twiml = documentAt(webhook.engine, webhook.request.callSid, c);
  const told = { checkpoint: c, saved: write === "written", reason: undefined, trouble: webhook.table.trouble() };
  return { kind: "document", twiml, outcome, ...told };
}

/** Law 1: the primary says that it failed; the fallback has the last resort. */
function giveUp(webhook: Webhook, reason: string): Answer {
  if (webhook.engine.leg === "fallback") return lastResort(webhook, reason);
  return { kind: "failed", checkpoint: webhook.at, reason, trouble: webhook.table.trouble() };
}

async function guarded(webhook: Webhook, work: () => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await work();
    await hearEnd(webhook, answer);
    return answer;
  } catch (error) {
    return giveUp(webhook, describe(error));
  }
}

/** Twilio makes the action request of a caller who has hung up, too: this may be the first that tells of the end. */
async function hearEnd({ engine, request, flow }: Webhook, answer: Answer): Promise<void> {
  const status = endOf(request);
  const ended = engine.flows.get(flow);
  if (status === undefined || ended === undefined || !wantsEnd(ended)) return;
  if (answer.kind === "document" && answer.outcome !== "aside") await takeEnd(engine, request, status, flow);
}

/** Where a `retry` effect that stays in doubt leads, if the step says so. */
function doubted(engine: Engine, work: Work): Checkpoint | undefined {
  const step = stepOf(engine, work.base).step.inDoubt;
  return step === undefined ? undefined : enterStep(engine, work, { step, data: {}, language: undefined });
}

/**
 * Rule 3: the same turn, with the answer that its claim pinned.
 *
 * @throws PinUnreadableError when the pinned answer cannot be opened: the turn can then not be completed by this leg
 */
function pinnedWork(webhook: Webhook, work: Work, item: Item): Work {
  const input = pinnedAnswer(webhook, item, work.base.turn);
  if (input === undefined) throw new PinUnreadableError(`turn ${work.base.turn}: its pinned answer cannot be opened`);
  return { ...work, input, pinned: true, known: item };
}
