import { afterEvent, type CallView, viewOf } from "./call-view.ts";
import type { CaseLadder } from "./protocol.ts";

/** A case of a rehearsal, shown as a call. */
export interface OpenCase {
  readonly title: string;
  readonly view: CallView;
  readonly findings: readonly string[];
}

/** The call of a case, as if its events had just happened. */
export function opened({ caseId, events, findings }: CaseLadder): OpenCase {
  const began = events.find((event) => event.kind === "call.began");
  const start = began?.call ?? {
    ...{ id: caseId, callSid: "", flow: "", language: "en" as const, startedAt: "", failovers: 0 },
    state: "ended" as const,
  };
  let view = viewOf(start);
  for (const [at, event] of events.entries()) view = afterEvent(view, event, at + 1);
  return { title: caseId, view, findings };
}
