import type { Engine } from "../../core/engine.ts";
import { limits } from "../../core/limits.ts";
import { toVoiceRequest, type VoiceRequest } from "../../core/voice-request.ts";
import type { FaultyTable, TableUser } from "./faulty-table.ts";
import { askLeg, type LegName, type LegReply } from "./leg.ts";
import { type Door, type OutsideService, openDoor, settingsFor } from "./outside-service.ts";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface Handled {
  /** `stopped`: the process is suspended, and answers nothing that Twilio would still wait for. */
  readonly reply: LegReply | "died" | "stopped";
  /** A read of this handler told less than the truth, or nothing. */
  readonly misread: boolean;
}

export interface Handlers {
  /** Runs one handler of a leg for one request. */
  run(leg: LegName, url: string, params: Readonly<Record<string, string>>): Promise<Handled>;
  /** The call is over, and so is every handler of it. */
  close(): void;
}

/** Makes handlers: each has an engine of its own, as each request of a serverless leg has, over what they share. */
export function createHandlers(world: {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly table: FaultyTable;
  readonly outside: OutsideService;
  readonly time: VirtualTime;
}): Handlers {
  const { stage, scene, table, outside, time } = world;
  const doors: Door[] = [];
  let tokens = 0;
  const newToken = (): string => {
    tokens += 1;
    return `t${tokens}`;
  };

  return {
    run(leg, url, params) {
      const request = toRequest(params);
      if (request === undefined) return Promise.resolve({ reply: badRequest, misread: false });
      let misread = false;
      let isDead = false;
      return new Promise((resolve) => {
        const die = (): Promise<never> => {
          isDead = true;
          resolve({ reply: "died", misread });
          return new Promise<never>(() => {});
        };
        const user: TableUser = {
          leg,
          die,
          isDead: () => isDead,
          stop: (until) => {
            resolve({ reply: "stopped", misread: true });
            return scene.stop(until);
          },
          misread: () => {
            misread = true;
          },
        };
        const enter = (): Door => {
          const door = openDoor((path, init) =>
            isDead ? die() : outside.serve(path, init, () => scene.meet("effect", leg), die),
          );
          doors.push(door);
          return door;
        };
        const version = scene.deployed.has(leg) ? "after" : "before";
        const engine: Engine = {
          leg,
          flows: stage.flows[version],
          documents: stage.documentsOf(leg, version),
          store: table.storeFor(user),
          sealer: stage.sealer,
          urls: stage.urls,
          clock: { nowMs: () => time.nowMs() + scene.skewMs[leg], sleep: time.sleep, timer: time.timer },
          log: () => {},
          newToken,
          build: "rehearsal",
          settings: settingsFor(enter, stage.settings),
          tableBudgetMs: leg === "primary" ? limits.primaryTableBudgetMs : limits.fallbackTableBudgetMs,
        };
        askLeg(engine, stage.urls.parse(url), request).then(
          (reply) => resolve({ reply, misread }),
          () => resolve({ reply: "died", misread }),
        );
      });
    },
    close: () => {
      for (const door of doors) door.close();
    },
  };
}

const badRequest: LegReply = { status: 400, contentType: "text/plain", body: "bad request", answer: undefined };

function toRequest(params: Readonly<Record<string, string>>): VoiceRequest | undefined {
  const request = toVoiceRequest(new Map(Object.entries(params)));
  return "kind" in request ? undefined : request;
}
