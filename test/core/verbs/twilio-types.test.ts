import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import type { Spec } from "../../../core/attributes.ts";
import { type ElementName, elements } from "../../../core/elements.ts";
import { notMade, notWritten } from "../../../scripts/verbs/not-written.ts";

/** The types of Twilio's own builder: attributes by element, the words that some of them may be. */
const types = readFileSync(createRequire(import.meta.url).resolve("twilio/lib/twiml/VoiceResponse.d.ts"), "utf8");
const words = new Map(
  [...types.matchAll(/type (\w+) = ([^;]*);/g)].map(([, name = "", body = ""]) => [
    name,
    [...body.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word),
  ]),
);
const builder = new Map<string, Map<string, string>>();
// an element that may stand in several others has a type in each
for (const [, element = "", body = ""] of types.matchAll(/interface (\w+)Attributes \{([^}]*)\}/g)) {
  const attributes = builder.get(element) ?? new Map<string, string>();
  for (const [, name = "", type = ""] of body.matchAll(/^\s*"?([\w:-]+)"?\?: ([^;]*);/gm)) attributes.set(name, type);
  builder.set(element, attributes);
}

const names = Object.keys(elements) as ElementName[];

describe("the elements of Twilio's own builder", () => {
  test("were read", () => {
    expect(builder.size).toBeGreaterThan(40);
    expect(builder.get("Gather")?.get("numDigits")).toBe("number");
    expect(words.get("RejectReason")).toEqual(["rejected", "busy"]);
  });

  test("are all made by a function here, or have a reason why not", () => {
    const all = [...types.matchAll(/export class (\w+) extends TwiML/g)].map(([, name = ""]) => name);
    const there = all.filter((name) => !name.startsWith("Ssml") && !(name in elements) && name !== "Connect");
    const missing = there.filter((name) => !["Start", "Stop"].includes(name));
    expect(missing.toSorted()).toEqual(Object.keys(notMade).toSorted());
    expect(names.filter((name) => !all.includes(name))).toEqual([]);
  });
});

describe.each(names)("the attributes of %s", (element) => {
  const theirs = [...(builder.get(element)?.keys() ?? [])];
  const ours = Object.keys(elements[element]);

  test("are those of Twilio's own builder, but for those that an author does not write", () => {
    const left = Object.keys(notWritten[element] ?? {});
    expect([...ours, ...left].toSorted()).toEqual(theirs.toSorted());
  });

  test("have the values of Twilio's own builder, where it names them", () => {
    for (const [name, spec] of Object.entries<Spec>(elements[element])) {
      const type = builder.get(element)?.get(name) ?? "";
      const named = words.get(type.replace("[]", ""));
      if (named === undefined || spec.kind === "text" || `${element} ${name}` in otherValues) continue;
      expect([name, "values" in spec ? spec.values.toSorted() : spec.kind]).toEqual([name, named.toSorted()]);
    }
  });
});

/** Where ours differ from the builder's types, and why. */
const otherValues: Readonly<Record<string, string>> = {
  "Gather input": "one of three combinations here, a list there",
};

test("each exception is one", () => {
  for (const one of Object.keys(otherValues)) {
    const [element = "", name = ""] = one.split(" ");
    expect(builder.get(element)?.has(name)).toBe(true);
  }
});
