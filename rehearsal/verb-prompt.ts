import type { CallLine } from "./call-line.ts";
import { mediaName } from "./redact.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { nextVerb, resolveUrl, type VerbResult } from "./verb-result.ts";

/** Rough lengths, only so that the time of the call moves. */
const msPerCharacter = 60;
const playMs = 3_000;

/** Say, Play and Pause: what the caller hears. Media is fetched for real. */
export async function runPrompt(element: TwimlElement, line: CallLine, documentUrl: string): Promise<VerbResult> {
  if (element.name === "Play" && !isTones(element)) {
    const fetched = await fetchPlay(element, line, documentUrl);
    if (fetched.kind === "skipped") return nextVerb;
    if (fetched.kind === "stopped") return fetched.result;
  }
  await hearPrompt(element, line, documentUrl);
  return nextVerb;
}

/** Runs the prompts inside a Gather: all their media is fetched before it starts [D gather page]. */
export async function runNestedPrompts(
  elements: TwimlElement[],
  line: CallLine,
  documentUrl: string,
): Promise<VerbResult> {
  const audible: TwimlElement[] = [];
  for (const element of elements) {
    const fetched =
      element.name === "Play" ? await fetchPlay(element, line, documentUrl) : ({ kind: "ready" } as const);
    if (fetched.kind === "stopped") return fetched.result;
    if (fetched.kind === "ready") audible.push(element);
  }
  for (const element of audible) await hearPrompt(element, line, documentUrl);
  return nextVerb;
}

type FetchedPlay = { kind: "ready" } | { kind: "skipped" } | { kind: "stopped"; result: VerbResult };

async function fetchPlay(element: TwimlElement, line: CallLine, documentUrl: string): Promise<FetchedPlay> {
  const url = resolveUrl(element.text, documentUrl);
  const failure = url === undefined ? { errorCode: 11100, detail: "invalid URL" } : await mediaFailure(url, line);
  if (failure === undefined) return { kind: "ready" };
  const errorUrl = url ?? element.text.trim();
  if (line.dialect.playFailure === "fallback") {
    return { kind: "stopped", result: { kind: "failed", errorUrl, ...failure } };
  }
  line.journal.alert({ ...failure, url: errorUrl, level: "ERROR" });
  if (line.dialect.playFailure === "skip") return { kind: "skipped" };
  line.journal.note({ kind: "apology" });
  return { kind: "stopped", result: { kind: "ended", ended: "apology" } };
}

async function mediaFailure(url: string, line: CallLine): Promise<{ errorCode: number; detail: string } | undefined> {
  const reply = await line.fetchMedia(url);
  if (reply.kind === "failed") return { errorCode: reply.errorCode, detail: reply.detail };
  if (reply.status === 304) return undefined;
  if (reply.status !== 200) return { errorCode: 11200, detail: `HTTP ${reply.status}` };
  const contentType = reply.headers["content-type"] ?? "missing";
  return contentType.startsWith("audio/") ? undefined : { errorCode: 12300, detail: `content type ${contentType}` };
}

async function hearPrompt(element: TwimlElement, line: CallLine, documentUrl: string): Promise<void> {
  const { journal } = line;
  switch (element.name) {
    case "Say": {
      const words = element.text.replace(/\s+/g, " ").trim();
      await line.pass(words.length * msPerCharacter);
      if (words !== "") journal.hear(words);
      return;
    }
    case "Play":
      await line.pass(playMs);
      if (isTones(element)) journal.hear(`tones:${element.attributes.digits}`);
      else journal.hear(`play:${mediaName(resolveUrl(element.text, documentUrl) ?? element.text)}`);
      return;
    case "Pause": {
      const seconds = Number(element.attributes.length ?? "1") || 1;
      await line.pass(seconds * 1000);
      journal.hear(`pause ${seconds} s`);
      return;
    }
  }
}

function isTones(element: TwimlElement): boolean {
  return element.attributes.digits !== undefined;
}
