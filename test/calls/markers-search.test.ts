import { expect, test } from "vitest";
import { createSealer } from "../../core/seal.ts";
import { collection, markerNames, markers, markersIn, sealsIn } from "../support/markers.ts";

const line = (value: string) =>
  JSON.stringify({ event: "turn.answered", leg: "primary", atMs: 1_763_000_000_000, reason: value });
const escaped = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const spellings: Readonly<Record<string, (value: string) => string>> = {
  plainly: (value) => value,
  "in capitals": (value) => value.toUpperCase(),
  "URL-encoded": encodeURIComponent,
  "as a form writes it": (value) => new URLSearchParams({ value }).toString(),
  "URL-encoded twice": (value) => encodeURIComponent(encodeURIComponent(value)),
  "as JSON escapes": escaped,
  "as JSON in JSON": (value) => JSON.stringify(JSON.stringify({ value })),
  "in base64": (value) => Buffer.from(value).toString("base64"),
  "in base64, behind other text": (value) => Buffer.from(`{"a":"${value}"}`).toString("base64url"),
  "in base64 in JSON in base64": (value) =>
    Buffer.from(JSON.stringify({ body: Buffer.from(value).toString("base64") })).toString("base64"),
  "in base64, URL-encoded": (value) =>
    encodeURIComponent(Buffer.from(`x=${encodeURIComponent(value)}`).toString("base64")),
  "as HTML entities": (value) => [...value].map((one) => `&#${one.codePointAt(0)};`).join(""),
  "in hexadecimal": (value) => Buffer.from(value).toString("hex"),
};

test.each(Object.entries(spellings))("a marker that leaks %s is found", (_, spell) => {
  for (const name of markerNames) {
    // capitals make another token of a token; nobody writes one so
    if (spell("a") === "A" && /^[\w=-]{20,}$/.test(markers[name])) continue;
    expect(markersIn(line(spell(markers[name]))), name).toContain(name);
  }
});

test("a number is found as people group it, and a part of a secret, too", () => {
  expect(markersIn("call 090-3141-5926 now")).toEqual(["caller"]);
  expect(markersIn("+81 (90) 3141 5926")).toEqual(["caller"]);
  expect(markersIn(`token ${markers.authToken.slice(0, 12)}…`)).toEqual(["authToken"]);
});

test("nothing is found where nothing is, also among long numbers and ids", () => {
  const ids = Array.from(
    { length: 2_000 },
    (_, at) => `${1_763_000_000_000 + at * 7_919} CA${String(at).padStart(32, "0")}`,
  );
  expect(markersIn(ids.join("\n"))).toEqual([]);
  expect(sealsIn(`voice-webhook.js:12:34 2026-11-22T03:00:00.000Z ${ids[7]}`)).toEqual([]);
});

test("a sealed checkpoint is found, of whatever key, also in a URL in JSON in a form", () => {
  const sealer = createSealer(`k1:${Buffer.alloc(32, 9).toString("base64")}`);
  const sealed = sealer.seal("url", `CA${"1".repeat(32)}`, JSON.stringify({ step: "color" }));
  const url = `https://line.example.com/voice/four/${sealed}?x=1`;
  for (const text of [
    sealed,
    sealed.replace("k1.", "night7."),
    url,
    encodeURIComponent(url),
    JSON.stringify({ url }),
  ]) {
    expect(sealsIn(line(text))).not.toEqual([]);
  }
});

test("a leak is told with the place where it stands, and what is allowed there is not", () => {
  const outputs = collection();
  outputs.add("trace", line("all is well"));
  outputs.add("page", line(encodeURIComponent(markers.speech)));
  outputs.add("status", { said: markers.sorryMessage });
  expect(outputs.leaks(["sorryMessage"])).toEqual(["page: speech"]);
});
