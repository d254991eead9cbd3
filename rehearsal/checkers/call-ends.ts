import type { Checker } from "./checker.ts";

/** Whatever happens, the call ends, and by itself. */
export const callEnds: Checker = (call) =>
  call.record.ended === "simulator-cap" ? [`still going on after ${call.record.documents.length} documents`] : [];
