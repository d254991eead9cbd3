import { chanceMax, chanceOfMore, oddMax, unseenRate } from "./probe-chance.ts";
import type { WaySummary } from "./probe-summary.ts";
import type { WayName } from "./probe-ways.ts";

/** A part of the path of calls, and what the comparison of two ways tells of it. */
export interface Layer {
  readonly layer: string;
  /** adds: more than chance explains; unclear: chance may explain it; none: adds none */
  readonly adds: "adds" | "unclear" | "none";
  /** failures that come in here, in percent of all requests */
  readonly percent: number;
}

export interface Findings {
  readonly layers: readonly Layer[];
  /** what the layers come to, in words, the worst first */
  readonly sentences: readonly string[];
}

const path: readonly WayName[] = ["public name", "API endpoint", "direct invocation"];
/** What lies between two ways: only failures of the outer one pass it. */
const between: Readonly<Record<string, string>> = {
  "public name|API endpoint":
    "between the public name and the API: its DNS, its certificate, its mapping to the API, or what stands in front of it",
  "public name|direct invocation":
    "between the public name and the function: with --api it can be told whether before or in the API",
  "API endpoint|direct invocation": "between the API and the function: its throttle, its integration, its permission",
};
const within: Readonly<Partial<Record<WayName, string>>> = {
  "public name": "somewhere from the public name inwards: with --api and --function it can be told where",
  "API endpoint": "at the API or behind it: with --function it can be told which",
  "direct invocation": "in the function or behind it: its start, its memory, its secrets, its table",
};

/** Compares the ways from the outside inwards: what an outer way loses and the next one does not, is lost between the two. */
export function findLayers(summaries: readonly WaySummary[]): Findings {
  const usable = summaries.filter(({ asked, unusable }) => asked > 0 && !unusable);
  const { kept, odd } = inwards(path.flatMap((name) => usable.find(({ way }) => way === name) ?? []));
  const layers = kept.map((outer, index) => layerOf(outer, kept[index + 1]));
  const told = layers.map((layer, index) => sentenceOf(layer, kept[index] as WaySummary, kept[index + 1]));
  const order = { adds: 0, unclear: 1, none: 2 } as const;
  const worst = layers
    .map((layer, index) => ({ layer, sentence: told[index] }))
    .sort((a, b) => order[a.layer.adds] - order[b.layer.adds] || b.layer.percent - a.layer.percent)
    .flatMap(({ sentence }) => sentence ?? []);
  const sentences = [
    ...worst,
    ...(kept.length > 0 && worst.length === 0 ? [noneFailed(kept)] : []),
    ...odd.map(
      (way) =>
        `${rate(way)}, though the way outside it does not: that is this way's own (permission, Region, network), not the path of calls`,
    ),
    ...summaries.filter(({ unusable }) => unusable).map(unusableText),
    ...usable.filter(({ way }) => way === "fallback leg").map(fallbackText),
    ...usable.filter(({ tableNotReached }) => tableNotReached > 0).map(tableText),
    ...nearHere(usable),
  ];
  return { layers, sentences };
}

/** A way that fails more than the one outside it fails by itself: it is no part of the path. */
function inwards(ways: readonly WaySummary[]) {
  const kept: WaySummary[] = [];
  const odd: WaySummary[] = [];
  for (const way of ways) {
    const outer = kept.at(-1);
    if (outer !== undefined && chanceOfMore(way, outer) < oddMax) odd.push(way);
    else kept.push(way);
  }
  return { kept, odd };
}

function layerOf(outer: WaySummary, inner: WaySummary | undefined): Layer {
  if (inner === undefined) {
    const percent = percentOf(outer);
    return { layer: within[outer.way] ?? outer.way, adds: outer.failed > 0 ? "adds" : "none", percent };
  }
  const percent = Math.max(0, round(percentOf(outer) - percentOf(inner)));
  const adds = chanceOfMore(outer, inner) < chanceMax ? "adds" : percent > 0 ? "unclear" : "none";
  return { layer: between[`${outer.way}|${inner.way}`] ?? outer.way, adds, percent };
}

function sentenceOf({ layer, adds }: Layer, outer: WaySummary, inner: WaySummary | undefined): string | undefined {
  if (adds === "none") return undefined;
  if (inner === undefined) return `${rate(outer)}: the failures are ${layer}; ${mostly(outer)}`;
  const both = `${rate(outer)}, ${rate(inner)}`;
  if (adds === "adds") return `${both}: failures come in ${layer}; ${mostly(outer)}`;
  return `${both}: chance may explain the difference; ask more often (--times) to know`;
}

function noneFailed(kept: readonly WaySummary[]): string {
  const fewest = Math.min(...kept.map(({ asked }) => asked));
  const unseen = (unseenRate(fewest) * 100).toFixed(1);
  return `no way to the primary failed: what Twilio met is over, nearer to Twilio than this machine, or rarer than ${unseen} %`;
}

function fallbackText(way: WaySummary): string {
  return way.failed === 0
    ? `${rate(way)}: it can take calls`
    : `${rate(way)}: callers who need it are lost; ${mostly(way)}`;
}

function tableText({ way, tableNotReached, asked, failed }: WaySummary): string {
  return `${way}: ${tableNotReached} of ${asked - failed} answers without the table: calls go on, unsaved`;
}

function unusableText(way: WaySummary): string {
  return `${way.way} could not be asked (${listed(way.outcomes)}${codesOf(way)}): credentials, name, Region or permission of whoever asks`;
}

const atConnection = new Set(["no DNS answer", "unreachable", "no connection in time"]);

/** Two clouds do not fail in the same moment; the network from here does. */
function nearHere(ways: readonly WaySummary[]): string[] {
  const primary = ways.some(({ way }) => way !== "fallback leg");
  const fallback = ways.some(({ way }) => way === "fallback leg");
  const all = ways.every(({ asked, outcomes }) => {
    const lost = Object.entries(outcomes).reduce((sum, [what, n]) => sum + (atConnection.has(what) ? n : 0), 0);
    return lost > asked / 2;
  });
  return primary && fallback && all
    ? ["both legs mostly fail before a connection: look at this machine's network first"]
    : [];
}

const hints: Readonly<Record<string, string>> = {
  "status 403": "TWILIO_AUTH_TOKEN or the public base URL is not what the leg has",
  "status 404": "not the leg's host, or a base URL without its path",
  "status 429": "a throttle",
  "not the leg's answer": "another host answers, or an older build",
};

function mostly({ outcomes, ...way }: WaySummary): string {
  const failed = Object.fromEntries(Object.entries(outcomes).filter(([what]) => what !== "answered"));
  const [first = ""] = Object.keys(failed);
  const hint = hints[first];
  return `${listed(failed)}${codesOf(way)}${hint === undefined ? "" : ` (${hint})`}`;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} × ${what}`)
    .join(", ");
}

function codesOf({ codes }: Pick<WaySummary, "codes">): string {
  const words = Object.keys(codes).slice(0, 3);
  return words.length === 0 ? "" : ` [${words.join(", ")}]`;
}

function rate(way: WaySummary): string {
  return `${way.way} fails ${percentOf(way)} % (${way.failed} of ${way.asked})`;
}

function percentOf({ failed, asked }: WaySummary): number {
  return round((100 * failed) / asked);
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}
