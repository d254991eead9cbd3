import { expect } from "vitest";
import type { AttributeValue, Spec } from "../../../core/attributes.ts";
import { type ElementName, elements, notPlain } from "../../../core/elements.ts";
import { FlowError } from "../../../core/errors.ts";
import { defineFlow, goTo, hangup, say } from "../../../core/index.ts";
import { numbered, type RenderContext, renderTwiml } from "../../../core/twiml.ts";
import type { Verb } from "../../../core/verbs.ts";
import { parseXml, type XmlElement } from "../xml.ts";

export type Given = Readonly<Record<string, AttributeValue>>;

const context: RenderContext = {
  language: "en",
  plain: false,
  actionUrl: (verb, index) => `https://p.example.com/${verb}/${index}`,
  statusUrl: (verb, index) => `https://f.example.com/status/${verb}/${index}`,
  asideUrl: (kind) => `https://p.example.com/${kind}`,
  mediaUrl: (file, index) => `https://p.example.com/media/${index}/${file}`,
};

/** The element that a verb becomes, read back by a strict XML parser. */
export function rendered(verb: Verb, over: Partial<RenderContext> = {}): XmlElement {
  const root = parseXml(renderTwiml(numbered([verb]), { ...context, ...over }));
  expect([root.name, root.children.length]).toEqual(["Response", 1]);
  return inside(root, 0);
}

/** The child at a place of an element, and its child, and so on. */
export function inside(element: XmlElement, ...places: readonly number[]): XmlElement {
  return places.reduce((parent, at) => {
    const child = parent.children[at];
    if (child === undefined) throw new Error(`<${parent.name}> has no child ${at}`);
    return child;
  }, element);
}

/** What a flow with these verbs is refused with when it loads; "accepted" when it is not. */
export function refusalOf(...verbs: readonly Verb[]): string {
  try {
    defineFlow({
      name: "desk",
      start: "greet",
      steps: { greet: { prompt: () => verbs, next: () => goTo("greet") } },
      lastResort: () => [say("last resort"), hangup()],
    });
    return "accepted";
  } catch (error) {
    if (error instanceof FlowError) return error.message;
    throw error;
  }
}

/** What `refusalOf` gives for a problem of a verb of that flow. */
export const refused = (problem: string) => `flow desk: step 'greet': ${problem}`;

/** Values that Twilio takes: for a number its ends. */
function goodValues(spec: Spec): readonly AttributeValue[] {
  switch (spec.kind) {
    case "whole":
      return [spec.min, spec.max, ...(spec.or === undefined ? [] : [spec.or])];
    case "flag":
      return [true, false];
    case "oneOf":
      return spec.values;
    case "someOf":
      return [spec.values, spec.values.slice(0, 1)];
    case "text":
      return ["x".repeat(spec.max > 1_000 ? 10 : spec.max)];
    case "keys":
      return ["#*0123456789".slice(0, spec.max), ""];
    case "url":
      return [`${spec.scheme}://example.com/a?b=1&c="2"`];
  }
}

function badValues(spec: Spec): readonly unknown[] {
  switch (spec.kind) {
    case "whole":
      return [spec.min - 1, spec.max + 1, spec.min + 0.5, "many", Number.NaN];
    case "flag":
      return ["true", 1];
    case "oneOf":
      return ["neither", ""];
    case "someOf":
      return [[], ["neither"], "neither"];
    case "text":
      return ["x".repeat(spec.max + 1), 5];
    case "keys":
      return ["a", "1".repeat(spec.max + 1)];
    case "url":
      return ["/relative", "ftp://example.com/", "example.com"];
  }
}

const textOf = (value: AttributeValue) => (typeof value === "object" ? value.join(" ") : String(value));

/**
 * Checks all attributes of an element: each value that Twilio takes is rendered as it is, and left out of a plain rendering
 * where it should be; each other value, and an attribute that is not there, is refused when the flow loads, by name.
 *
 * @param make the verb with these attributes on the element
 * @param find the element in what the verb becomes
 * @param ours what the renderer itself sets on the element
 */
export function checkAttributes(
  name: ElementName,
  make: (attributes: Given) => Verb,
  find: (verb: XmlElement) => XmlElement = (verb) => verb,
  ours: (given: Given) => Readonly<Record<string, string>> = () => ({}),
): void {
  const specs = Object.entries<Spec>(elements[name]);
  const verbName = make({}).verb;
  for (const [attribute, spec] of specs) {
    for (const value of goodValues(spec)) {
      const given = { [attribute]: value };
      const verb = make(given);
      expect([attribute, value, refusalOf(verb)]).toEqual([attribute, value, "accepted"]);
      expect(find(rendered(verb)).attributes).toEqual({ ...ours(given), [attribute]: textOf(value) });
    }
    for (const value of badValues(spec)) {
      const refusal = refusalOf(make({ [attribute]: value as AttributeValue }));
      expect(refusal).toContain(refused(`${verbName}: `));
      expect(refusal).toMatch(new RegExp(`\\b${attribute} is `));
    }
  }
  expect(refusalOf(make({ colour: "red" }))).toMatch(
    new RegExp(`^flow desk: step 'greet': ${verbName}: .*no attribute colour`),
  );
  const all = Object.fromEntries(specs.map(([attribute, spec]) => [attribute, goodValues(spec)[0] ?? ""]));
  const kept = Object.entries(all).filter(([attribute]) => !notPlain[name]?.includes(attribute));
  const texts = Object.fromEntries(kept.map(([attribute, value]) => [attribute, textOf(value)]));
  expect(find(rendered(make(all), { plain: true })).attributes).toEqual({ ...ours(all), ...texts });
}
