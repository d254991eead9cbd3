import type { RealCall } from "../../console/protocol.ts";
import { summaryOf } from "../trace/explain.ts";
import { traceText } from "../trace/ladder.ts";
import { momentDetails } from "../trace/ladder-details.ts";
import { traceRows } from "../trace/ladder-rows.ts";
import { tracePage } from "../trace/page.ts";
import { gather } from "../trace/sources.ts";

/** Looks at calls of a deployed stack; changes nothing. */
export interface RealCalls {
  look(callSid: string): Promise<RealCall>;
  /** The same as a page of its own. */
  page(callSid: string): Promise<string>;
}

/** The calls of the table that the environment names, as `trace` shows them; undefined: it names none. */
export function createRealCalls(env: Readonly<Record<string, string | undefined>>): RealCalls | undefined {
  if (!env.TABLE_NAME) return undefined;
  const trace = (callSid: string) => gather({ callSid, logs: [], table: undefined }, env, Date.now(), true);
  return {
    look: async (callSid) => {
      const found = await trace(callSid);
      return {
        ...{ callSid, known: found.moments.length > 0, rows: traceRows(found), moments: momentDetails(found) },
        ...{ summary: summaryOf(found), text: traceText(found) },
      };
    },
    page: async (callSid) => tracePage(await trace(callSid)),
  };
}
