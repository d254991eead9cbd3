import { randomBytes } from "node:crypto";
import {
  type CallSummary,
  type ConsoleEvent,
  callsKept,
  type Language,
  liveCallsMax,
  type Target,
} from "../../console/protocol.ts";
import { createUrls } from "../../core/action-url.ts";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import type { Sealer } from "../../core/seal.ts";
import type { CallerStep } from "../../rehearsal/caller-script.ts";
import type { Exchange } from "../../rehearsal/exchange.ts";
import type { EffectsService } from "../stack/effects.ts";
import type { Stack } from "../stack/start-stack.ts";
import { type ConsoleCall, startCall } from "./call.ts";
import { createPace } from "./pace.ts";
import type { Prompts } from "./prompts.ts";
import { toTurn, turnLine } from "./turns.ts";

export interface CallsOptions {
  readonly stack: Pick<Stack, "authToken" | "accountSid"> & {
    readonly bases: { readonly primary: string; readonly fallback: string };
  };
  readonly effects: Pick<EffectsService, "onRequest" | "executed">;
  readonly exchange: Exchange;
  readonly store: CheckpointStore;
  readonly sealer: Sealer;
  readonly prompts: Prompts;
  readonly speed: number;
  /** Of the time in which a person may answer. */
  readonly personSpeed: number;
  readonly tell: (event: ConsoleEvent) => void;
}

export interface Calls {
  /** @returns undefined: as many calls as can be are on */
  start(flow: string, language: Language): ConsoleCall | undefined;
  replay(call: ConsoleCall, turn: number): ConsoleCall | undefined;
  find(id: string): ConsoleCall | undefined;
  summaries(): readonly CallSummary[];
  /** A line that a leg wrote. */
  line(line: string): void;
  /** Hangs up everywhere. */
  stop(): Promise<void>;
}

interface Replayed {
  readonly replayOf?: { readonly callId: string; readonly turn: number };
  readonly recorded: readonly CallerStep[];
  readonly effectsAgain: readonly string[];
}

const anew: Replayed = { recorded: [], effectsAgain: [] };

/** All calls of the page: those that are on, and the latest that have ended. */
export function createCalls(options: CallsOptions): Calls {
  const { stack, effects, tell, store, sealer, prompts, exchange } = options;
  const { bases, authToken, accountSid } = stack;
  const urls = createUrls(bases);
  const calls = new Map<string, ConsoleCall>();
  const isOn = (call: ConsoleCall) => call.summary().state !== "ended";
  const bySid = (callSid: string) => [...calls.values()].find((call) => call.callSid === callSid);
  const targetOf = (url: string): Target =>
    url.startsWith(bases.primary) ? "primary" : url.startsWith(bases.fallback) ? "fallback" : "elsewhere";
  const makeRoom = () => {
    if (calls.size < callsKept) return;
    const oldest = [...calls.values()].find((call) => !isOn(call));
    if (oldest === undefined) return;
    calls.delete(oldest.id);
    tell({ kind: "call.dropped", atMs: oldest.atMs(), callId: oldest.id });
  };
  const begin = (flow: string, language: Language, replayed: Replayed): ConsoleCall | undefined => {
    if ([...calls.values()].filter(isOn).length >= liveCallsMax) return undefined;
    makeRoom();
    const call = startCall({
      id: randomBytes(8).toString("hex"),
      callSid: `CA${randomBytes(16).toString("hex")}`,
      ...{ flow, language, sealer, targetOf, tell, exchange, prompts, ...replayed },
      line: {
        voiceUrl: urls.voice(flow, language),
        fallbackUrl: urls.fallback(flow, language),
        statusCallbackUrl: urls.callStatus(flow),
        ...{ authToken, accountSid },
      },
      pace: createPace(options.speed, options.personSpeed),
    });
    calls.set(call.id, call);
    return call;
  };
  const ran = new Set<string>();
  const endEffects = effects.onRequest((phase, { callSid, effect, idempotencyKey }) => {
    const call = bySid(callSid);
    if (call === undefined) return;
    if (phase === "before") return call.effect(effect, "asked");
    const key = `${effect} ${idempotencyKey}`;
    call.effect(effect, ran.has(key) ? "again" : "done");
    ran.add(key);
    // more than all calls that are kept could have; a key of a call that is gone comes no more
    if (ran.size > 10_000) ran.clear();
  });

  return {
    start: (flow, language) => begin(flow, language, anew),
    replay: (call, turn) =>
      begin(call.flow, call.language, {
        replayOf: { callId: call.id, turn },
        recorded: call.answers().flatMap((answer) => (answer.turn < turn ? [answer.step] : [])),
        effectsAgain: [...new Set(call.effects().flatMap((one) => (one.turn < turn ? [one.effect] : [])))],
      }),
    find: (id) => calls.get(id),
    summaries: () => [...calls.values()].map((call) => call.summary()),
    line: (text) => {
      const line = turnLine(text);
      const call = line && bySid(line.callSid);
      if (line === undefined || call === undefined) return;
      const atMs = call.atMs();
      void toTurn(line, store, sealer).then(
        (turn) => {
          call.turn(turn.turn, turn.step);
          tell({ ...turn, atMs, callId: call.id });
        },
        () => {},
      );
    },
    stop: async () => {
      endEffects();
      for (const call of calls.values()) call.hangUp();
      await Promise.all([...calls.values()].map((call) => call.over));
    },
  };
}
