import { createHash } from "node:crypto";
import type { Flow } from "../../core/flow.ts";
import { flows as shipped } from "../../flows/index.ts";
import { type NamedDialect, namedDialects } from "../../rehearsal/explore/dialects.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { createStage } from "../../rehearsal/world/stage.ts";
import { BuildError } from "../build/bundle.ts";
import { StackError } from "../stack/stack-error.ts";
import type { TableFaultMode } from "../stack/table-proxy.ts";
import { type AtTheTable, placeOverHttp } from "./http-call.ts";
import { type HttpCase, httpCases, needsTable } from "./http-cases.ts";
import {
  type Counterpart,
  type Counterparts,
  counterparts,
  type HttpFault,
  isTableFault,
  isWaitedFor,
  type TableFault,
  tableFaults,
} from "./http-faults.ts";
import { createMeeting } from "./http-gates.ts";
import { placeInProcess } from "./http-in-process.ts";
import { differencesOf, type Observed } from "./http-observed.ts";
import { formatReport } from "./http-report.ts";
import { type RunningWorld, startHttpWorld } from "./http-world.ts";
import { showProgress } from "./progress.ts";

export interface OverHttpOptions {
  readonly flows?: readonly Flow[];
  /** Of each flow, the longest; default 2. */
  readonly scripts?: number;
  /** Taken in turns; default: the most plausible one and some that differ much from it and from each other. */
  readonly dialects?: readonly NamedDialect[];
  readonly faults?: readonly HttpFault[];
  /** Of all cases, chosen by the seed; default 900: about a minute. */
  readonly casesMax?: number;
  /** The same seed gives the same calls, in the same order, under the same sids. */
  readonly seed: number;
  /** The `outDir` of an earlier build with these flows; else one is made. */
  readonly buildDir?: string;
  /** Module of `flows`, for the build, when they are not the shipped ones. */
  readonly flowsEntry?: string;
  /** What the calls in process meet instead, to show that a wrong one is noticed. */
  readonly counterparts?: Counterparts;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Difference {
  /** Case id. */
  readonly case: string;
  readonly what: keyof Observed | "error";
  readonly http: string;
  readonly inProcess: string;
}

export interface OverHttp {
  readonly cases: number;
  /** For `casesMax`. */
  readonly casesLeftOut: number;
  readonly differences: readonly Difference[];
  /** Cases and cases that differ, by fault. */
  readonly faults: Readonly<Record<string, { cases: number; different: number }>>;
  readonly seconds: number;
  /** The time that one call spent waiting for answers, at most. */
  readonly slowestMs: number;
}

/** Under these every open question that a lost webhook meets has every answer. */
const usualDialects = ["default", "d1", "d3", "d5", "d9", "d14"];
const usualCasesMax = 900;
/** Requests under way at once: two legs, two cores, and no timeout that strikes because others are served. */
const slotsMax = 6;
const quickCallsMax = 12;
/** Calls that mostly wait. */
const waitingCallsMax = 300;
const callsAtTheTableMax = 32;
/** Well within what the legs wait for one attempt at the table. */
const tableSlowMs = 120;

/**
 * Places calls over HTTP, with real faults on the sockets, and each of them in process too; whatever a caller, a leg, the table or the
 * outside service could tell between the two is a difference.
 *
 * @throws StackError or BuildError when the stack does not start
 */
export async function rehearseOverHttp(options: OverHttpOptions): Promise<OverHttp> {
  const startedMs = performance.now();
  const { flows = shipped, scripts = 2, seed, buildDir, casesMax = usualCasesMax, onProgress = () => {} } = options;
  const dialects = options.dialects ?? namedDialects.filter(({ name }) => usualDialects.includes(name));
  const build = {
    flowNames: flows.map(({ name }) => name),
    ...(buildDir === undefined ? {} : { buildDir }),
    ...(options.flowsEntry === undefined ? {} : { flowsEntry: options.flowsEntry }),
  };
  const world = await startHttpWorld(slotsMax, build);
  const openNetwork = closeNetwork();
  try {
    const stages = flows.map((flow) => createStage(flow));
    const given = { stages, dialects, scripts, ...(options.faults === undefined ? {} : { faults: options.faults }) };
    const all = shuffled(await httpCases(given), seed);
    const cases = all.slice(0, casesMax);
    const differences: Difference[] = [];
    let slowestMs = 0;
    let done = 0;
    const place = async (one: HttpCase, atTheTable?: AtTheTable): Promise<void> => {
      const placed = await placeTwice(one, seed, world, options.counterparts ?? counterparts, atTheTable);
      differences.push(...placed.differences);
      slowestMs = Math.max(slowestMs, placed.onTheWireMs);
      done += 1;
      onProgress(done, cases.length);
    };
    const [apart, shared] = [cases.filter((one) => !needsTable(one)), cases.filter(needsTable)];
    const waits = ({ faults }: HttpCase) => [...faults.values()].some(isWaitedFor);
    await Promise.all([
      inParallel(apart.filter(waits), waitingCallsMax, place),
      inParallel(
        apart.filter((one) => !waits(one)),
        quickCallsMax,
        place,
      ),
    ]);
    for (const fault of tableFaults) {
      const meeting = shared.filter(({ faults }) => [...faults.values()].includes(fault));
      for (let at = 0; at < meeting.length; at += callsAtTheTableMax) {
        await placeTogether(meeting.slice(at, at + callsAtTheTableMax), fault, world, place);
      }
    }
    const seconds = (performance.now() - startedMs) / 1_000;
    const faults = countByFault(cases, differences);
    const casesLeftOut = all.length - cases.length;
    return { cases: cases.length, casesLeftOut, differences, faults, seconds, slowestMs };
  } finally {
    openNetwork();
    await world.stop();
  }
}

/** The command's part `--http`. @returns the exit status: 1 when anything differs */
export async function runOverHttp(options: OverHttpOptions & { readonly json?: boolean }): Promise<number> {
  let line = "starting the stack";
  const hide = showProgress(process.stderr, () => line);
  const onProgress = (done: number, total: number) => {
    line = `${done} of ${total} calls placed over HTTP and in process`;
  };
  try {
    const result = await rehearseOverHttp({ onProgress, ...options });
    hide();
    console.log(formatReport(result));
    if (options.json) console.log(JSON.stringify(result));
    return result.differences.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StackError) && !(error instanceof BuildError)) throw error;
    hide();
    console.error(error.message);
    return 1;
  } finally {
    hide();
  }
}

async function placeTwice(
  one: HttpCase,
  seed: number,
  world: RunningWorld,
  instead: Counterparts,
  atTheTable?: AtTheTable,
): Promise<{ differences: Difference[]; onTheWireMs: number }> {
  try {
    const { observed, onTheWireMs } = await placeOverHttp(one, callSidOf(one, seed), world, atTheTable);
    const inProcess = await placeInProcess(one, instead);
    const codes = [...one.faults.values()].flatMap((fault) => codeOf(fault, instead));
    const found = differencesOf(observed, inProcess, codes);
    return { differences: found.map((difference) => ({ case: one.id, ...difference })), onTheWireMs };
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { differences: [{ case: one.id, what: "error", http: detail, inProcess: "" }], onTheWireMs: 0 };
  }
}

function codeOf(fault: HttpFault, instead: Counterparts): NonNullable<Counterpart["code"]>[] {
  const code = isTableFault(fault) ? undefined : instead[fault].code;
  return code === undefined ? [] : [code];
}

/** Calls that share a fault of the table wait for each other before it and after it, so that it meets nothing else. */
async function placeTogether(
  cases: readonly HttpCase[],
  fault: TableFault,
  world: RunningWorld,
  place: (one: HttpCase, atTheTable: AtTheTable) => Promise<void>,
): Promise<void> {
  const { tableProxy } = world;
  const mode = fault.replace("table-", "") as TableFaultMode;
  const before = createMeeting(() => tableProxy.fault(mode, { delayMs: tableSlowMs }));
  const after = createMeeting(tableProxy.clear);
  const placing = cases.map((one) => ({ one, before: before.join(), after: after.join() }));
  await Promise.all(
    placing.map(async (each) => {
      await place(each.one, async (send) => {
        await each.before.arrive();
        const reply = await send();
        await each.after.arrive();
        return reply;
      });
      each.before.leave();
      each.after.leave();
    }),
  );
}

async function inParallel<T>(items: readonly T[], max: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, worker));
}

function callSidOf({ id }: HttpCase, seed: number): string {
  return `CA${createHash("sha256").update(`${seed} ${id}`).digest("hex").slice(0, 32)}`;
}

function shuffled(cases: readonly HttpCase[], seed: number): HttpCase[] {
  return cases
    .map((one) => ({ one, sid: callSidOf(one, seed) }))
    .toSorted((a, b) => (a.sid < b.sid ? -1 : 1))
    .map(({ one }) => one);
}

/** A case with two faults counts for both. */
function countByFault(cases: readonly HttpCase[], differences: readonly Difference[]): OverHttp["faults"] {
  const different = new Set(differences.map((one) => one.case));
  const counts: Record<string, { cases: number; different: number }> = {};
  for (const { id, faults } of cases) {
    for (const fault of faults.size === 0 ? ["none"] : faults.values()) {
      const count = counts[fault] ?? { cases: 0, different: 0 };
      counts[fault] = count;
      count.cases += 1;
      count.different += different.has(id) ? 1 : 0;
    }
  }
  return counts;
}
