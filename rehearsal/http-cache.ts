import type { Reply } from "./reply.ts";

type Answer = Extract<Reply, { kind: "answer" }>;
type Entry = {
  answer: Answer;
  etag: string | undefined;
  lastModified: string | undefined;
  freshUntilMs: number | "unsaid";
};

export type Cached =
  /** Ask the server. */
  | { kind: "absent" }
  /** Ask the server with these headers; a 304 then stands for `answer`. */
  | { kind: "stale"; headers: Record<string, string>; answer: Answer }
  | { kind: "fresh"; answer: Answer };

/**
 * A cache for answers to GET that carry `ETag` or `Last-Modified` [D "TwiML for Programmable Voice", play page]; POST
 * is never cached. It may be handed to many calls. Keeps `entriesMax` answers, the oldest leave first.
 */
export type HttpCache = ReturnType<typeof createHttpCache>;

export function createHttpCache(entriesMax = 1_000) {
  const entries = new Map<string, Entry>();
  return {
    /** @param reuse asked only for an entry whose server said nothing about its age: is it taken without asking? */
    find: (url: string, nowMs: number, reuse: () => boolean): Cached => {
      const entry = entries.get(url);
      if (entry === undefined) return { kind: "absent" };
      const { answer, etag, lastModified, freshUntilMs } = entry;
      const fresh = freshUntilMs === "unsaid" ? reuse() : nowMs < freshUntilMs;
      if (fresh) return { kind: "fresh", answer };
      const headers = {
        ...(etag === undefined ? {} : { "If-None-Match": etag }),
        ...(lastModified === undefined ? {} : { "If-Modified-Since": lastModified }),
      };
      return { kind: "stale", headers, answer };
    },
    store: (url: string, answer: Answer, nowMs: number): void => {
      const { etag, "last-modified": lastModified, "cache-control": control = "" } = answer.headers;
      entries.delete(url);
      if (answer.status !== 200 || (etag === undefined && lastModified === undefined)) return;
      if (/\bno-store\b/i.test(control)) return;
      const maxAge = /\bmax-age=(\d+)/i.exec(control)?.[1];
      const freshUntilMs = /\bno-cache\b/i.test(control)
        ? Number.NEGATIVE_INFINITY
        : maxAge === undefined
          ? "unsaid"
          : nowMs + Number(maxAge) * 1000;
      entries.set(url, { answer, etag, lastModified, freshUntilMs });
      const oldest = entries.keys().next();
      if (entries.size > entriesMax && oldest.done !== true) entries.delete(oldest.value);
    },
  };
}
