/**
 * Things of people, and secrets, that stand nowhere else: a test plants them in inputs and looks for them in outputs. Digits are
 * planted in runs that no time and no count has; words are words that nobody else uses.
 */
export const markers = {
  caller: "+819031415926",
  called: "+815027182818",
  forwarded: "+81661803398",
  otherLeg: "+818014142135",
  allowed: "+819017320508",
  letterTo: "+819026457513",
  letterFrom: "+815022360679",
  digits: "864209753",
  pin: "975318642",
  keysInUrl: "753186429",
  speech: "the zanzibar pelican yodels",
  unstable: "quokkas juggle",
  transcript: "marmalade zeppelin",
  name: "Obadiah Quillfeather",
  nameInJapanese: "印付太郎左衛門",
  city: "BRINDLEWICK",
  zip: "Q7Z-88K",
  recording: "https://api.twilio.com/Recordings/RE5150feedbeefcafe5150feedbeefcafe51",
  callToken: "callTokenW7xPq2mN8vKc4RtY",
  stirPassport: "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiJ9mark",
  unknownParameter: "thistledown kazoo",
  userAgent: "Wombatronic-Agent",
  otherHeader: "gargoyle-cookie-3f9a77c1d2",
  badSignature: "bm90VGhlU2lnbmF0dXJlOTE4Mjc=",
  rejectedBody: "snickersnee wabe",
  rejectedUrl: "vorpal-bandersnatch",
  effectArgument: "rhubarb trombone",
  effectResult: "REF-HUCKLEBERRY-MOON",
  flowError: "flapdoodle in the flow",
  serviceError: "kerfuffle at the service",
  refusedKey: "skulduggery with the key",
  letterText: "gobbledygook by post",
  restError: "hullabaloo at the carrier",
  responseBody: "lollygag in the page",
  sorryMessage: "the hippodrome is flooded",
  authToken: "0123456789abcdef0123456789abcdef",
  sealKey: "bWFya2VyLW1hcmtlci1tYXJrZXItbWFya2VyLTEyMzQ=",
  restSecret: "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
  setting: "svc_live_Xk29dLq81mPzv73Bn4",
} as const;
export type MarkerName = keyof typeof markers;
export const markerNames = Object.keys(markers) as MarkerName[];

/** One spelling for all: letter case, and how blanks are written, differ between a form, a URL and a sentence. */
const plain = (text: string) => text.toLowerCase().replace(/[\s+_]+/g, " ");

/** A number may be grouped by whoever writes it. */
function pattern(value: string): RegExp | undefined {
  const digits = value.replace(/^\+/, "");
  // without the country's prefix it is the same number
  const local = value.startsWith("+81") ? digits.slice(2) : digits;
  return /^\d{8,}$/.test(digits) ? new RegExp([...local].join("[\\s().-]{0,2}")) : undefined;
}

/** A part of a secret is a leak as well; of what people say and are called, each whole text. */
function pieces(value: string): string[] {
  if (/\s|[^\x20-\x7e]/.test(value) || value.length < 20) return [value];
  const end = value.slice(-12).replace(/=+$/, "");
  // where recordings are is known to everybody
  return value.startsWith("https://") ? [end] : [value.slice(0, 12), end];
}

const searched = markerNames.map((name) => {
  const value = markers[name];
  const number = pattern(value);
  const texts = pieces(value).map(plain);
  return {
    name,
    isIn: (text: string) => (number ? number.test(text) : texts.some((one) => text.includes(one))),
  };
});

/** @returns the names of the markers in a text, in whatever way they are written there */
export function markersIn(text: string): MarkerName[] {
  const all = plain([...readings(text)].join("\n"));
  return searched.filter(({ isIn }) => isIn(all)).map(({ name }) => name);
}

/** `keyId.base64url`, longer than any file name: a sealed checkpoint. */
const seal = /(?<![\w.-])[a-z0-9]{1,8}\.(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{30,}/g;

/** @returns the beginnings of texts of the form of a sealed checkpoint; also the keys of this test's seals tell them */
export function sealsIn(text: string): string[] {
  return [...readings(text, false)].flatMap((one) => one.match(seal) ?? []).map((one) => one.slice(0, 12));
}

/** The text, and what it is when it is decoded, once and again: a URL in JSON in a form. */
function readings(text: string, base64 = true): Set<string> {
  const known = new Set([text]);
  for (let round = 0, last = [text]; round < 3 && last.length > 0; round++) {
    const decoders = base64 && round < 2 ? [...textual, fromBase64, fromHex] : textual;
    const next = last
      .flatMap((one) => decoders.map((decode) => decode(one)))
      .filter((one) => one !== "" && !known.has(one));
    for (const one of next) known.add(one);
    last = next;
  }
  return known;
}

const fromUrl = (text: string) =>
  text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
const fromJson = (text: string) =>
  text
    .replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+(["\\/])/g, "$1")
    .replace(/\\+[nrt]/g, " ");
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const fromHtml = (text: string) =>
  text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|lt|gt|quot|apos));/gi, (_, decimal, hex, name) =>
    name
      ? (entities[name.toLowerCase()] ?? "")
      : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
const textual = [fromUrl, fromJson, fromHtml];

/** Wherever in a run of its characters it begins. */
function fromBase64(text: string): string {
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
  return runs.flatMap((run) => [0, 1, 2, 3].map((at) => readable(Buffer.from(run.slice(at), "base64")))).join("\n");
}

function fromHex(text: string): string {
  const runs = text.match(/(?:[0-9a-f]{2}){6,}/gi) ?? [];
  return runs.flatMap((run) => [0, 1].map((at) => readable(Buffer.from(run.slice(at), "hex")))).join("\n");
}

/** Noise is dropped: only letters and digits of texts are looked for. */
function readable(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, " ");
}

/** One input or output: what it was, and all of its text. */
export interface Text {
  readonly of: string;
  readonly text: string;
}

/** What inputs and outputs there were; each must have had something in it. */
export function collection() {
  const texts: Text[] = [];
  return {
    texts,
    add(of: string, text: unknown): void {
      texts.push({ of, text: typeof text === "string" ? text : JSON.stringify(text) });
    },
    /** names of the markers that stand in any of the texts */
    markers: (): Set<MarkerName> => new Set(texts.flatMap(({ text }) => markersIn(text))),
    /** what leaks, as `where: marker` */
    leaks: (allowed: readonly MarkerName[] = []): string[] =>
      texts.flatMap(({ of, text }) => [
        ...markersIn(text)
          .filter((name) => !allowed.includes(name))
          .map((name) => `${of}: ${name}`),
        ...sealsIn(text).map((start) => `${of}: seal ${start}`),
      ]),
  };
}
