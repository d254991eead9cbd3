import type { RealCall } from "../../console/real-call-protocol.ts";
import { summaryOf } from "../trace/explain.ts";
import { traceText } from "../trace/ladder.ts";
import { momentDetails } from "../trace/ladder-details.ts";
import { traceRows } from "../trace/ladder-rows.ts";
import { tracePage } from "../trace/page.ts";
import { withSilence } from "../trace/silence.ts";
import { gather } from "../trace/sources.ts";

/** Looks at calls of a deployed stack; changes nothing. */
export interface RealCalls {
  look(callSid: string): Promise<RealCall>;
  /** The same as a page of its own. */
  page(callSid: string): Promise<string>;
}

export interface DeployedStack {
  /** names the table and Twilio's credentials, as for `trace` */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** files with log lines of its legs; read again at each look */
  readonly logs: readonly string[];
}

/** The calls of a deployed stack, as `trace` shows them; undefined: neither a table nor logs are named. */
export function createRealCalls({ env, logs }: DeployedStack): RealCalls | undefined {
  if (!env.TABLE_NAME && logs.length === 0) return undefined;
  const trace = (callSid: string) => gather({ callSid, logs, table: undefined }, env, Date.now(), true);
  return {
    look: async (callSid) => {
      const found = await trace(callSid);
      const { rows, silence } = withSilence(traceRows(found), found);
      return {
        ...{ callSid, known: found.moments.length > 0, rows, moments: momentDetails(found) },
        ...{ summary: [...summaryOf(found), ...silence], text: traceText(found) },
      };
    },
    page: async (callSid) => tracePage(await trace(callSid)),
  };
}
