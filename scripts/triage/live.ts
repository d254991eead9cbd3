import { readHeld } from "../trace/held.ts";
import type { HeldCall } from "../trace/known.ts";
import { counted } from "../trace/mask.ts";
import { type RestClient, RestError, readRestError, restClient } from "../twilio/rest.ts";
import { plainly } from "./fields.ts";
import { toAlert } from "./read-alerts.ts";
import type { Alert } from "./records.ts";
import type { TriageSource } from "./result.ts";
import type { Live } from "./sources.ts";

type Env = Readonly<Record<string, string | undefined>>;

const listedMax = 2_000;
/** Only a single alert has the headers that came; one request each. */
const singlyMax = 200;
const atOnce = 4;
const callsMax = 100;
/** Twilio keeps alerts for 30 days. [D Monitor Alert resource] */
const keptMs = 30 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** Asks Twilio's Monitor API for alerts: the list, then each of the latest singly. */
export async function liveAlerts(
  env: Env,
  span: { readonly sinceMs: number | undefined; readonly untilMs: number | undefined },
  nowMs: number,
): Promise<NonNullable<Live["alerts"]>> {
  const not = (what: string) => ({ source: { name: "alerts", had: false, what } satisfies TriageSource });
  try {
    const client = restClient(env);
    const sinceMs = span.sinceMs ?? nowMs - dayMs;
    const startDate = new Date(Math.max(sinceMs, nowMs - keptMs));
    const endDate = new Date(span.untilMs ?? nowMs);
    const listed = await client.monitor.v1.alerts.list({ startDate, endDate, limit: listedMax, pageSize: 1_000 });
    const { found, unfetched } = await singly(
      client,
      listed.map((one) => one.toJSON()),
    );
    const alerts = found.map((one) => toAlert(plainly(one))).filter((one): one is Alert => one !== undefined);
    const bare = unfetched === 0 ? "" : `; ${unfetched} without the headers that came`;
    const cut = sinceMs < nowMs - keptMs ? "; Twilio keeps none older than 30 days" : "";
    const full = listed.length === listedMax ? `; no more than ${listedMax} were listed` : "";
    const what = `${alerts.length} failures of webhooks from Twilio's Monitor API${bare}${cut}${full}`;
    return { source: { name: "alerts", had: true, what }, alerts };
  } catch (error) {
    if (error instanceof RestError) return not(error.message);
    return not(downText(error));
  }
}

/** In one line: is Twilio's REST API down, or does it refuse us? */
export function downText(error: unknown): string {
  const { kind } = readRestError(error);
  const { status, code } = error as { status?: unknown; code?: unknown };
  const number = counted(status, 999);
  if (kind === "refused") return `Twilio refuses (${counted(code, 99_999) ?? number ?? "no code"})`;
  const how = number === undefined ? "it cannot be reached" : `it answers ${number}`;
  return `Twilio's REST API is down (${how}); calls do not need it, and their webhooks may be well`;
}

type Listed = Readonly<Record<string, unknown>>;

async function singly(client: RestClient, listed: readonly Listed[]): Promise<{ found: Listed[]; unfetched: number }> {
  const found = [...listed];
  let unfetched = Math.max(0, listed.length - singlyMax);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < Math.min(listed.length, singlyMax); at = next++) {
      try {
        const { sid } = listed[at] ?? {};
        found[at] = { ...(await client.monitor.v1.alerts(String(sid)).fetch()).toJSON() };
      } catch {
        // it stays as the list has it
        unfetched += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { found, unfetched };
}

/** Reads the items of the calls that failed, the latest first, until the table does not answer. */
export function liveTable(env: Env, nowMs: number): NonNullable<Live["table"]> {
  return async (callSids) => {
    const not = (what: string) => ({ source: { name: "table", had: false, what } satisfies TriageSource });
    if (callSids.length === 0) return not("not asked: no call is known by its sid");
    const held = new Map<string, HeldCall>();
    for (const callSid of callSids.slice(0, callsMax)) {
      const read = await readHeld(callSid, env, undefined, nowMs);
      if (read.held !== undefined) held.set(callSid, read.held);
      else if (!read.source.what.startsWith("it holds nothing")) return not(read.source.what);
    }
    const asked = Math.min(callSids.length, callsMax);
    return { source: { name: "table", had: true, what: `items of ${held.size} of ${asked} calls` }, held };
  };
}
