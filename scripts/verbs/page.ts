import type { Spec } from "../../core/attributes.ts";
import { type ElementName, elements, notPlain } from "../../core/elements.ts";
import { toInput, type YieldingVerb } from "../../core/input.ts";
import { limits } from "../../core/limits.ts";
import { type Verb, yielding } from "../../core/verbs.ts";
import { notMade, notWritten } from "./not-written.ts";
import { answers, lostNotes, notes, type TestName, type VerbNote } from "./notes.ts";
import { isRehearsed, type Place, rehearsed } from "./rehearsed.ts";

const head = `# Verbs

Made from the code by \`npm run verbs\`; a test compares. What a flow may write, what Twilio is sent, what comes back, and what
happens when that is lost. Attributes have Twilio's names, values and units. What is wrong with a verb fails when the flow is
loaded, with the names of flow, step and verb. What has no function here is written with \`raw\`.

- **Outcome**: the kinds of \`input\` that the step's \`next\` gets. \`lost\` comes in place of any of them.
- **Other path**: the status callback by which the outcome arrives on the other leg too.
- **Plain**: the rendering that Twilio is given after it could not execute a document.
- **Rehearsal**: \`known\`: it knows the attribute, and warns of one that is not there as Twilio does (12200); \`taken\`: it takes any
  attribute of this element. Not every attribute that is known changes what a rehearsed caller hears.
- A document has at most ${limits.documentBytesMax} bytes and ${limits.verbsPerDocumentMax} verbs, a text at most ${limits.sayCharactersMax} characters.`;

const yieldingVerbs: Readonly<Record<string, (typeof yielding)[keyof typeof yielding] | undefined>> = yielding;

/** The page, from the code and the notes. */
export function verbsPage(): string {
  const names = Object.keys(notes) as Verb["verb"][];
  const parts = [head, overview(names), ...names.map((name) => section(name, notes[name])), leftOut()];
  return `${parts.join("\n\n")}\n`;
}

function isYielding(name: string): name is keyof typeof yielding {
  return yieldingVerbs[name] !== undefined;
}

function overview(names: readonly Verb["verb"][]): string {
  const rows = names.map((name) => {
    const link = `[${name}](#${name.toLowerCase()})`;
    if (!isYielding(name)) return [link, "none: the call goes on, or ends", "", "", ""];
    const { whenLost, crossed } = yielding[name];
    const lost = whenLost === "ask" ? "asked again" : "never again: the step decides";
    return [link, kindsOf(name).map(code).join(" "), lost, crossed ?? "none", testText(lostNotes[name].test)];
  });
  return table(["verb", "outcome", "when it is lost", "other path", "test of the loss"], rows);
}

/** The kinds of answer that the code reads from what Twilio sends. */
function kindsOf(verb: Exclude<YieldingVerb, "next">): string[] {
  const kinds = answers[verb].map((params) => toInput(verb, new Map(Object.entries(params)))?.kind);
  return [...new Set(kinds)].filter((kind) => kind !== undefined);
}

function section(name: Verb["verb"], note: VerbNote): string {
  const lines = [
    `## ${name}`,
    "",
    `${note.does} Written: ${note.written.map(code).join(", ")}.${note.flow ? ` Used in \`${note.flow}\`.` : ""}`,
    ...(isYielding(name) ? ["", `**Lost**: ${lostNotes[name].means}`] : []),
    "",
    ...note.tests.map((test) => `- ${testText(test)}`),
  ];
  const rows = note.places.flatMap(attributeRows);
  if (rows.length > 0) lines.push("", table(["element", "attribute", "value", "plain", "rehearsal"], rows));
  return lines.join("\n");
}

function attributeRows(place: Place): string[][] {
  const element = place[place.length - 1] as ElementName;
  const shown = place.map(code).join(" ");
  if (!isRehearsed(place)) throw new Error(`the rehearsal does not know ${shown}`);
  const rows = Object.entries<Spec>(elements[element]).map(([attribute, spec]) => [
    shown,
    code(attribute),
    valueText(spec),
    notPlain[element]?.includes(attribute) ? "left out" : "kept",
    rehearsed(place, attribute),
  ]);
  return rows.length > 0 ? rows : [[shown, "none", "", "", ""]];
}

function valueText(spec: Spec): string {
  switch (spec.kind) {
    case "whole":
      return `${spec.min} to ${spec.max}${spec.or === undefined ? "" : ` or ${code(spec.or)}`}`;
    case "flag":
      return "`true` `false`";
    case "oneOf":
      return spec.values.map(code).join(" ");
    case "someOf":
      return `some of ${spec.values.map(code).join(" ")}`;
    case "text":
      return `text of at most ${spec.max} characters`;
    case "keys":
      return spec.max === 1 ? "a key, or none" : `at most ${spec.max} keys, or none`;
    case "url":
      return `absolute ${spec.scheme} URL`;
  }
}

function leftOut(): string {
  const attributes = Object.entries(notWritten).flatMap(([element, reasons]) => {
    const byReason = Map.groupBy(Object.entries(reasons), ([, reason]) => reason);
    return [...byReason].map(([reason, all]) => [code(element), all.map(([name]) => code(name)).join(" "), reason]);
  });
  const made = Object.entries(notMade).map(([element, reason]) => [code(element), reason]);
  return [
    "## What an author does not write",
    "",
    "Attributes and elements of Twilio's own builder that have no place above. A test compares with its types.",
    "",
    table(["element", "attributes", "why"], attributes),
    "",
    table(["element", "instead"], made),
  ].join("\n");
}

function testText([file, name]: TestName): string {
  return `\`${file}\`: ${name}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
