import type { StatusCallback } from "./call-line.ts";
import type { Intercept } from "./call-record.ts";
import type { AnyCaller } from "./caller-script.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";
import type { Dialect } from "./dialect.ts";
import type { HttpCache } from "./http-cache.ts";
import type { Journal } from "./journal.ts";
import type { NextRequest } from "./verb-result.ts";
import { type Party, progressParameters } from "./voice-parameters.ts";
import type { Wire } from "./webhook-client.ts";

export type ProgressEvent = "initiated" | "ringing" | "answered" | "completed";
export type Fallback = { url: string; method: "GET" | "POST" };
export type Update = { kind: "request"; request: NextRequest } | { kind: "hang-up" };

/** Something that begins to be heard. */
export type Sound = {
  kind: "say" | "play" | "pause" | "tones";
  /** The words, `play:<path>`, `pause 1 s`, `tones:<keys>`. */
  text: string;
  /** Of a file. */
  url?: string;
  /** `language` of the element. */
  language?: string;
  /** A rough guess for speech, the same for every file. */
  lengthMs: number;
  repeats: number;
  /** A key ends it: it stands in a Gather. */
  inGather: boolean;
};

/** What does not change during a call. */
export type CallSettings = {
  party: Party;
  authToken: string;
  caller: AnyCaller;
  dialect: Dialect;
  intercept: Intercept;
  journal: Journal;
  nowMs: () => number;
  /** The rehearsal's own cap. */
  documentsMax: number;
  fallback: Fallback | undefined;
  statusCallback: { url: string; method: "GET" | "POST"; events: readonly ProgressEvent[] } | undefined;
  wire?: Wire;
  sleep?: (ms: number) => Promise<void>;
  onSound?: (sound: Sound) => number;
  cache?: HttpCache;
  /** Of an account; used in the dialect in which cookies outlive the call. */
  cookieJar?: CookieJar;
};

/** What all legs of a call share. */
export type LineState = ReturnType<typeof createLineState>;

export function createLineState(settings: CallSettings) {
  const { dialect, journal, statusCallback } = settings;
  let jar: CookieJar | undefined;
  let fallback = settings.fallback;
  let fallbackIsOld = false;
  let update: Update | undefined;
  let sequence = 0;
  let aside: Promise<void> = Promise.resolve();

  return {
    eventIndex: -1,
    mediaCount: 0,
    sidCount: 0,
    tokenCount: 0,
    /** Token of the last request that a fallback request can be about. */
    eventToken: 0,
    questionCount: 0,
    /** What is pressed at the questions of a document beside the call; undefined: whoever is there is asked. */
    pressed: undefined as string | undefined,
    /** When the wait in a queue is over, whatever is being heard there; in the call's own time. */
    waitsUntilMs: Number.POSITIVE_INFINITY,
    heardBefore: 0,
    held: [] as StatusCallback[],
    /** Status callbacks of what runs beside the call until it ends. */
    atTheEnd: [] as (() => StatusCallback)[],
    documentsMax: settings.documentsMax,
    refererUrl: (): string | undefined => undefined,
    cookies: (): CookieJar => {
      if (jar === undefined) {
        const account = settings.cookieJar;
        jar = account !== undefined && dialect.cookieLifetime === "longer" ? account : createCookieJar();
      }
      return jar;
    },
    /** The fallback URL belongs to the call [D "Availability and Reliability"]. */
    fallback: (): Fallback | undefined => {
      if (fallback !== undefined && fallbackIsOld && dialect.fallbackAfterUpdate === "none") return undefined;
      return fallback;
    },
    requestUpdate: (next: Update, newFallback: Fallback | undefined): void => {
      update = next;
      if (next.kind === "hang-up") return;
      fallbackIsOld = newFallback === undefined;
      fallback = newFallback ?? fallback;
    },
    updatePending: () => update !== undefined,
    takeUpdate: (): Update | undefined => {
      const taken = update;
      update = undefined;
      return taken;
    },
    /** Events that nobody subscribed to are not numbered [D call resource page]. */
    progress: (
      event: ProgressEvent,
      params: Record<string, string>,
      send: (status: StatusCallback) => Promise<void>,
    ): void => {
      if (statusCallback === undefined || !statusCallback.events.includes(event)) return;
      const { url, method } = statusCallback;
      const durationSec = event === "completed" ? journal.callSeconds() : 0;
      const own = progressParameters(durationSec, sequence, settings.nowMs());
      sequence += 1;
      const status = { url, method, params: { ...params, ...own } };
      aside = aside.then(() => send(status));
    },
    /** Settled when all that is sent off the call's path has arrived. */
    asideSent: () => aside,
    /** For partial results of speech and the like: asynchronous, the answer is ignored. */
    sendAside: (send: () => Promise<void>): void => {
      aside = aside.then(send);
    },
  };
}
