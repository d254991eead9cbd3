import type { Chart, PartReport, Table, Target } from "../report.ts";
import { ratioOf, type Spread, spreadOf } from "../statistics.ts";
import { titles } from "../webhooks/figures.ts";
import { type Candidate, nodeAlone, primaryName } from "./candidates.ts";
import type { Share } from "./dependencies.ts";
import type { ColdStart } from "./start-once.ts";

/** Tables, targets and charts of the cold starts; pure. */

export interface StartFound extends Omit<Candidate, "start"> {
  readonly starts: readonly ColdStart[];
}
export interface LayerFound {
  readonly name: string;
  readonly starts: readonly ColdStart[];
}
export interface ColdStartRun {
  readonly found: readonly StartFound[];
  readonly layers: readonly LayerFound[];
  readonly shares: readonly Share[];
}

interface Started {
  readonly starts: readonly ColdStart[];
}
const bytesPerMb = 2 ** 20;
const importMs = ({ starts }: Started) => starts.map((start) => start.importMs);
const rssMb = ({ starts }: Started) => starts.map(({ rssBytes }) => rssBytes / bytesPerMb);
const answeredMs = ({ starts }: Started) => starts.flatMap((start) => start.answeredMs ?? []);
const shown = ({ low, high }: Spread) => `${low.toFixed(1)} to ${high.toFixed(1)}`;

export function toReport({ found, layers, shares }: ColdStartRun): PartReport {
  const primary = named(found, primaryName);
  const plain = named(found, "plain");
  const importRatio = ratioOf(importMs(primary), importMs(plain)).median;
  const answeredRatio = ratioOf(answeredMs(primary), answeredMs(plain)).median;
  const rssRatio = ratioOf(rssMb(primary), rssMb(plain)).median;
  const targets: readonly Target[] = [
    { what: "cold import of the primary, x by hand", bound: { atMost: 0.25 }, measured: importRatio, kind: "ratio" },
    { what: "import and first webhook, x by hand", bound: { atMost: 0.38 }, measured: answeredRatio, kind: "ratio" },
    { what: "memory after import, x by hand", bound: { atMost: 0.63 }, measured: rssRatio, kind: "ratio" },
    { what: "bytes of the primary's bundle", bound: { atMost: 330_000 }, measured: primary.bytes, kind: "count" },
    { what: "the same, gzip", bound: { atMost: 100_000 }, measured: primary.gzipBytes, kind: "count" },
  ];
  const charts = [
    chart("Import and first webhook over TLS, in a fresh process", found, answeredMs),
    chart("Import in a fresh process", found.filter(isShownInChart), importMs),
  ];
  return { tables: [startsTable(found), dependencyTable(layers, shares)], targets, charts, notes };
}

/** Of ours, what answers voice webhooks. */
function isShownInChart({ name, isOurs, bytes }: StartFound): boolean {
  return bytes > 0 && (!isOurs || name === primaryName || name === "fallback voice-fallback");
}

function startsTable(found: readonly StartFound[]): Table {
  const node = spreadOf(rssMb(named(found, nodeAlone))).median;
  const plain = named(found, "plain");
  return {
    title: "Bundles in fresh processes",
    columns: [
      { key: "name", title: "bundle" },
      { key: "bytes", title: "bytes" },
      { key: "gzipBytes", title: "gzip" },
      { key: "importMs", title: "import ms", digits: 1 },
      { key: "importSpread", title: "half of the starts" },
      { key: "importRatio", title: "x by hand", digits: 2 },
      { key: "answeredMs", title: "import and first webhook ms", digits: 1 },
      { key: "answeredSpread", title: "half of the starts" },
      { key: "answeredRatio", title: "x by hand", digits: 2 },
      { key: "rssMb", title: "MB after import", digits: 1 },
      { key: "rssRatio", title: "x by hand", digits: 2 },
      { key: "ownMb", title: "MB beyond Node", digits: 1 },
    ],
    rows: found.map((one) => {
      const { bytes, gzipBytes } = one;
      const imported = spreadOf(importMs(one));
      const memory = spreadOf(rssMb(one)).median;
      const always = { name: titleOf(one), rssMb: memory, rssRatio: ratioOf(rssMb(one), rssMb(plain)).median };
      if (bytes === 0) return always;
      return {
        ...always,
        bytes,
        gzipBytes,
        ...{ importMs: imported.median, importSpread: shown(imported), ownMb: memory - node },
        importRatio: ratioOf(importMs(one), importMs(plain)).median,
        ...(answeredMs(one).length > 0 && answered(one, plain)),
      };
    }),
  };
}

function answered(one: StartFound, plain: StartFound) {
  const spread = spreadOf(answeredMs(one));
  const answeredRatio = ratioOf(answeredMs(one), answeredMs(plain)).median;
  return { answeredMs: spread.median, answeredSpread: shown(spread), answeredRatio };
}

/** Every part of the primary's bundle with its bytes and, where it can be loaded alone, its time. */
function dependencyTable(layers: readonly LayerFound[], shares: readonly Share[]): Table {
  const layer = (name: string) => layers.find((one) => one.name === name);
  const base = layer("node");
  const beyondNode = (one: LayerFound | undefined) => {
    if (one === undefined || base === undefined) return undefined;
    const differences = importMs(one).map((ms, run) => ms - (importMs(base)[run] ?? Number.NaN));
    return spreadOf(differences).median;
  };
  const all = beyondNode(layer("all"));
  const primary = beyondNode(layer("primary"));
  const own = all === undefined || primary === undefined ? undefined : primary - all;
  const total = shares.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    title: "What the primary's bundle is made of",
    columns: [
      { key: "owner", title: "part" },
      { key: "bytes", title: "bytes" },
      { key: "share", title: "% of the bundle", digits: 1 },
      { key: "ms", title: "import ms", digits: 1 },
    ],
    rows: [
      { owner: "modules of Node that it loads", ms: base && spreadOf(importMs(base)).median },
      ...shares.map(({ owner, bytes }) => ({
        owner: ownTitles[owner] ?? owner,
        bytes,
        share: (100 * bytes) / total,
        ms: beyondNode(layer(owner)),
      })),
      { owner: "all of ours together", ms: own },
    ],
  };
}

const ownTitles: Readonly<Record<string, string>> = {
  core: "ours: core",
  flows: "ours: flows",
  lambda: "ours: lambda",
  scripts: "ours: stand-ins for parts of packages",
};

function chart(title: string, found: readonly StartFound[], of: (one: StartFound) => readonly number[]): Chart {
  const bars = found.flatMap((one) => {
    const values = of(one);
    if (values.length === 0) return [];
    const { low, median, high } = spreadOf(values);
    return [{ label: titleOf(one), value: median, spread: [low, high] as const, isOurs: one.isOurs }];
  });
  return { title, unit: "ms", digits: 0, bars };
}

/** Others by what they are, as in the tables of webhooks; ours by their leg and bundle. */
function titleOf({ name }: StartFound): string {
  const titlesByName: Readonly<Record<string, string>> = titles;
  return titlesByName[name] ?? name;
}

function named(found: readonly StartFound[], name: string): StartFound {
  const one = found.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`${name} was not measured`);
  return one;
}

const notes = [
  "Every start is a process of its own, the bundles in turn. Import is timed from before `require` (or `import`) to its end, without the start of Node itself; resident memory is read at that moment. The first webhook is then asked in the same process: its signature is checked, and the table is behind TLS with a handshake to be made.",
  "The webhook that is asked is the first of a call: for Stayline's primary that of a shipped flow; for the fallback leg one that the primary has lost. The bare handler checks and stores nothing. The durable execution SDK takes no webhooks: its row is the import alone.",
  "Secrets are in the environment. Where they are in SSM, the primary loads the bundle `parameters` as well, and one request to SSM is added to the start.",
  "Milliseconds of a part of the bundle: exactly what the primary imports of a package, bundled alone in the same way and loaded after the modules of Node that the primary loads, less these; of ours, the primary less all packages together. Parts share what they load, so the column does not add up to the whole to the last tenth.",
];
