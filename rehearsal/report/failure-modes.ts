import { declaredLosses } from "../declared.ts";
import { type FaultClass, faultClasses } from "../fault-classes.ts";
import { faultKinds, type PointKind } from "../fault-kinds.ts";
import { consequences, type Mode } from "./modes.ts";

const operations: Readonly<Record<PointKind, string>> = {
  call: "The whole call",
  request: "A request of Twilio to the leg where the call is",
  fallback: "A request of Twilio to the fallback URL",
  media: "A prompt",
  status: "A status callback",
  read: "A read of the table",
  write: "A write of the table",
  effect: "An effect at the outside service",
};

/** What takes effect when, in the words of the page. */
const takes = { before: "no", after: "yes", late: "later" } as const;

/**
 * The page of failure modes: every fault with what follows from it, and the losses that no pair of them can avoid.
 *
 * @param modes what followed from each fault alone, over all calls of a rehearsal of single faults
 */
export function failureModesPage(modes: ReadonlyMap<string, Mode>, rehearsed: string): string {
  const kinds = Object.keys(faultKinds) as PointKind[];
  return `${[...opening(rehearsed), ...kinds.flatMap((kind) => operation(kind, modes)), ...pairs(), ...losses()].join(
    "\n",
  )}\n`;
}

function opening(rehearsed: string): string[] {
  return [
    "# Failure modes",
    "",
    "*Made by `npm run rehearse:modes` from the code and from a rehearsal; a test compares the two.*",
    "",
    `What follows from each fault alone, whatever step it strikes: all that was seen in ${rehearsed}, under every dialect`,
    "(one plausible answer to each question that Twilio's documentation leaves open). The longest silence is virtual time",
    "without the network's own; the bound for one fault is 5,000 ms. *Handled* says whether the operation took effect.",
    "",
  ];
}

function operation(kind: PointKind, modes: ReadonlyMap<string, Mode>): string[] {
  const rows = faultKinds[kind].map(({ name, what, takes: when, lasts }) => {
    const mode = modes.get(`${kind} ${name}`);
    const follows = consequences.filter((one) => mode?.follows.has(one)).join("; ") || "alone it cannot happen";
    const silence = mode === undefined ? "" : `${mode.silenceMs.toLocaleString("en-US")} ms`;
    return `| \`${name}\` | ${what} | ${lasts === "once" ? takes[when] : lasts} | ${follows} | ${silence} |`;
  });
  return [
    `## ${operations[kind]}`,
    "",
    "| fault | what happens | handled | what follows | longest silence |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
}

/** Each pair of classes, the first fault in the rows, the second in the columns. */
function pairs(): string[] {
  const classes = Object.keys(faultClasses) as FaultClass[];
  const letters = new Map(declaredLosses.map(({ name }, at) => [name, String.fromCharCode(65 + at)]));
  const cell = (first: FaultClass, second: FaultClass): string => {
    const here = declaredLosses.filter(({ pairs: known }) => known.some(([a, b]) => a === first && b === second));
    return here.map(({ name }) => letters.get(name)).join(" ") || "·";
  };
  return [
    "## Pairs",
    "",
    "The first fault in the rows, the second in the columns. · the call always comes to an ending that its answers lead to,",
    "each effect done once or reported in doubt; a letter: it may be lost in the way that is declared below. The search of all",
    "ordered pairs fails on any other loss, and on one in a pair that is not marked.",
    "",
    `| | ${classes.join(" | ")} |`,
    `| --- | ${classes.map(() => "---").join(" | ")} |`,
    ...classes.map((first) => `| **${first}** | ${classes.map((second) => cell(first, second)).join(" | ")} |`),
    "",
    "| kind of trouble | |",
    "| --- | --- |",
    ...classes.map((name) => `| ${name} | ${faultClasses[name]} |`),
    "",
  ];
}

function losses(): string[] {
  return [
    "## Declared losses",
    "",
    "| | name | when | what the caller hears |",
    "| --- | --- | --- | --- |",
    ...declaredLosses.map(
      ({ name, when, hears }, at) => `| ${String.fromCharCode(65 + at)} | ${name} | ${when} | ${hears} |`,
    ),
    "",
    "Besides: Twilio's own outage, and the caller's own line.",
  ];
}
