import { type Checkpoint, isAhead, type Leg, parseJson } from "./checkpoint.ts";
import type { Item, StoredEffect, StoredPin } from "./checkpoint-store.ts";
import { type Clock, within } from "./clock.ts";
import { describe, EffectTimeoutError, FlowError, KeyRefusedError } from "./errors.ts";
import type { Input } from "./input.ts";
import { limits } from "./limits.ts";
import { type Outbox, outboxOf } from "./outbox.ts";
import type { Sealer } from "./seal.ts";
import type { Table } from "./table.ts";

/** The value of a `give-up` effect of which nobody knows whether it happened. */
export const inDoubt: unique symbol = Symbol("in doubt");
export type InDoubt = typeof inDoubt;

/**
 * Calls the outside service. Throws when it is not known to have succeeded; a refusal that is certain is a result. What needs
 * Twilio's REST API is sent by the `outbox`, one letter an effect.
 */
export type Run<Result> = (idempotencyKey: string, signal: AbortSignal, outbox: Outbox) => Promise<Result>;

/**
 * Makes an effect happen at most once for sure, or says that it is in doubt. What to do in doubt is a required choice:
 * - `retry`: call again with the same idempotency key (`callSid:turn:effect`), for services that honour it. If even
 *   that cannot settle it, the call goes to the step's `inDoubt` step, else to the last resort.
 * - `give-up`: never call twice; the result is then `inDoubt`.
 *
 * @param effect a name, unique within the turn
 * @returns the effect's result, which must survive JSON and be at most `limits.resultBytesMax` of it
 */
export interface Once {
  <Result>(effect: string, run: Run<Result>, options: { readonly inDoubt: "retry" }): Promise<Result>;
  <Result>(effect: string, run: Run<Result>, options: { readonly inDoubt: "give-up" }): Promise<Result | InDoubt>;
}

/** Why a step's `next` could not be finished. */
export type Interruption =
  /** somebody is ahead */
  | { readonly kind: "fenced"; readonly item: Item }
  /** the turn belongs to another answer (rule 3) */
  | { readonly kind: "pinned"; readonly item: Item }
  /** the primary could not claim: it answers 5xx (rule 9) */
  | { readonly kind: "unclaimed"; readonly reason: string }
  /** the service failed on the primary: the fallback tries again with the same key */
  | { readonly kind: "failed"; readonly reason: string }
  /** a `retry` effect that stays in doubt */
  | { readonly kind: "in-doubt" };

export interface EffectScope {
  readonly once: Once;
  /** set when `next` was left in the middle, whatever the author's code made of it */
  readonly interruption: () => Interruption | undefined;
  /** what the commit of this turn has to store */
  readonly effects: ReadonlyMap<string, StoredEffect>;
  /** effects that `next` did not wait for, although it has returned */
  readonly pending: () => number;
  /** resolves when none is pending: an effect beside the one that left `next` may still be running */
  readonly settled: () => Promise<void>;
  /** the token of the pin that this turn is taken with, if it claimed or found one */
  readonly pinToken: () => string | undefined;
}

export interface EffectContext {
  readonly leg: Leg;
  readonly callSid: string;
  readonly base: Checkpoint;
  readonly input: Input;
  /** the pin found in the table, when the turn is taken with a pinned answer */
  readonly pin: StoredPin | undefined;
  /** the item, when this webhook has read it already */
  readonly known: Item | undefined;
  readonly table: Table;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly newToken: () => string;
}

/** Thrown through the author's code to leave it; never seen outside this file and `core/turn.ts`. */
class Left extends Error {}

/** The `once` of one turn. */
export function effectScope(context: EffectContext): EffectScope {
  const { leg, callSid, base, table, sealer, clock } = context;
  const { turn } = base;
  const effects = new Map<string, StoredEffect>();
  const started = new Set<string>();
  let interruption: Interruption | undefined;
  let pin = context.pin;
  let offered: StoredPin | undefined;
  const pending = new Set<Promise<unknown>>();
  let leftMs: number = limits.effectBudgetMs;

  /** One pin for all effects of the turn, also for those that an author starts side by side. */
  const pinToOffer = (): StoredPin => {
    if (pin !== undefined) return pin;
    const answer = () => sealer.seal("pin", pinSubject(callSid, turn), JSON.stringify(context.input));
    offered ??= { token: context.newToken(), answer: answer() };
    return offered;
  };

  const leave = (why: Interruption): never => {
    interruption = why;
    throw new Left(why.kind);
  };

  async function once<Result>(
    effect: string,
    run: Run<Result>,
    options: { readonly inDoubt: "retry" | "give-up" },
  ): Promise<Result | InDoubt> {
    if (interruption !== undefined) throw new Left(interruption.kind);
    const key = `${turn}:${effect}`;
    if (started.has(key)) throw new FlowError(`effect '${effect}' is used twice in step '${base.step}'`);
    if (started.size >= limits.effectsPerTurnMax) throw new FlowError(`step '${base.step}': too many effects`);
    started.add(key);
    const giveUp = options.inDoubt === "give-up";
    const token = context.newToken();
    const doubt = (): InDoubt => {
      effects.set(key, { token, state: "in-doubt", atMs: clock.nowMs() });
      return giveUp ? inDoubt : leave({ kind: "in-doubt" });
    };

    if (leftMs <= 0)
      return giveUp || leg === "fallback" ? doubt() : leave({ kind: "failed", reason: "effects took too long" });

    let earlier = context.known?.effects.get(key);
    if (earlier === undefined) {
      const claim = await claimEffect(key, token);
      if (claim === "unavailable" && giveUp) return doubt();
      if (typeof claim === "object") earlier = claim;
    }
    if (earlier !== undefined && giveUp) earlier = await waitForLease(key, earlier);
    if (earlier?.state === "done") {
      effects.set(key, earlier);
      return openResult<Result>(key, earlier);
    }
    if (earlier !== undefined && giveUp) return doubt();

    const idempotencyKey = `${callSid}:${turn}:${effect}`;
    const startedMs = clock.nowMs();
    const ending = new AbortController();
    try {
      const result = await within(
        clock,
        Math.min(limits.effectTimeoutMs, leftMs),
        () => run(idempotencyKey, ending.signal, outboxOf(context, idempotencyKey)),
        () => {
          ending.abort();
          throw new EffectTimeoutError(`effect '${effect}'`);
        },
      );
      const json = JSON.stringify(result ?? null);
      if (Buffer.byteLength(json) > limits.resultBytesMax) {
        throw new FlowError(`effect '${effect}': a result over ${limits.resultBytesMax} bytes`);
      }
      const sealed = sealer.seal("effect", `${callSid}|${key}`, json);
      effects.set(key, { token, state: "done", result: sealed, atMs: clock.nowMs() });
      return result;
    } catch (error) {
      if (error instanceof FlowError) throw error;
      // rule 8: something was done under this key, with other arguments
      if (giveUp || error instanceof KeyRefusedError || leg === "fallback") return doubt();
      return leave({ kind: "failed", reason: `effect '${effect}': ${describe(error)}` });
    } finally {
      leftMs -= clock.nowMs() - startedMs;
    }
  }

  /** Nobody may leave before an effect is settled; and an error that nobody waits for must not end the process. */
  const watched: typeof once = (effect, run, options) => {
    const running = once(effect, run, options);
    const settled: Promise<unknown> = running.then(
      () => pending.delete(settled),
      () => pending.delete(settled),
    );
    pending.add(settled);
    return running;
  };

  /** @returns "claimed", the effect that somebody claimed before, or "unavailable" (fallback only) */
  async function claimEffect(key: string, token: string): Promise<"claimed" | "unavailable" | StoredEffect> {
    const own = pinToOffer();
    const effect: StoredEffect = { token, state: "claimed", atMs: clock.nowMs() };
    const claim = await table.claim({ from: base, effectKey: key, effect, pin: own, effects });
    switch (claim.kind) {
      case "written":
        pin = own;
        return "claimed";
      case "unavailable":
        return leg === "primary" ? leave({ kind: "unclaimed", reason: claim.reason }) : "unavailable";
      case "refused": {
        const { item } = claim;
        const claimed = item.effects.get(key);
        const pinned = item.pins.get(turn);
        if (item.checkpoint !== undefined && isAhead(item.checkpoint, base)) return leave({ kind: "fenced", item });
        if (pinned !== undefined && pinned.token !== own.token) return leave({ kind: "pinned", item });
        pin = own;
        // our own claim, applied although its answer was lost and the client asked again
        if (claimed === undefined || claimed.token === token) return "claimed";
        return claimed;
      }
    }
  }

  /** A live claim may still bring its result: waited for once, within its lease, since this effect never runs twice. */
  async function waitForLease(key: string, effect: StoredEffect): Promise<StoredEffect> {
    const leftMs = effect.atMs + limits.leaseMs - clock.nowMs();
    if (effect.state !== "claimed" || leftMs <= 0) return effect;
    await clock.sleep(Math.min(leftMs, limits.leaseWaitMs));
    const read = await table.read();
    return (read.kind === "found" ? read.item.effects.get(key) : undefined) ?? effect;
  }

  function openResult<Result>(key: string, effect: StoredEffect): Result {
    const opened = sealer.unseal("effect", `${callSid}|${key}`, effect.result ?? "");
    if (opened === undefined) throw new FlowError(`effect '${key}': its stored result cannot be opened`);
    return parseJson(opened) as Result;
  }

  return {
    once: watched as Once,
    interruption: () => interruption,
    effects,
    pending: () => pending.size,
    settled: async () => {
      await Promise.all(pending);
    },
    pinToken: () => pin?.token,
  };
}

/** Opens the answer that a claim pinned. */
export function openPin(sealer: Sealer, callSid: string, turn: number, pin: StoredPin): Input | undefined {
  const opened = sealer.unseal("pin", pinSubject(callSid, turn), pin.answer);
  return opened === undefined ? undefined : (parseJson(opened) as Input);
}

/** What a pinned answer is bound to. */
function pinSubject(callSid: string, turn: number): string {
  return `${callSid}|${turn}`;
}
