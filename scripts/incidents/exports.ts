import { alertsCsv, debuggerPayload, monitorAlert } from "./alerts.ts";
import type { CallClock } from "./call-clock.ts";
import type { Recorded } from "./collect.ts";
import type { ExportName, IncidentPlan } from "./plan.ts";
import { baseMs } from "./times.ts";

/** The text of each file of an incident. */
export function exportsOf(
  plan: IncidentPlan,
  recorded: Recorded,
  items: readonly Record<string, unknown>[],
): Partial<Record<ExportName | "truth.json", string>> {
  const { alarms, access, primaryLog, fallbackLog, clocks } = recorded;
  const texts: Record<ExportName, () => string> = {
    "alerts.json": () => {
      const alerts = alarms.map((alarm, count) => monitorAlert(alarm, count, plan.listedOnly ?? false));
      const list = alerts.toReversed().map((one) => JSON.stringify(one));
      return `{"alerts":[\n${list.join(",\n")}\n],"meta":{"key":"alerts","page":0,"page_size":50}}\n`;
    },
    "alerts.csv": () => alertsCsv(alarms),
    "debugger.jsonl": () => lines(alarms.map((alarm, count) => JSON.stringify(debuggerPayload(alarm, count)))),
    "access.jsonl": () => {
      const fromMs = baseMs + (plan.accessFromSec ?? 0) * 1_000;
      return lines(access.filter(({ timeEpoch }) => Number(timeEpoch) >= fromMs).map((line) => JSON.stringify(line)));
    },
    "primary.log": () => lines(primaryLog),
    "fallback.log": () => lines(fallbackLog),
    "table.json": () => {
      const moved = items.map((item) => atItsTime(item, clocks)).toSorted((a, b) => (a < b ? -1 : 1));
      return `{"Items":[\n${moved.join(",\n")}\n],"Count":${items.length},"ScannedCount":${items.length}}\n`;
    },
  };
  const { known = (verdict) => verdict } = plan;
  const requests = recorded.requests.map(({ reached: _, ...request }) => ({
    ...request,
    verdict: known(request.verdict),
    ...(plan.exports.includes("fallback.log") ? {} : { saved: "not-known" }),
  }));
  const truth = requests.map((one) => JSON.stringify(one)).join(",\n");
  return {
    ...Object.fromEntries(plan.exports.map((name) => [name, texts[name]()])),
    "truth.json": `{"what":${JSON.stringify(plan.what)},"fault":${JSON.stringify(plan.fault)},"requests":[\n${truth}\n]}\n`,
  };
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

/** Milliseconds and seconds since the epoch, of the year in which the corpus is made or later. */
const epochMs = /^1[7-9]\d{11}$/;
const epochSec = /^1[7-9]\d{8}$/;

/** An item with the times of its incident. */
function atItsTime(item: Record<string, unknown>, clocks: ReadonlyMap<string, CallClock>): string {
  const { S: callSid = "" } = (item.callSid ?? {}) as { S?: string };
  const clock = clocks.get(callSid);
  const ms = (text: string) => String(Math.round(clock?.at(Number(text)) ?? baseMs));
  return JSON.stringify(item, (name, value: unknown) => {
    if (typeof value !== "string" || name === "B") return value;
    if (epochMs.test(value)) return ms(value);
    if (epochSec.test(value)) return ms(`${value}000`).slice(0, -3);
    // an entry of the trail has its time among other parts
    if (name === "S" && value.includes("|"))
      return value
        .split("|")
        .map((one) => (epochMs.test(one) ? ms(one) : one))
        .join("|");
    return value;
  });
}
