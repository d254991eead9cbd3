/**
 * Documents beside the call: what a called person hears before being connected (whisper), what a caller hears in a queue
 * (wait). They are no turns: nothing is written, nothing moves, each request is answered by itself. So they never carry the call
 * away from where it is, and whoever loses one loses a prompt.
 */
import type { DocumentAnswer } from "./answer.ts";
import type { Checkpoint, SealedUrl } from "./checkpoint.ts";
import { asideAt, asideKey } from "./document.ts";
import { describe } from "./errors.ts";
import { openItem, type Webhook } from "./webhook.ts";

export type AsideUrl = SealedUrl & { readonly verb: "whisper" | "wait" };

export function isAside(sealed: SealedUrl | undefined): sealed is AsideUrl {
  return sealed?.verb === "whisper" || sealed?.verb === "wait";
}

/** What is answered where no document can be made: the called person is connected, the caller waits in silence. */
export const emptyDocument = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
/** A wait is asked for again when it ends: not at once. */
export const silence = '<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="2"/></Response>';
const leave = '<?xml version="1.0" encoding="UTF-8"?><Response><Leave/></Response>';
const decline = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';

/**
 * Answers a request for an aside, or the key that somebody pressed in it.
 *
 * @param webhook its request may be the called person's: the checkpoint belongs to the call that dialled
 * @param plain nothing but text, because Twilio could not fetch or execute the document as it was
 * @throws on the primary, whatever the step's `prompt` throws
 */
export async function answerAside(webhook: Webhook, sealed: AsideUrl, plain: boolean): Promise<DocumentAnswer> {
  try {
    return await answerTo(webhook, sealed, plain);
  } catch (error) {
    // law 1: the primary says so; on the fallback nobody is carried away, not even into the last resort
    if (webhook.engine.leg === "primary") throw error;
    return told(webhook, sealed.verb === "wait" ? silence : emptyDocument, describe(error));
  }
}

async function answerTo(webhook: Webhook, sealed: AsideUrl, plain: boolean): Promise<DocumentAnswer> {
  const { engine, request, callSid } = webhook;
  const { verb, index } = sealed;
  const c = await withData(webhook, sealed);
  if (c === undefined) return told(webhook, verb === "wait" ? silence : emptyDocument);
  const key = asideKey(engine, c, index);
  // it failed in plain rendering too: a key may never get through, and who cannot accept is not connected
  if (plain && c.plain) return told(webhook, verb === "wait" ? silence : key === undefined ? emptyDocument : decline);
  const pressed = request.params.get("Digits");
  if (key !== undefined && pressed) {
    const accepted = pressed === key;
    if (verb === "whisper") return told(webhook, accepted ? emptyDocument : decline);
    if (accepted) return told(webhook, leave);
  }
  // what failed on its own leg leads to this one: else a key that is pressed there could be lost there for ever
  const given = plain ? { ...c, plain: true, away: Math.max(c.away, 1) } : c;
  const document = asideAt(engine, callSid, given, verb, index);
  return told(webhook, document ?? (verb === "wait" ? silence : emptyDocument));
}

/** The one case in which an aside reads: data that is too large for a URL. */
async function withData(webhook: Webhook, { checkpoint, positionOnly }: SealedUrl): Promise<Checkpoint | undefined> {
  if (!positionOnly) return checkpoint;
  const read = await webhook.table.read();
  const stored = read.kind === "found" ? openItem(webhook, read.item) : undefined;
  return stored?.turn === checkpoint.turn ? { ...checkpoint, data: stored.data } : undefined;
}

/** An answer that is no turn. */
export function told(webhook: Webhook, twiml: string, reason?: string): DocumentAnswer {
  const { at: checkpoint, table } = webhook;
  return {
    kind: "document",
    twiml,
    outcome: "aside",
    checkpoint,
    saved: true,
    reason,
    trouble: table.trouble(),
  };
}
