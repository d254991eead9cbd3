import type { Chart, Column, PartReport, Row, Table, Target } from "../report.ts";
import { ratioOf, type Spread, spreadOf, summaryOf } from "../statistics.ts";
import type { Contender } from "./field.ts";
import type { Block } from "./leg-process.ts";
import type { Found, WebhooksRun } from "./run.ts";
import { answerDelayMs } from "./table-after-delay.ts";

/** Tables, targets and charts of a run; pure. */

export const titles: Readonly<Record<Contender, string>> = {
  bare: "bare middy, a fixed document",
  "one-write": "one write alone: the limit",
  plain: "by hand: twilio, get and put",
  "plain-idempotency": "by hand, with Powertools idempotency",
  durable: "AWS durable execution SDK, one step",
  stayline: "Stayline",
  "stayline-fallback": "Stayline, fallback leg",
};

/** 2,158 when it was set: an attribute more must be a decision. */
const ordinaryBytesMax = 2_300;

const cpu = ({ cpuMs }: Block) => cpuMs;
const median = ({ wallMs }: Block) => spreadOf(wallMs).median;
const cpuOf = ({ blocks }: Found) => blocks.map(cpu);
const medianOf = ({ blocks }: Found) => blocks.map(median);
const p99Of = ({ blocks }: Found) => summaryOf(blocks.flatMap(({ wallMs }) => wallMs)).p99;
const bytesOf = ({ traffic }: Found) => (traffic?.sentBytes ?? 0) + (traffic?.receivedBytes ?? 0);
const requestsTo = ({ traffic }: Found) => traffic?.requests ?? 0;
const shown = ({ low, high }: Spread) => `${low.toFixed(2)} to ${high.toFixed(2)}`;

const shared: readonly Column[] = [
  { key: "cpuMs", title: "CPU ms", digits: 3 },
  { key: "p50Ms", title: "p50 ms", digits: 3 },
  { key: "p99Ms", title: "p99 ms", digits: 2 },
  { key: "requests", title: "table requests", digits: 2 },
  { key: "sentBytes", title: "bytes sent" },
  { key: "receivedBytes", title: "bytes received" },
];

function costs(found: Found): Row {
  const { requests, sentBytes, receivedBytes } = found.traffic ?? {};
  return {
    cpuMs: spreadOf(cpuOf(found)).median,
    p50Ms: spreadOf(medianOf(found)).median,
    p99Ms: p99Of(found),
    requests,
    sentBytes,
    receivedBytes,
  };
}

export function toReport({ ordinary, otherWays, kinds, delayed, positions }: WebhooksRun): PartReport {
  const ours = at(ordinary, "stayline");
  const plain = at(ordinary, "plain");
  const cpuRatio = ratioOf(cpuOf(ours), cpuOf(plain));
  const medianRatio = ratioOf(medianOf(ours), medianOf(plain));
  const first = named(positions, "turn 1");
  const last = named(positions, "turn 200");
  const growth = ratioOf(cpuOf(last), cpuOf(first));

  const [oursDelayed, plainDelayed] = [at(delayed, "stayline"), at(delayed, "plain")];
  const onDelayed = `on a table that answers after ${answerDelayMs} ms`;

  const kindsTable: Table = {
    title: "Other kinds of webhook",
    columns: [{ key: "kind", title: "webhook" }, { key: "who", title: "who" }, ...shared],
    rows: kinds.map((found) => ({ kind: found.name, who: titles[found.contender], ...costs(found) })),
  };
  const positionsTable: Table = {
    title: `Turns into a call, on a table that answers everything after ${answerDelayMs} ms`,
    columns: [
      { key: "turn", title: "turn" },
      ...shared,
      { key: "cpuRatio", title: "CPU x turn 1", digits: 2 },
      { key: "cpuSpread", title: "in half of the rounds" },
      { key: "bytesRatio", title: "bytes x turn 1", digits: 2 },
    ],
    rows: positions.map((found) => {
      const ratio = ratioOf(cpuOf(found), cpuOf(first));
      const bytesRatio = bytesOf(found) / bytesOf(first);
      return { turn: found.name, ...costs(found), cpuRatio: ratio.median, cpuSpread: shown(ratio), bytesRatio };
    }),
  };

  const requestsOf = (name: string) => requestsTo(named(of(kinds, "stayline"), name));
  const targets: readonly Target[] = [
    count("table requests of an ordinary turn", { exactly: 1 }, requestsTo(ours)),
    count("table requests of a turn with an effect", { exactly: 2 }, requestsOf("effect")),
    count("table requests of a duplicate, on an emulator", { atMost: 2 }, requestsOf("duplicate")),
    count("bytes to and from the table, of an ordinary turn", { atMost: ordinaryBytesMax }, bytesOf(ours)),
    ratio("CPU of an ordinary turn, x by hand", 0.62, cpuRatio.median),
    ratio("p50 of an ordinary turn, x by hand", 0.65, medianRatio.median),
    ratio("p99 of an ordinary turn, x by hand", 0.75, p99Of(ours) / p99Of(plain)),
    ratio(`CPU ${onDelayed}`, 0.62, ratioOf(cpuOf(oursDelayed), cpuOf(plainDelayed)).median),
    ratio(`p50 ${onDelayed}`, 0.65, ratioOf(medianOf(oursDelayed), medianOf(plainDelayed)).median),
    ratio(`p99 ${onDelayed}`, 0.75, p99Of(oursDelayed) / p99Of(plainDelayed)),
    ratio("CPU of turn 200, x turn 1", 1.2, growth.median),
    {
      what: "bytes of turn 200, x turn 1",
      bound: { atMost: 1.2 },
      measured: bytesOf(last) / bytesOf(first),
      kind: "count",
    },
  ];
  const tables = [
    besidePlain("An ordinary turn", ordinary),
    besidePlain("An ordinary turn, other ways", otherWays),
    besidePlain(`An ordinary turn, on a table that answers everything after ${answerDelayMs} ms`, delayed),
    ...[kindsTable, positionsTable],
  ];
  return {
    tables,
    targets,
    charts: [cpuChart([...ordinary, ...otherWays.filter(({ contender }) => contender !== "plain")])],
    notes,
  };
}

/** Who costs how much, as ratios to what is written by hand. */
function besidePlain(title: string, all: readonly Found[]): Table {
  const plain = at(all, "plain");
  return {
    title,
    columns: [
      { key: "who", title: "who" },
      ...shared,
      { key: "cpuRatio", title: "CPU x by hand", digits: 2 },
      { key: "cpuSpread", title: "in half of the rounds" },
      { key: "p50Ratio", title: "p50 x by hand", digits: 2 },
      { key: "p50Spread", title: "in half of the rounds" },
      { key: "p99Ratio", title: "p99 x by hand", digits: 2 },
    ],
    rows: all.map((found) => {
      const byCpu = ratioOf(cpuOf(found), cpuOf(plain));
      const byMedian = ratioOf(medianOf(found), medianOf(plain));
      return {
        ...{ who: titles[found.contender], ...costs(found), cpuRatio: byCpu.median, cpuSpread: shown(byCpu) },
        ...{ p50Ratio: byMedian.median, p50Spread: shown(byMedian), p99Ratio: p99Of(found) / p99Of(plain) },
      };
    }),
  };
}

function count(what: string, bound: Target["bound"], measured: number): Target {
  return { what, bound, measured, kind: "count" };
}

function ratio(what: string, atMost: number, measured: number): Target {
  return { what, bound: { atMost }, measured, kind: "ratio" };
}

function cpuChart(ordinary: readonly Found[]): Chart {
  return {
    title: "CPU of an ordinary turn",
    unit: "ms",
    digits: 2,
    bars: ordinary.map((found) => {
      const { low, median: value, high } = spreadOf(cpuOf(found));
      return { label: titles[found.contender], value, spread: [low, high], isOurs: found.contender === "stayline" };
    }),
  };
}

const of = (all: readonly Found[], contender: Contender) => all.filter((found) => found.contender === contender);

function at(all: readonly Found[], contender: Contender): Found {
  const [found] = of(all, contender);
  if (found === undefined) throw new Error(`${contender} was not measured`);
  return found;
}

function named(all: readonly Found[], name: string): Found {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

const notes = [
  "Every contender is alone in a process; the embedded table and the outside service share another one, on loopback. Requests are made and signed before they are asked the first time. CPU is that of all threads of the contender's process, per block; latency is that of each webhook. Ratios are of one round each, then their median.",
  "The durable execution SDK has another shape, so its row is no ratio to be won: a step of a running execution under the SDK's own local runner, whose store is a thread of the same process (its CPU is in the figure) and which neither signs nor sends a request. No document is made and no signature is checked in it. A real call would be suspended and called back for each webhook, with the round trips of the service.",
  "The limit is what keeps a position at the least: middy, the SDK as it comes, one conditional write of one number, a fixed document. How much of a webhook is Stayline's own work is what it has beyond that.",
  "By hand means: middy, the whole twilio package, the session read (consistently) and then written with lib-dynamodb; an ES module, minified. It seals nothing and writes no log line; Stayline's figures hold both.",
  "A duplicate takes the session that was written by hand one question further: the caller loses a question. With Powertools and Twilio's idempotency token it is answered as before, and so it is by Stayline.",
  "A duplicate costs Stayline two requests here because the embedded table does not return the item that won; where it is returned, as by DynamoDB, one request is enough: test/core/stores/commit.test.ts.",
  "An effect here is a POST to an outside service on loopback between claim and commit; its CPU on the caller's side is in the figure.",
  `The embedded table is dynalite, made to keep the expressions that it has parsed (scripts/stack/parsed-expressions.ts): so one update with conditions takes it about as long as a get and a put together, and without that longer. One table is of a stand-in that agrees with everything after ${answerDelayMs} ms, whatever it is asked: there, latency is round trips and the contender's own work.`,
  "Turns into a call are walked on the embedded table, and their requests and bytes are counted there; time is measured on the stand-in, because the embedded table takes longer over an item that has grown, and a process that waits longer uses more CPU when it wakes.",
];
