import { type FailedRequest, type TriageResult, type Verdict, verdicts } from "./result.ts";

const meanings: Readonly<Record<Verdict, string>> = {
  "never-reached": "nothing of it came to our edge",
  "edge-only": "our edge had it, the function did not",
  "refused-signature": "403: the signature was not Twilio's",
  "refused-throttle": "429: more requests than are let through",
  "failed-before-handler": "the function could not start, or died before our line",
  "failed-in-handler": "our code failed, or gave up in time",
  "answered-late": "499: our answer came when nobody waited",
  "lost-after-commit": "we answered, and Twilio did not get it",
  "bad-twiml": "Twilio got the document and could not use it",
  "media-host": "a prompt's file could not be fetched",
  "dns-tls": "the name was not found, or TLS failed",
  unknown: "the sources do not tell; each request says what is missing",
};
const requestsShown = 200;
const barMax = 40;

/** The report for a terminal: what is known, how often, when, where, then each request with its evidence. */
export function triageText(result: TriageResult): string {
  const { sources, requests, counts, byHour, byUrl, byEdge, peaks } = result;
  const known = sources.map(({ name, had, what }) => `  ${had ? "+" : "-"} ${name.padEnd(13)} ${what}`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return ["Sources", ...known, "", "No request failed, as far as these tell."].join("\n");
  const shown = requests.slice(0, requestsShown);
  const more =
    total > shown.length
      ? [``, `${total - shown.length} more: --json has up to 10,000, --since and --until choose`]
      : [];
  return [
    ...["Sources", ...known],
    ...["", `${total} failed requests`, ...verdictRows(result)],
    ...["", "Callers", ...rows(countOf(requests.map(({ saved }) => saved)))],
    ...["", "By hour of day (UTC)", ...hourRows(byHour)],
    ...["", "Peaks", ...peaks.map(({ from, minutes, failed }) => `  ${failed} within ${minutes} minutes from ${from}`)],
    ...["", "By URL", ...rows(byUrl)],
    ...["", "By Twilio's edge", ...rows(byEdge)],
    ...["", "Requests", ...shown.flatMap(requestRows)],
    ...more,
  ].join("\n");
}

function verdictRows({ counts, requests }: TriageResult): string[] {
  return verdicts.flatMap((verdict) => {
    const count = counts[verdict];
    if (count === undefined) return [];
    const times = requests.filter((one) => one.verdict === verdict).map(({ at }) => at);
    const span = times.length === 0 ? "" : `  first ${times[0]}, last ${times.at(-1)}`;
    return [`  ${verdict.padEnd(22)} ${String(count).padStart(5)}${span}  (${meanings[verdict]})`];
  });
}

function requestRows({ callSid, at, url, errorCode, verdict, saved, evidence, missing }: FailedRequest): string[] {
  const head = [at, callSid ?? "call not known", errorCode, url, `${verdict}, caller ${saved}`].filter(
    (one) => one !== undefined,
  );
  const without = missing.length === 0 ? [] : [`    missing: ${missing.join(", ")}`];
  return ["", `  ${head.join("  ")}`, ...evidence.map((line) => `    ${line}`), ...without];
}

function hourRows(byHour: Readonly<Record<string, number>>): string[] {
  const most = Math.max(...Object.values(byHour));
  return Object.entries(byHour)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([hour, count]) => `  ${hour}  ${String(count).padStart(5)} ${"#".repeat(Math.ceil((count / most) * barMax))}`,
    );
}

function rows(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`);
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
