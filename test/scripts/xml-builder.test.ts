import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import own from "../../scripts/build/xml-builder.ts";

interface Node {
  ele(name: string, attributes?: Record<string, unknown>): Node;
  txt(text: string): unknown;
  end(): string;
}
interface Builder {
  create(name: string, options?: object): { dec(version: string, encoding: string): Node };
}
const real: Builder = createRequire(import.meta.url)("xmlbuilder");

/** As Twilio's TwiML builder sets it up. */
const asTwilio = {
  stringify: {
    attValue(this: { attEscape(text: string): string }, value: unknown) {
      return this.attEscape(`${Array.isArray(value) ? value.join(" ") : value}` || "") || "";
    },
  },
};

type Planned = { name: string; attributes: Record<string, unknown>; children: (Planned | string)[] };
const text = fc.oneof(
  { weight: 10, arbitrary: fc.string({ unit: "grapheme" }) },
  { weight: 10, arbitrary: fc.constantFrom("", "&", "<b>", "]]>", '"', "\r\n\t", "&amp;", "&#x9;", "日本語", "😀") },
  // what XML cannot hold, and any unit at all
  { weight: 1, arbitrary: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u0000", "\ud800", "\uffff")) },
);
const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("Say", "Play", "say-as", "xml:lang", "a1") },
  { weight: 1, arbitrary: fc.constantFrom("0", "a b", "") },
);
const { element } = fc.letrec<{ element: Planned }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 2 }))),
    children: fc.array(fc.oneof({ maxDepth: 3 }, text, tie("element")), { maxLength: 4 }),
  }),
}));

function written(builder: Builder, root: Planned): string | "refused" {
  const add = (node: Node, { children }: Planned): void => {
    for (const child of children) {
      if (typeof child === "string") node.txt(child);
      else add(node.ele(child.name, child.attributes), child);
    }
  };
  try {
    const response = builder.create("Response", asTwilio).dec("1.0", "UTF-8");
    add(response, root);
    return response.end();
  } catch {
    return "refused";
  }
}

test("the bundles' own XML writer writes and refuses the same as xmlbuilder, whatever it is given", () => {
  fc.assert(
    fc.property(element, (root) => {
      expect(written(own as unknown as Builder, root)).toBe(written(real, root));
    }),
    { numRuns: 1_000 },
  );
});
