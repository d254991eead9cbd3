import fc from "fast-check";
import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import { describe, expect, test } from "vitest";
import { lastResortTwiml } from "../../core/last-resort.ts";
import { limits } from "../../core/limits.ts";
import { type RenderContext, renderTwiml, xmlText } from "../../core/twiml.ts";
import {
  dial,
  gather,
  hangup,
  pause,
  playMedia,
  raw,
  record,
  redirect,
  reject,
  say,
} from "../../core/verb-builders.ts";
import { actionUrl, type Verb } from "../../core/verbs.ts";
import { parseXml, type XmlElement } from "./xml.ts";

const asking: RenderContext = {
  language: "en",
  plain: false,
  actionUrl: (verb, index) => `https://p.example.com/a?verb=${verb}&n=${index}`,
  statusUrl: (verb, index) => `https://f.example.com/s?verb=${verb}&n=${index}`,
  asideUrl: (kind) => `https://p.example.com/a?aside=${kind}`,
  mediaUrl: (file, index) => `https://p.example.com/media/${index}/${file}`,
};
const silent: RenderContext = {
  ...asking,
  actionUrl: () => undefined,
  statusUrl: () => undefined,
  asideUrl: () => undefined,
  mediaUrl: () => undefined,
};

function render(verbs: readonly Verb[], context: RenderContext = asking): XmlElement {
  const twiml = renderTwiml(
    verbs.map((verb, index) => ({ verb, index })),
    context,
  );
  const root = parseXml(twiml);
  expect(root.name).toBe("Response");
  return root;
}
const first = (verbs: readonly Verb[], context?: RenderContext) => render(verbs, context).children[0];

/** Any text at all: controls, lone surrogates, emoji, and what means something in XML. */
const nasty = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom("]]>", "&", "&amp;", "&#0;", "<", ">", '"', "'", "<!--", "<![CDATA[", "<?xml?>", "</Say>", "🙂"),
    fc.constantFrom("\u0000", "\u0008", "\u000b", "\u001f", "\u007f", "\u0085", "\u2028", "\ufffe", "\uffff", "\ud83d"),
    fc.constantFrom("\t", "\n", "\r", "\r\n"),
  ),
  { maxLength: 12 },
);
const anyText = nasty.map((parts) => parts.join(""));

/** What XML 1.0 cannot hold, by the letter of its production 2; a lone surrogate becomes U+FFFD. */
function held(text: string): string {
  return [...text.toWellFormed()]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0;
      return [0x9, 0xa, 0xd].includes(code) || (code >= 0x20 && code <= 0xfffd) || code >= 0x10000;
    })
    .join("");
}
/** XML readers turn every line end into one \n in text … [XML 1.0, 2.11] */
const asText = (text: string) => held(text).replace(/\r\n?/g, "\n");

describe("whatever a caller says or a name contains, TwiML is well-formed and says it", () => {
  test("in the text of a say", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(asText(first([say(text)])?.text ?? "")).toBe(asText(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test("in attributes of a say, hints of a gather, attributes of a raw element", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const spaced = (value: string | undefined) => (value ?? "").replace(/[\t\n\r]+/g, " ");
        const root = render([
          say("x", { voice: text }),
          gather({ input: "speech", hints: text }, say(text)),
          raw("Enqueue", { workflowSid: text }, text),
        ]);
        const [spoken, gathered, enqueued] = root.children;
        expect(spaced(spoken?.attributes.voice)).toBe(spaced(held(text)));
        expect(spaced(gathered?.attributes.hints)).toBe(spaced(held(text)));
        expect(spaced(enqueued?.attributes.workflowSid)).toBe(spaced(held(text)));
        expect(gathered?.children.map(({ name }) => name)).toEqual(["Say"]);
        expect(asText(enqueued?.text ?? "")).toBe(asText(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test("in numbers of a dial, texts of media, addresses of a redirect", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const media = { en: { file: "en/a.mp3", text }, ja: { file: "ja/a.mp3", text } };
        const root = render([playMedia(media), dial([text, text], { callerId: text }), redirect(text)], silent);
        const [said, dialled, redirected] = root.children;
        expect([said?.name, asText(said?.text ?? "")]).toEqual(["Say", asText(text)]);
        expect(dialled?.children.map((number) => asText(number.text))).toEqual([asText(text), asText(text)]);
        expect(asText(redirected?.text ?? "")).toBe(asText(text));
      }),
    );
  });

  test("in the language, were it ever anything else", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const voice = { ...{}, language: text } as { voice?: string };
        const spoken = first([say("x", voice)]);
        expect(spoken?.children).toEqual([]);
        expect(spoken?.text).toBe("x");
      }),
    );
  });

  test("in the last resort of a flow", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const root = parseXml(lastResortTwiml(() => [say(text), dial(text), hangup()], "ja"));
        expect(root.children.map(({ name }) => name)).toEqual(["Say", "Dial", "Hangup"]);
      }),
    );
  });

  test("and what XML cannot hold is taken out, nothing else", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(xmlText(text)).toBe(held(text));
        expect(xmlText(xmlText(text))).toBe(xmlText(text));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a document", () => {
  test("has Twilio's elements and attributes", () => {
    const root = render([
      say({ en: "Hello", ja: "もしもし" }, { voice: "alice", loop: 2 }),
      pause(3),
      gather({ numDigits: 1, timeout: 5, finishOnKey: "" }, say("Press 1.")),
      record({ maxLength: 30, trim: "do-not-trim", playBeep: false }),
    ]);
    expect(root.children).toMatchObject([
      { name: "Say", text: "Hello", attributes: { language: "en-US", voice: "alice", loop: "2" } },
      { name: "Pause", attributes: { length: "3" } },
      { name: "Gather", attributes: { numDigits: "1", timeout: "5", finishOnKey: "" }, children: [{ name: "Say" }] },
      { name: "Record", attributes: { maxLength: "30", trim: "do-not-trim", playBeep: "false" } },
    ]);
    expect(first([reject("busy")])).toMatchObject({ name: "Reject", attributes: { reason: "busy" } });
  });

  test("is to the byte what Twilio's own classes make", () => {
    fc.assert(
      fc.property(anyText, anyText, (words, hints) => {
        const twiml = renderTwiml([{ verb: gather({ numDigits: 1, hints }, say(words)), index: 0 }], asking);
        const response = new VoiceResponse();
        const action = "https://p.example.com/a?verb=gather&n=0";
        const gathered = response.addChild("Gather", { numDigits: "1", hints: xmlText(hints), action });
        gathered.addChild("Say", { language: "en-US" }).addText(xmlText(words));
        expect(twiml).toBe(response.toString());
      }),
    );
  });

  test("speaks the language of the call", () => {
    const verbs = [say({ en: "Hello", ja: "もしもし" }), gather({ input: "dtmf speech" }), gather({ input: "dtmf" })];
    const root = render(verbs, { ...asking, language: "ja" });
    expect(root.children[0]).toMatchObject({ text: "もしもし", attributes: { language: "ja-JP" } });
    expect(root.children[1]?.attributes).toMatchObject({ input: "dtmf speech", language: "ja-JP" });
    expect(root.children[2]?.attributes).not.toHaveProperty("language");
  });

  test("gives each verb the URLs with its own number, its prompts numbered after it", () => {
    const media = { en: { file: "en/a.mp3", text: "a" }, ja: { file: "ja/a.mp3", text: "a" } };
    const [gathered, dialled] = render([gather({}, say("x"), playMedia(media)), dial(["+1", "+2"])]).children;
    expect(gathered?.attributes.action).toBe("https://p.example.com/a?verb=gather&n=0");
    expect(gathered?.children[1]).toMatchObject({ name: "Play", text: "https://p.example.com/media/2/en/a.mp3" });
    expect(dialled?.attributes.action).toBe("https://p.example.com/a?verb=dial&n=1");
    for (const number of dialled?.children ?? []) {
      expect(number.attributes.statusCallback).toBe("https://f.example.com/s?verb=dial&n=1");
    }
  });

  test("gives a recording its action URL on one leg and its status callback on the other", () => {
    expect(first([record()])?.attributes).toMatchObject({
      action: "https://p.example.com/a?verb=record&n=0",
      recordingStatusCallback: "https://f.example.com/s?verb=record&n=0",
    });
  });

  test("that is plain drops voices, hints and trimming, and keeps what is asked", () => {
    const verbs = [
      say("x", { voice: "alice", loop: 2 }),
      gather({ hints: "yes", numDigits: 4 }),
      record({ trim: "trim-silence" }),
    ];
    const [spoken, gathered, recorded] = render(verbs, { ...asking, plain: true }).children;
    expect(spoken?.attributes).toEqual({ language: "en-US", loop: "2" });
    expect(gathered?.attributes).toMatchObject({ numDigits: "4" });
    expect(gathered?.attributes).not.toHaveProperty("hints");
    expect(recorded?.attributes).not.toHaveProperty("trim");
  });

  test("puts the action URL into a raw element, and into its children, where they ask for it", () => {
    const verb = raw("Connect", { action: actionUrl }, raw("Stream", { url: actionUrl, track: "both" }), "text");
    expect(first([verb])).toMatchObject({
      name: "Connect",
      attributes: { action: "https://p.example.com/a?verb=raw&n=0" },
      children: [{ name: "Stream", attributes: { track: "both", url: "https://p.example.com/a?verb=raw&n=0" } }],
      text: "text",
    });
  });

  test("without URLs has no action, no status callback and no media", () => {
    const media = { en: { file: "en/a.mp3", text: "Press 1." }, ja: { file: "ja/a.mp3", text: "" } };
    const root = render([playMedia(media), dial("+1"), gather({}), raw("Connect", { action: actionUrl })], silent);
    expect(JSON.stringify(root)).not.toContain("https:");
    expect(root.children[0]).toMatchObject({ name: "Say", text: "Press 1." });
  });

  test.each(["", "1Say", "Say x", "Say>", "a:b", "あ", "x\n"])("refuses the raw name '%s'", (name) => {
    expect(() => render([raw(name)])).toThrow("is no name of an element or attribute");
    expect(() => render([raw("Ok", { [name]: "1" })])).toThrow("is no name of an element or attribute");
    expect(() => render([raw("Ok", {}, raw(name))])).toThrow("is no name of an element or attribute");
  });

  test("that Twilio would refuse is refused here, by number", () => {
    const long = "x".repeat(limits.sayCharactersMax);
    expect(() => render([say(long)])).not.toThrow();
    expect(() => render([say(`${long}x`)])).toThrow("a Say of 4097 characters");
    expect(() => render(Array.from({ length: 16 }, () => say(long)))).toThrow("(11750)");
    expect(() => render(Array.from({ length: 6 }, () => say("あ".repeat(4_000))))).toThrow("(11750)");
  });
});

describe("the last resort", () => {
  test("is always TwiML, whatever the flow's own one does", () => {
    const bad: (() => readonly Verb[] | undefined)[] = [
      () => undefined,
      () => [],
      () => [gather({})],
      () => [redirect("https://p.example.com/")],
      () => [raw("Connect", { action: actionUrl })],
      () => [say("x".repeat(5_000))],
      () => {
        throw new Error("an author's mistake");
      },
    ];
    for (const verbs of bad) {
      for (const language of ["en", "ja"] as const) {
        const root = parseXml(lastResortTwiml(verbs, language));
        expect(root.children.map(({ name }) => name)).toEqual(["Say", "Hangup"]);
        expect(root.children[0]?.attributes.language).toBe(language === "en" ? "en-US" : "ja-JP");
      }
    }
  });
});
