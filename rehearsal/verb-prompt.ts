import type { CallLine } from "./call-line.ts";
import type { Sound } from "./line-state.ts";
import { mediaName, withoutFragment } from "./redact.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { isTones } from "./twiml-schema.ts";
import { type DocumentUrl, type Failure, nextVerb, resolveUrl, type VerbResult } from "./verb-result.ts";

/** Rough lengths, only so that the time of the call moves. */
const msPerCharacter = 60;
const playMs = 3_000;
/** [D "Say" page] */
const sayCharactersMax = 4_096;
/** A prompt that is repeated more often than this is not written down more often; its time passes all the same. */
const repeatsHeardMax = 10;

/** Files of a document that were fetched before their Play was reached. */
export type Prefetched = Map<TwimlElement, FetchedPlay>;

/** Say, Play and Pause: what the caller hears. Media is fetched for real. */
export async function runPrompt(
  element: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  following?: TwimlElement,
  prefetched?: Prefetched,
): Promise<VerbResult> {
  const ready = prefetched?.get(element) ?? (await readyPrompt(element, line, documentUrl, 13420));
  if (ready.kind === "skipped") return nextVerb;
  if (ready.kind === "stopped") return ready.result;
  if (prefetched !== undefined && isMedia(element) && following !== undefined && isMedia(following)) {
    if (line.dialect.playPrefetch === "ahead") {
      prefetched.set(following, await readyPrompt(following, line, documentUrl, 13420));
    }
  }
  await hearPrompt(element, line, documentUrl, repeatsOf(element), false);
  return nextVerb;
}

/** Runs the prompts inside a Gather: all their media is fetched before it starts [D gather page]. */
export async function runNestedPrompts(
  elements: readonly TwimlElement[],
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<VerbResult> {
  const audible: TwimlElement[] = [];
  for (const element of elements) {
    const ready = await readyPrompt(element, line, documentUrl, 13325);
    if (ready.kind === "stopped") return ready.result;
    if (ready.kind === "ready") audible.push(element);
  }
  // A prompt without end ends with the caller's answer.
  for (const element of audible) {
    await hearPrompt(element, line, documentUrl, element.attributes.loop === "0" ? 1 : repeatsOf(element), true);
  }
  return nextVerb;
}

type FetchedPlay = { kind: "ready" } | { kind: "skipped" } | { kind: "stopped"; result: VerbResult };
const readyNow: FetchedPlay = { kind: "ready" };

/** @param typeCode what a foreign content type is called here [D ERR 13325, 13420] */
async function readyPrompt(
  element: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  typeCode: number,
): Promise<FetchedPlay> {
  if (element.name === "Say") {
    if (element.text.length <= sayCharactersMax) return readyNow;
    // [D ERR 13521]: a warning; what becomes of the Say is not said.
    const detail = `<Say> of ${element.text.length} characters`;
    const failure = { errorCode: 13521, errorUrl: documentUrl ?? "", detail };
    return unheard(failure, line.dialect.sayFailure, "WARNING", line);
  }
  if (!isMedia(element)) return readyNow;
  const url = resolveUrl(element.text, documentUrl);
  const failure =
    url === undefined
      ? { errorCode: 11100, errorUrl: element.text.trim(), detail: "invalid URL" }
      : await mediaFailure(url, line, typeCode);
  return failure === undefined ? readyNow : unheard(failure, line.dialect.playFailure, "ERROR", line);
}

function unheard(
  failure: Failure,
  policy: "fallback" | "skip" | "end",
  level: "ERROR" | "WARNING",
  line: CallLine,
): FetchedPlay {
  if (policy === "fallback") return { kind: "stopped", result: { kind: "failed", ...failure } };
  const { errorCode, errorUrl: url, detail } = failure;
  line.journal.alert({ errorCode, url, detail, level });
  if (policy === "skip") return { kind: "skipped" };
  line.journal.note({ kind: "apology" });
  return { kind: "stopped", result: { kind: "ended", ended: "apology" } };
}

async function mediaFailure(url: string, line: CallLine, typeCode: number): Promise<Failure | undefined> {
  const reply = await line.fetchMedia(url);
  if (reply.kind === "failed") {
    const { errorCode, causeCode, detail } = reply;
    return { errorCode, errorUrl: url, detail, ...(causeCode === undefined ? {} : { causeCode }) };
  }
  if (reply.status === 304) return undefined;
  if (reply.status !== 200) {
    return { errorCode: 11200, errorUrl: url, detail: `Got HTTP ${reply.status} response to ${withoutFragment(url)}` };
  }
  const contentType = reply.headers["content-type"] ?? "missing";
  if (contentType.startsWith("audio/")) return undefined;
  return { errorCode: 12300, causeCode: typeCode, errorUrl: url, detail: `content type ${contentType}` };
}

async function hearPrompt(
  element: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  repeats: number,
  inGather: boolean,
): Promise<void> {
  const { text, lengthMs } = soundOf(element, documentUrl);
  const { onSound } = line.settings;
  const lastsMs =
    onSound === undefined || !line.isCaller
      ? lengthMs * repeats
      : onSound({ ...toldSound(element, text, documentUrl), lengthMs, repeats, inGather });
  await line.pass(lastsMs);
  if (text === "") return;
  for (let count = 0; count < Math.min(repeats, repeatsHeardMax); count += 1) line.hear(text);
}

function toldSound(
  element: TwimlElement,
  text: string,
  documentUrl: DocumentUrl,
): Pick<Sound, "kind" | "text" | "url" | "language"> {
  const { language } = element.attributes;
  const spoken = language === undefined ? { text } : { text, language };
  if (element.name === "Say") return { kind: "say", ...spoken };
  if (element.name === "Pause") return { kind: "pause", ...spoken };
  const url = isMedia(element) ? resolveUrl(element.text, documentUrl) : undefined;
  return url === undefined ? { kind: "tones", ...spoken } : { kind: "play", url, ...spoken };
}

function soundOf(element: TwimlElement, documentUrl: DocumentUrl): { text: string; lengthMs: number } {
  switch (element.name) {
    case "Say": {
      const words = element.text.replace(/\s+/g, " ").trim();
      return { text: words, lengthMs: words.length * msPerCharacter };
    }
    case "Pause": {
      const seconds = Number(element.attributes.length ?? "1");
      return { text: `pause ${seconds} s`, lengthMs: seconds * 1000 };
    }
    default: {
      const { digits } = element.attributes;
      if (digits === undefined) {
        return { text: `play:${mediaName(resolveUrl(element.text, documentUrl) ?? element.text)}`, lengthMs: playMs };
      }
      // [D play page]: w is half a second, W a second
      const waitMs = [...digits].reduce((sum, key) => sum + (key === "w" ? 500 : key === "W" ? 1000 : 100), 0);
      return { text: `tones:${digits}`, lengthMs: waitMs };
    }
  }
}

/** `loop="0"` is without end, which is 1,000 times [D play page]. */
function repeatsOf(element: TwimlElement): number {
  const { loop } = element.attributes;
  return loop === undefined ? 1 : Number(loop) || 1_000;
}

function isMedia(element: TwimlElement): boolean {
  return element.name === "Play" && !isTones(element);
}
