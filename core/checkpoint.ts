import * as v from "valibot";
import type { YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import type { Rung } from "./media.ts";
import type { Sealer } from "./seal.ts";
import { type Language, languages } from "./verbs.ts";

export type Leg = "primary" | "fallback";

/** `(turn, attempt)` within an epoch, the number of resumes. */
export interface Position {
  readonly turn: number;
  readonly attempt: number;
  readonly resumes: number;
}

/** Where a call is: the document that the caller hears now, and all that is needed to take the next turn. */
export interface Checkpoint extends Position {
  readonly flow: string;
  /** "" before the first turn */
  readonly step: string;
  /** turns, this one included, whose action URLs stay on the fallback leg; `awayForGood` has no end */
  readonly away: number;
  /** how far down the media ladder the call is */
  readonly rung: Rung;
  /** the document starts at this verb */
  readonly from: number;
  /** an effect may have happened of which the table knows nothing (rule 10) */
  readonly unsure: boolean;
  /** rendered without anything that is not needed, because Twilio could not execute the document */
  readonly plain: boolean;
  /** how often the step was visited in a row, 1 at first */
  readonly visits: number;
  readonly language: Language;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `away` of a call that failed over twice: it stays on the fallback leg. */
export const { awayForGood } = limits;

/** What a sealed URL tells: the checkpoint of its document, and which verb of it the URL belongs to. */
export interface SealedUrl {
  readonly checkpoint: Checkpoint;
  /** `data` was too large for the URL: only the position is known */
  readonly positionOnly: boolean;
  /** whisper and wait: a document beside this one, which is no turn */
  readonly verb: YieldingVerb | "play" | "whisper" | "wait";
  /** the verb's number; of a whisper or wait: the how-manieth of its document */
  readonly index: number;
}

/** Where media come from: a document of the fallback does not send the call to a primary that may hang. */
export function mediaRung(c: Pick<Checkpoint, "rung">, leg: Leg): Rung {
  return leg === "fallback" && c.rung === 0 ? 1 : c.rung;
}

/** The position before the first turn. */
export function startOf(flow: string, language: Language): Checkpoint {
  const zero = { turn: 0, attempt: 0, resumes: 0, away: 0, rung: 0, from: 0, visits: 0 } as const;
  return { ...zero, flow, step: "", unsure: false, plain: false, language, data: {} };
}

/** Rule 1: ahead only if further in `(turn, attempt)` and of no earlier epoch. */
export function isAhead(a: Position, b: Position): boolean {
  return (a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt)) && a.resumes >= b.resumes;
}

const schemaVersion = 1;
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const verbs = [
  ...(["gather", "record", "dial", "enqueue", "pay", "connect", "refer", "sms", "raw", "next"] as const),
  ...(["play", "whisper", "wait"] as const),
] as const satisfies readonly SealedUrl["verb"][];

const sealedShape = v.tuple([
  v.literal(schemaVersion),
  v.pipe(v.string(), v.maxLength(limits.flowNameCharactersMax)),
  v.pipe(v.string(), v.maxLength(limits.stepNameCharactersMax)),
  count, // turn
  count, // attempt
  count, // resumes
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(awayForGood)),
  v.picklist([0, 1, 2]), // rung
  count, // from
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)), // unsure, plain
  count, // visits
  v.picklist(languages),
  v.picklist(verbs),
  count, // verb's number
  v.nullable(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.check((data) => !Array.isArray(data)),
    ),
  ),
]);

/** Seals a checkpoint for the URL of one verb. `data` above the limit stays out. */
export function sealUrl(
  sealer: Sealer,
  callSid: string,
  c: Checkpoint,
  verb: SealedUrl["verb"],
  index: number,
): string {
  const data = JSON.stringify(c.data);
  return sealer.seal("url", callSid, encode(c, verb, index, fitsUrl(data) ? data : "null"));
}

/** Can the call go on from its URLs alone, if the table does not have this checkpoint? */
export function travelsInUrl(c: Checkpoint): boolean {
  return fitsUrl(JSON.stringify(c.data));
}

function fitsUrl(json: string): boolean {
  return Buffer.byteLength(json) <= limits.urlDataBytesMax;
}

/** @returns undefined for anything that this build cannot read as a checkpoint of this call */
export function unsealUrl(sealer: Sealer, callSid: string, sealed: string | undefined): SealedUrl | undefined {
  if (sealed === undefined || sealed.length > limits.urlCharactersMax) return undefined;
  return decode(sealer.unseal("url", callSid, sealed));
}

/** Seals a whole checkpoint for the item in the table. */
export function sealItem(sealer: Sealer, callSid: string, c: Checkpoint): string {
  return sealer.seal("item", callSid, encode(c, "next", 0, JSON.stringify(c.data)));
}

/** @returns undefined when the text is not a checkpoint, or not the one of the position that stands beside it */
export function unsealItem(
  sealer: Sealer,
  callSid: string,
  sealed: string,
  position: Position,
): Checkpoint | undefined {
  const c = decode(sealer.unseal("item", callSid, sealed))?.checkpoint;
  const agrees = c?.turn === position.turn && c.attempt === position.attempt && c.resumes === position.resumes;
  return agrees ? c : undefined;
}

function encode(c: Checkpoint, verb: SealedUrl["verb"], index: number, data: string): string {
  const flags = (c.unsure ? 1 : 0) + (c.plain ? 2 : 0);
  const head = [schemaVersion, c.flow, c.step, c.turn, c.attempt, c.resumes, c.away, c.rung, c.from, flags, c.visits];
  return `${JSON.stringify([...head, c.language, verb, index]).slice(0, -1)},${data}]`;
}

function decode(plaintext: string | undefined): SealedUrl | undefined {
  const parsed = plaintext === undefined ? undefined : v.safeParse(sealedShape, parseJson(plaintext));
  if (!parsed?.success) return undefined;
  const [, flow, step, turn, attempt, resumes, away, rung, from, flags, visits, language, verb, index, data] =
    parsed.output;
  const position = { turn, attempt, resumes, away, rung, from, visits, language };
  const checkpoint = { ...position, flow, step, unsure: (flags & 1) > 0, plain: (flags & 2) > 0, data: data ?? {} };
  return { checkpoint, positionOnly: data === null, verb, index };
}

/** @returns undefined for text that is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
