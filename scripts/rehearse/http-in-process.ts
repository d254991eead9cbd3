import type { PointKind } from "../../rehearsal/fault-kinds.ts";
import type { Otherwise } from "../../rehearsal/world/choices.ts";
import { rehearseCall } from "../../rehearsal/world/rehearse-call.ts";
import type { HttpCase } from "./http-cases.ts";
import { type Counterparts, counterparts, type HttpFault, isTableFault, tableCounterparts } from "./http-faults.ts";
import { type Observed, observe } from "./http-observed.ts";

/** Places the call of a case in this process, with the counterpart of each of its faults at the same request. */
export async function placeInProcess(
  { stage, script, dialect, faults }: HttpCase,
  instead: Counterparts = counterparts,
): Promise<Observed> {
  const call = await rehearseCall({
    stage,
    script,
    chosen: new Map(),
    otherwise: faultAt(faults, instead),
    settled: dialect.dialect,
  });
  const { record, item, executed } = call;
  const effects = executed.map(({ key, text }) => effectLine(key, text));
  return observe({ record, effects, item, sealer: stage.sealer, urls: stage.urls });
}

/** Name, arguments and key of an effect, as both transports tell them. */
export function effectLine(key: string | undefined, text: string): string {
  const [, path = "", body = ""] = /^\S+ (\S+) (.*)$/s.exec(text) ?? [];
  const { arguments: given } = JSON.parse(body || "{}") as { arguments?: unknown };
  const line = `${path.split("/").at(-1)} ${JSON.stringify(given)} by ${key}`;
  // both know the recording by another sid, one of them by none
  return line.replace(/\/Recordings\/RE[0-9a-f]{32}/g, "/Recordings/RE");
}

/** Counts attempts to get TwiML, as the calls over HTTP do; operations on the table belong to the attempt that asked for them. */
function faultAt(faults: ReadonlyMap<number, HttpFault>, instead: Counterparts): Otherwise {
  let attempts = 0;
  let met: HttpFault | "none" = "none";
  return ({ what, name, options: [usual = ""] }) => {
    if (what !== "fault") return usual;
    switch (name as PointKind) {
      case "request":
      case "fallback":
        met = faults.get(attempts) ?? "none";
        attempts += 1;
        return met === "none" || isTableFault(met) ? usual : instead[met].inProcess;
      case "media":
      case "status":
        met = "none";
        return usual;
      case "read":
        return met !== "none" && isTableFault(met) ? tableCounterparts[met].read : usual;
      case "write":
        return met !== "none" && isTableFault(met) ? tableCounterparts[met].write : usual;
      default:
        return usual;
    }
  };
}
