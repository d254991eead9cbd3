import { createUrls } from "../../core/action-url.ts";
import type { Answer } from "../../core/answer.ts";
import { isAhead, type Position } from "../../core/checkpoint.ts";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import type { Engine } from "../../core/engine.ts";
import { KeyRefusedError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { createSealer } from "../../core/seal.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import { resumeTurn, takeTurn } from "../../core/turn.ts";
import { toVoiceRequest, type VoiceRequest } from "../../core/voice-request.ts";
import { fourWith } from "./four-turns.ts";
import { callSid, type Heard, heard, sealKeys } from "./legs.ts";

/** What may go wrong at a point of a call. */
export type Fate =
  /** of a request */
  | "lost"
  | "answer-lost"
  | "primary-down"
  | "twice"
  | "at-once"
  /** of a media fetch */
  | "media"
  /** of an operation on the table */
  | "refused"
  | "table-down"
  | "applied-unheard"
  | "stale"
  | "crash"
  | "hang"
  | "hang-to-the-end";

export type PointKind = "request" | "fallback" | "media" | "read" | "write";

export const fatesOf: Readonly<Record<PointKind, readonly Fate[]>> = {
  request: ["lost", "answer-lost", "primary-down", "twice", "at-once"],
  fallback: ["lost", "answer-lost"],
  media: ["media"],
  read: ["refused", "table-down", "stale", "crash", "hang", "hang-to-the-end"],
  write: ["refused", "table-down", "applied-unheard", "crash", "hang", "hang-to-the-end"],
};

/** Which fate meets the n-th point of the call; the others go well. */
export type Faults = ReadonlyMap<number, Fate>;

export interface FaultyCall {
  readonly points: readonly PointKind[];
  readonly ended: "bye" | "unsettled" | "last resort" | "apology" | "endless";
  readonly told: string;
  readonly lastAnswers: { color: string; book: string };
  readonly executed: readonly string[];
  readonly unsure: boolean;
  readonly wentBack: boolean;
  readonly requests: number;
  readonly trace: readonly string[];
}

const bases = { primary: "https://primary.example.com", fallback: "https://fallback.example.com" };
const sealer = createSealer(sealKeys);
const urls = createUrls(bases);
const requestsCap = 60;

/**
 * One call of four turns with faults at chosen points, in process. The caller is the hardest one: asked again, other
 * answers are given. `repeats`: Twilio repeats the parameters to the fallback.
 */
export async function faultyCall(
  faults: Faults,
  options: { readonly policy: "retry" | "give-up"; readonly repeats: boolean; readonly noQuery: boolean },
): Promise<FaultyCall> {
  const points: PointKind[] = [];
  const trace: string[] = [];
  const executed: string[] = [];
  const keys = new Map<string, string>();
  const flow = fourWith(async (key, digits) => {
    const before = keys.get(key);
    if (before !== undefined && options.policy === "retry") {
      if (before === digits) return `booked ${digits}`;
      throw new KeyRefusedError("other arguments");
    }
    keys.set(key, digits);
    executed.push(digits);
    trace.push(`  EXECUTES ${digits}`);
    return `booked ${digits}`;
  }, options.policy);

  const memory = memoryStore();
  const emptyReplica = memoryStore();
  let position: Position | undefined;
  let wentBack = false;
  const sleepers = { next: [] as (() => void)[], end: [] as (() => void)[] };
  const wake = async (which: keyof typeof sleepers) => {
    for (const go of sleepers[which].splice(0)) go();
    await settle();
  };
  const down = { table: false, primary: false };
  const meet = (kind: PointKind): Fate | undefined => {
    points.push(kind);
    const fate = faults.get(points.length - 1);
    if (fate !== undefined) trace.push(`  ! ${fate} at ${kind} ${points.length - 1}`);
    return fate;
  };
  const watch = async () => {
    const read = await memory.read(callSid, { nowMs: 0, withinMs: 1 });
    const now = read.kind === "found" ? read.item.checkpoint : undefined;
    if (now !== undefined && position !== undefined && isAhead(position, now)) wentBack = true;
    position = now ?? position;
  };

  /** The store as one handler sees it; `dead` is told when the handler crashes or hangs. */
  const storeFor = (dead: (why: string) => void): CheckpointStore => {
    const unavailable = { kind: "unavailable", reason: "fault" } as const;
    async function pass<T>(kind: "read" | "write", run: (store: CheckpointStore) => Promise<T>) {
      const fate = meet(kind);
      if (fate === "table-down") down.table = true;
      if (fate === "refused" || down.table) return unavailable;
      if (fate === "stale") return run(emptyReplica);
      if (fate === "crash") {
        dead("crash");
        return new Promise<never>(() => {});
      }
      if (fate === "hang" || fate === "hang-to-the-end") {
        dead("hang");
        await new Promise<void>((resolve) => sleepers[fate === "hang" ? "next" : "end"].push(resolve));
      }
      const result = await run(memory);
      await watch();
      return fate === "applied-unheard" ? unavailable : result;
    }
    return {
      read: (sid, timing) => pass("read", (store) => store.read(sid, timing)),
      claim: (sid, claim, timing) => pass("write", (store) => store.claim(sid, claim, timing)),
      commit: (sid, commit, timing) => pass("write", (store) => store.commit(sid, commit, timing)),
      note: (sid, facts, timing) => pass("write", (store) => store.note(sid, facts, timing)),
    };
  };

  let tokens = 0;
  const handle = (leg: "primary" | "fallback", run: (engine: Engine) => Promise<Answer>): Promise<Answer | "dead"> =>
    new Promise((resolve) => {
      const engine: Engine = {
        leg,
        flows: new Map([[flow.name, flow]]),
        store: storeFor(() => resolve("dead")),
        sealer,
        urls,
        // a clock that stands: leases end at once, and no time passes
        clock: {
          nowMs: () => 1_700_000_000_000,
          sleep: (ms, signal) => (ms === limits.leaseWaitMs ? Promise.resolve() : idle(signal)),
        },
        log: () => {},
        newToken: () => `t${++tokens}`,
        build: "test",
        settings: {},
        tableBudgetMs: 1_000,
      };
      void run(engine).then(resolve);
    });

  let requests = 0;
  async function send(url: string, params: Record<string, string>, fallback: boolean): Promise<Heard | "failed"> {
    requests += 1;
    // who was suspended in an earlier request wakes up when this one is answered
    const asleep = sleepers.next.splice(0);
    const parsed = urls.parse(url);
    if (parsed === undefined) throw new Error(`not ours: ${url}`);
    const request = toRequest(params);
    const once = () =>
      handle(parsed.leg, (engine) =>
        fallback ? resumeTurn(engine, request, parsed) : takeTurn(engine, request, parsed),
      );
    const fate = meet(fallback ? "fallback" : "request");
    if (fate === "primary-down") down.primary = true;
    if (fate === "lost" || (down.primary && parsed.leg === "primary")) return "failed";
    const alongside = fate === "at-once" ? once() : undefined;
    const answer = await once();
    await alongside;
    if (fate === "twice") await once();
    for (const go of asleep) go();
    await settle();
    if (fate === "answer-lost" || answer === "dead" || answer.kind === "failed") return "failed";
    return heard(answer);
  }

  async function failover(url: string, params: Record<string, string>): Promise<Heard | "apology"> {
    const clean = url.replace(/#.*/, "");
    const errorUrl = options.noQuery ? clean.replace(/\?.*/, "") : clean;
    const given = { ...(options.repeats ? params : {}), ErrorCode: "11200", ErrorUrl: errorUrl };
    for (let attempt = 0; attempt <= limits.fallbackRetries; attempt++) {
      const answer = await send(urls.fallback(flow.name), given, true);
      if (answer !== "failed") return answer;
      trace.push("  fallback failed");
    }
    return "apology";
  }

  const lastAnswers = { color: "", book: "" };
  const answerTo = (question: string): string => {
    if (question.endsWith("color?")) {
      lastAnswers.color = lastAnswers.color === "" ? "1" : "2";
      return lastAnswers.color;
    }
    if (!question.includes("book?")) return "1";
    lastAnswers.book = { "": "1", "1": "2" }[lastAnswers.book] ?? "0";
    return lastAnswers.book;
  };

  let url = urls.voice(flow.name);
  let params: Record<string, string> = {};
  let unsure = false;
  const end = async (ended: FaultyCall["ended"], told: string): Promise<FaultyCall> => {
    await wake("next");
    await wake("end");
    return { points, ended, told, lastAnswers, executed, unsure, wentBack, requests, trace };
  };
  while (requests < requestsCap) {
    trace.push(`request ${short(url)} ${params.Digits ?? ""}`);
    const answer = await send(url, params, false);
    let document = answer === "failed" ? await failover(url, params) : answer;
    while (document !== "apology" && document.media.length > 0 && meet("media") === "media") {
      document = await failover(document.media[0] ?? "", params);
    }
    if (document === "apology") return end("apology", "");
    const words = document.said.at(-1) ?? "";
    trace.push(`heard ${words} -> ${short(document.actions[0] ?? "")}`);
    unsure ||= words.includes("unsure");
    if (words === "last resort") return end("last resort", words);
    if (words.endsWith("bye")) return end("bye", words);
    if (words.endsWith("unsettled")) return end("unsettled", words);
    url = document.actions[0] ?? "";
    params = { Digits: answerTo(words) };
  }
  return end("endless", "");
}

function toRequest(params: Record<string, string>): VoiceRequest {
  const request = toVoiceRequest(new Map(Object.entries({ CallSid: callSid, ...params })));
  if ("kind" in request) throw new Error(request.reason);
  return request;
}

function short(url: string): string {
  return url
    .replace(/[?/]k1\.[^#]*/, "/…")
    .replace(/[?]c=[^#]*/, "?c=…")
    .replace(/#.*/, "");
}

/** Sleeps until it is cancelled: nothing in these calls waits for time. */
function idle(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
}

/** Lets everything that can run without a new event run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
