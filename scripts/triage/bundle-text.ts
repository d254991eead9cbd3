import type { Flow } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import type { BundledLog } from "./bundle-logs.ts";
import type { ProbeReport } from "./probe.ts";
import { probeText } from "./probe-text.ts";
import type { Sources } from "./records.ts";
import type { FailedRequest, TriageResult } from "./result.ts";

interface About {
  readonly account: string | undefined;
  readonly calls: number;
  readonly logs: readonly BundledLog[];
  readonly nowMs: number;
  readonly probed: boolean;
}

export function readme({ account, calls, logs, nowMs, probed }: About): string {
  const files = [
    ["pattern.txt", "how often webhooks failed, when, which URLs, which edges, with what verdict"],
    ["calls.txt", `the sids of the calls: ${calls}`],
    ["requests.jsonl", "each failed request: call, time, URL, error code, verdict, evidence"],
    ["flow.txt", "what the calls do, and how their webhooks are set up"],
    [
      "isolation.txt",
      probed ? "the same request asked in several ways, side by side" : "which isolation steps were not made",
    ],
    ...logs.map(({ name, what, lines, of }) => [
      name,
      `${what}: ${lines}${of > lines ? ` of ${of}` : ""} ${of === 1 ? "line" : "lines"}`,
    ]),
  ];
  const width = Math.max(...files.map(([name = ""]) => name.length));
  return `${[
    "Webhooks of a Twilio voice application that failed: what is known",
    "",
    `account   ${account ?? "not known"}`,
    `made at   ${iso(nowMs)}`,
    "",
    ...files.map(([name = "", what]) => `${name.padEnd(width)}  ${what}`),
    "",
    "All times are UTC. What stands here passed closed lists of fields: no phone number, no digit pressed, no word said, no name, no token,",
    "no signature, no sealed checkpoint. URLs are told as origin and pattern. `…` stands where something was taken out.",
    "A 502 or 11200 is not proof of fault on either side: the cause is in X-Twilio-WebhookError, told in logs/alerts.jsonl as `cause`.",
  ].join("\n")}\n`;
}

export function patternText(
  { requests, counts, byHour, byUrl, byEdge, peaks, sources: told }: TriageResult,
  sources: Sources,
): string {
  const times = requests.map(({ at }) => at).toSorted();
  const codes = countOf(requests.map(({ errorCode }) => errorCode ?? "none told"));
  const fates = countOf(requests.map(({ saved }) => saved));
  const calls = new Set(requests.flatMap(({ callSid }) => callSid ?? [])).size;
  const { access } = sources;
  const share = access?.length
    ? ` of ${access.length} requests in the access log (${((100 * access.filter(({ status }) => status >= 500).length) / access.length).toFixed(3)} % of them answered 5xx)`
    : "";
  return `${[
    `failed requests: ${requests.length}, in ${calls} calls${share}`,
    `from ${times[0] ?? "-"} to ${times.at(-1) ?? "-"}`,
    ...table("verdict", counts),
    ...table("error code", codes),
    ...table("what became of the caller", fates),
    ...table("URL", byUrl),
    ...table("edge", byEdge),
    ...table("hour of day, UTC", byHour),
    "",
    "minutes with most failures",
    ...peaks.map(({ from, minutes, failed }) => `  ${String(failed).padStart(6)}  from ${from}, ${minutes} min`),
    "",
    "sources",
    ...told.map(({ name, had, what }) => `  ${had ? "had" : "not"}  ${name}: ${what}`),
  ].join("\n")}\n`;
}

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  // by hour in the order of the day, all else the most frequent first
  const rows = Object.entries(counts);
  const sorted = title.startsWith("hour")
    ? rows.toSorted(([a], [b]) => a.localeCompare(b))
    : rows.toSorted(([, a], [, b]) => b - a);
  return ["", title, ...sorted.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`)];
}

const seconds = (ms: number) => `${ms / 1000} s`;

export function flowText(
  flows: readonly Flow[],
  { primary, fallback }: { primary?: string | undefined; fallback?: string | undefined },
): string {
  const l = limits;
  return `${[
    "An incoming call is answered with TwiML that our webhooks make: <Say> or <Play> inside a <Gather>, then the caller's answer comes to an",
    "action URL, and so on; some steps <Record> or <Dial>. One webhook request is one turn.",
    "",
    `voice webhook and action URLs   ${originOf(primary)} (AWS API Gateway HTTP API, Lambda)`,
    `fallback URL                    ${originOf(fallback)} (Twilio Functions)`,
    `deadlines in those URLs         connect ${seconds(l.webhookConnectTimeoutMs)}, read ${seconds(l.webhookReadTimeoutMs)}, total ${seconds(l.webhookTotalTimeoutMs)}, ${l.webhookRetries} retries (ct, rt, tt, rc of connection overrides)`,
    `deadlines in the fallback URL   connect ${seconds(l.fallbackConnectTimeoutMs)}, read ${seconds(l.fallbackReadTimeoutMs)}, total ${seconds(l.fallbackTotalTimeoutMs)}, ${l.fallbackRetries} retry`,
    "",
    "When a webhook fails, the fallback URL takes that turn over and the call goes on; an error here is not a lost call.",
    "",
    "flows",
    ...flows.map(({ name, steps, start }) => `  ${name}: ${steps.size} steps, begins at ${start}`),
  ].join("\n")}\n`;
}

function originOf(url: string | undefined): string {
  const parsed = URL.parse(url ?? "");
  return parsed === null ? "not known" : parsed.origin;
}

export function isolationText(probe: ProbeReport | undefined): string {
  if (probe === undefined) {
    return "No probe was made with this bundle: `npm run -s triage -- --probe … --bundle OUT.tar.gz` makes one.\n";
  }
  return `${[
    "The same signed request, which takes no turn of a call, asked in several ways in the same moment, from one machine, over a new connection",
    "each, with the deadlines of the webhooks. A way that fails more often than the next one inwards shows which layer adds the failures.",
    "",
    probeText(probe),
  ].join("\n")}\n`;
}

/** A number of a phone, a long key, a seal or a token in a sentence that triage made. */
const kept = /\b(?:CA|NO)[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const numbers = /\+?\d(?:[\s().-]?\d){6,}/g;
const tokens = /(?=[A-Za-z_+/=.-]*\d)[A-Za-z0-9_+/=-]{20,}|[A-Za-z0-9_+/=-]{41,}/g;

/** @param prose puts out what is known of people */
export function requestLine(request: FailedRequest, prose: (text: string) => string): object {
  const { callSid, at, url, errorCode, verdict, saved, evidence, missing } = request;
  const line = (text: string) => {
    const ids = text.match(kept) ?? [];
    let next = 0;
    const between = text.split(kept).map((part) => prose(part.replace(tokens, "…").replace(numbers, "…")));
    return between
      .map((part) => `${part}${ids[next++] ?? ""}`)
      .join("")
      .slice(0, 600);
  };
  return { callSid, at, url, errorCode, verdict, saved, evidence: evidence.map(line), missing: missing.map(line) };
}

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
