/**
 * Effects that use Twilio's REST API. They are not done while a caller waits: a letter is put into the table and delivered by a
 * scheduled function, so that no call depends on that API, which has been down for hours while webhooks went on.
 */
import type { Clock } from "./clock.ts";
import { FlowError, KeyRefusedError } from "./errors.ts";
import { limits } from "./limits.ts";
import type { Sealer } from "./seal.ts";
import type { Table } from "./table.ts";
import type { Language } from "./verbs.ts";

interface Post {
  /** E.164 */
  readonly to: string;
  /** a number of the account, E.164 */
  readonly from: string;
  /** what was not delivered so many seconds later is no use any more; default and most: `limits.letterLifeSec` */
  readonly withinSec?: number;
}

export interface Sms extends Post {
  readonly kind: "sms";
  readonly body: string;
}

/** A call that we place, as `OutgoingCall` has it. */
export interface CallBack extends Post {
  readonly kind: "call";
  readonly flow: string;
  readonly language?: Language;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type Letter = Sms | CallBack;

export interface Outbox {
  /**
   * Puts one letter into the outbox: one write, under the effect's idempotency key, so again it is the same letter.
   *
   * @throws FlowError for a letter that is too large; KeyRefusedError when the key has another letter; Error when the table does
   * not say that it has the letter
   */
  send(letter: Letter): Promise<void>;
}

/** The one effect of a letter's item, under which its sealed text is. */
export const letterEffect = "0:letter";

/** @param key the idempotency key of the effect that sends: one letter each */
export function outboxOf(
  context: {
    readonly table: Table;
    readonly sealer: Sealer;
    readonly clock: Clock;
    readonly newToken: () => string;
  },
  key: string,
): Outbox {
  return {
    async send(letter) {
      const { table, sealer, clock, newToken } = context;
      const item = `outbox#${key}`;
      const text = JSON.stringify(letter);
      if (Buffer.byteLength(text) > limits.letterBytesMax) throw new FlowError("a letter is too large");
      const atMs = clock.nowMs();
      const result = sealer.seal("outbox", item, text);
      const claim = await table.of(item).claim({
        from: { turn: 0, attempt: 0, resumes: 0 },
        effectKey: letterEffect,
        effect: { token: newToken(), state: "claimed", atMs, result },
        pin: { token: "outbox", answer: "" },
        effects: new Map(),
        dueAtMs: atMs,
      });
      if (claim.kind === "written") return;
      if (claim.kind === "unavailable") throw new Error("outbox");
      const sealed = claim.item.effects.get(letterEffect)?.result;
      // one that was delivered has no text any more
      if (sealed !== undefined && sealer.unseal("outbox", item, sealed) !== text) throw new KeyRefusedError("outbox");
    },
  };
}
