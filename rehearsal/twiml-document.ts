import { SaxesParser } from "saxes";

/** TwiML over 64 kB is refused with error 11750 [D ERR 11750]. */
export const twimlBytesMax = 65_536;

/**
 * `text` is all text inside the element, in order, that of its descendants included. Shared between calls: never
 * changed.
 */
export type TwimlElement = {
  name: string;
  attributes: Record<string, string>;
  children: TwimlElement[];
  text: string;
};

export type ParsedAnswer =
  | { kind: "twiml"; root: TwimlElement }
  | { kind: "audio" }
  | { kind: "read-aloud"; text: string }
  | { kind: "error"; errorCode: 11750 | 12100 | 12300; detail: string };

/**
 * Reads the body of an answer as Twilio does: XML and HTML types are TwiML, `audio/*` is played, `text/plain` is TwiML
 * if it parses and is read aloud if not; anything else is error 12300 [D "TwiML for Programmable Voice"].
 */
export function parseAnswer(contentType: string | undefined, body: string): ParsedAnswer {
  const type = contentType ?? "";
  const before = parsedBefore.get(body);
  if (before?.type === type) return before.parsed;
  const parsed = parseBody(type, body);
  charactersKept += body.length;
  if (charactersKept > charactersKeptMax) {
    parsedBefore.clear();
    charactersKept = body.length;
  }
  parsedBefore.set(body, { type, parsed });
  return parsed;
}

/** A rehearsal reads the same documents thousands of times. Bounded by their characters. */
const parsedBefore = new Map<string, { type: string; parsed: ParsedAnswer }>();
const charactersKeptMax = 4_000_000;
let charactersKept = 0;

function parseBody(contentType: string, body: string): ParsedAnswer {
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType.startsWith("audio/")) return { kind: "audio" };
  if (!["text/xml", "application/xml", "text/html", "text/plain"].includes(mediaType)) {
    return { kind: "error", errorCode: 12300, detail: `content type ${mediaType || "missing"}` };
  }
  if (Buffer.byteLength(body) > twimlBytesMax) {
    return { kind: "error", errorCode: 11750, detail: `TwiML over ${twimlBytesMax} bytes` };
  }
  const parsed = parseTwiml(body);
  if (parsed.kind === "error" && mediaType === "text/plain") return { kind: "read-aloud", text: body };
  return parsed;
}

/** Strict: not well-formed, anything before the XML declaration, or a root other than `<Response>` is error 12100. */
export function parseTwiml(body: string): Extract<ParsedAnswer, { kind: "twiml" | "error" }> {
  const open: TwimlElement[] = [];
  let root: TwimlElement | undefined;
  let problem: string | undefined;
  const addText = (text: string) => {
    for (const element of open) element.text += text;
  };
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    problem ??= error.message;
  });
  parser.on("opentag", (tag) => {
    const element: TwimlElement = { name: tag.name, attributes: { ...tag.attributes }, children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(body).close();

  if (problem !== undefined) return { kind: "error", errorCode: 12100, detail: problem };
  if (root === undefined || root.name !== "Response") {
    return { kind: "error", errorCode: 12100, detail: `root element is <${root?.name ?? ""}>, not <Response>` };
  }
  return { kind: "twiml", root };
}
