import type { Fallback, LineState } from "./line-state.ts";

/** [D ERR 32018] */
const twimlCharactersMax = 4_000;

/** What a REST request may change in a live call [D call resource page]. */
export type CallUpdate = {
  url?: string;
  method?: "GET" | "POST";
  /** In place of a URL; such a document has none of its own. */
  twiml?: string;
  fallbackUrl?: string;
  fallbackMethod?: "GET" | "POST";
  status?: "completed";
};

export type UpdateResult = { kind: "accepted" } | { kind: "refused"; errorCode: number; detail: string };

/** A handle on a call, as the REST API is one. */
export type LiveCall = { update: (update: CallUpdate) => UpdateResult };

/**
 * The running document ends before its next verb, and the new one begins. An update of an ended call is refused
 * (21220).
 */
export function liveCall(state: LineState): { call: LiveCall; end: () => void } {
  let isLive = true;
  const refused = (errorCode: number, detail: string) => ({ kind: "refused", errorCode, detail }) as const;
  return {
    end: () => {
      isLive = false;
    },
    call: {
      update: ({ url, method = "POST", twiml, fallbackUrl, fallbackMethod = "POST", status }) => {
        if (!isLive) return refused(21220, "the call has ended");
        if (status === "completed") {
          state.requestUpdate({ kind: "hang-up" }, undefined);
          return { kind: "accepted" };
        }
        if (twiml !== undefined && twiml.length > twimlCharactersMax) {
          return refused(32018, `Twiml over ${twimlCharactersMax} characters`);
        }
        if (twiml === undefined && (url === undefined || !URL.canParse(url))) return refused(21205, "Url is none");
        const fallback: Fallback | undefined =
          fallbackUrl === undefined ? undefined : { url: fallbackUrl, method: fallbackMethod };
        const request = { kind: "voice", url: url ?? "", method, params: {} } as const;
        const next = twiml === undefined ? request : { ...request, twiml };
        state.requestUpdate({ kind: "request", request: next }, fallback);
        return { kind: "accepted" };
      },
    },
  };
}
