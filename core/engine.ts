import type { Urls } from "./action-url.ts";
import type { Leg } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { Clock } from "./clock.ts";
import type { Flow } from "./flow.ts";
import type { Log } from "./log.ts";
import type { Sealer } from "./seal.ts";
import type { ShedLevel } from "./shed.ts";

/** All that the core is given: one engine per leg, made once when the leg starts. */
export interface Engine {
  readonly leg: Leg;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly store: CheckpointStore;
  readonly sealer: Sealer;
  readonly urls: Urls;
  readonly clock: Clock;
  readonly log: Log;
  /** a new unguessable token for each write */
  readonly newToken: () => string;
  /** names this build in items and log lines */
  readonly build: string;
  readonly settings: Readonly<Record<string, string>>;
  /**
   * Documents by the text of their checkpoint, of this leg, these flows and one call: rendering is pure, and a rehearsal, which
   * gives the same documents thousands of times, may keep them. The legs have none.
   */
  readonly documents?: { get(key: string): string | undefined; set(key: string, twiml: string): unknown };
  /** What is left out under too much load; default: nothing. */
  readonly shed?: ShedLevel;
  /** milliseconds that one webhook may spend on the table */
  readonly tableBudgetMs: number;
}
