import { splitOverrides } from "../connection-overrides.ts";
import { parseTwiml, type TwimlElement } from "../twiml-document.ts";
import { schemaWarnings } from "../twiml-schema.ts";
import { bases } from "../world/stage.ts";
import type { Checker } from "./checker.ts";

const urlAttributes = new Set([
  ...["action", "url", "waitUrl", "statusCallback", "recordingStatusCallback", "transcribeCallback"],
  ...["partialResultCallback", "referUrl", "statusCallbackUrl", "amdStatusCallback"],
]);
/** Their `url` is a WebSocket's [D stream, conversationrelay pages]. */
const sockets = new Set(["Stream", "ConversationRelay"]);
const primaryMedia = `<Play>${bases.primary}/media/`;
const rememberedMax = 50_000;
const remembered = new Map<string, readonly string[]>();

/**
 * Every document is TwiML without a warning; every URL in it is absolute, with overrides that Twilio can read; and a document
 * of the fallback plays nothing from the primary's host, which may be the one that hangs.
 */
export const documentsValid: Checker = (call) => {
  const findings: string[] = [];
  for (const { answer, leg } of call.asides.length === 0 ? call.given : [...call.given, ...call.asides]) {
    findings.push(...problemsOf(answer.twiml));
    if (leg === "fallback" && answer.twiml.includes(primaryMedia)) {
      findings.push("a document of the fallback plays from the primary's host");
    }
  }
  return findings;
};

/** What is wrong with a document, remembered by its text. */
export function problemsOf(twiml: string): readonly string[] {
  const known = remembered.get(twiml);
  if (known !== undefined) return known;
  const parsed = parseTwiml(twiml);
  const found =
    parsed.kind === "error" ? [parsed.detail] : [...schemaWarnings(parsed.root), ...urlProblems(parsed.root)];
  if (remembered.size >= rememberedMax) remembered.clear();
  remembered.set(twiml, found);
  return found;
}

function urlProblems(element: TwimlElement): string[] {
  const inText = element.name === "Play" || element.name === "Redirect" ? [element.text.trim()] : [];
  const inAttributes = Object.entries(element.attributes).flatMap(([name, url]) =>
    urlAttributes.has(name) ? [url] : [],
  );
  const own = [...inText, ...inAttributes].flatMap((url) => {
    if (url === "" && element.name === "Play") return [];
    if (sockets.has(element.name))
      return /^wss:\/\/[^/]/.test(url) ? [] : [`<${element.name}>: not an absolute wss URL`];
    const split = splitOverrides(url);
    return split.kind === "error" ? [`<${element.name}>: ${split.detail}`] : [];
  });
  return [...own, ...element.children.flatMap(urlProblems)];
}
