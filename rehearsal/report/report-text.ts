import { silenceMaxMs } from "../checkers/silence-bounded.ts";
import { matrixOf } from "./matrix.ts";
import { matrixText } from "./matrix-text.ts";
import { perSecond, type Report } from "./report.ts";
import type { Failure, Measure, Most, Tally } from "./tally.ts";

/** Each measure as a reader meets it. */
export const measureText: Readonly<Record<Measure, string>> = {
  lost: "callers lost",
  answersLost: "answers lost",
  effectsDuplicated: "effects done twice, or told otherwise than done",
  overBudget: "over the budget of requests or of silence",
  invalidTwiml: "documents that are not valid TwiML",
  other: "checkpoint back, or a gap in the trail",
};

const failuresShown = 20;

export function count(value: number): string {
  return value.toLocaleString("en");
}

export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/**
 * The report for a terminal.
 *
 * @param widthMax characters that the matrix may be wide
 * @param replay the command that places a case again, without its id
 */
export function reportText(report: Report, { widthMax, replay }: { widthMax: number; replay: string }): string {
  const { tally } = report;
  const parts = [];
  if (tally.cells.size > 0) {
    parts.push(
      matrixText(
        report.flows.map((flow) => matrixOf(tally, flow)).filter(({ steps }) => steps.length > 0),
        widthMax,
      ),
    );
    parts.push("calls that met the fault at the step; · none, ✗n: n of them failed");
  }
  parts.push([...totals(report), ...declaredLines(tally)].join("\n"));
  if (tally.failed > 0) parts.push(failureLines(tally, replay).join("\n"));
  parts.push(verdict(report));
  return `${parts.join("\n\n")}\n`;
}

function totals(report: Report): string[] {
  const { flows, scripts, dialects, faults, tally, seconds, workers, seed } = report;
  const { cases, same, counts, silenceSingleMs, silenceMoreMs, requests } = tally;
  const isRandom = faults.startsWith("random");
  const line = (value: string, what: string) => `${value.padStart(12)}  ${what}`;
  const from = (what: string, { id }: Most) => (id === "" ? what : `${what}: ${id}`);
  const ms = (value: number) => `${count(value)} ms`;
  return [
    line(
      faults,
      `faults; ${flows.map(({ name }) => name).join(", ")}; ${counted(scripts, "script")}, ${counted(dialects, "dialect")}`,
    ),
    ...(isRandom ? [line(String(seed), "seed")] : []),
    line(count(cases), "calls placed"),
    ...(same > 0 ? [line(count(same), "calls not placed: known to be the same as one that was")] : []),
    ...Object.entries(measureText).map(([measure, what]) => line(count(counts[measure as Measure]), what)),
    line(
      ms(silenceSingleMs.value),
      from(`longest silence, one fault (bound ${ms(silenceMaxMs.oneFault)})`, silenceSingleMs),
    ),
    ...(silenceMoreMs.id === ""
      ? []
      : [
          line(
            ms(silenceMoreMs.value),
            from(`longest silence, more faults (bound ${ms(silenceMaxMs.moreFaults)})`, silenceMoreMs),
          ),
        ]),
    line(count(requests.value), from("most requests in a call, Twilio's retries included", requests)),
    line(`${seconds.toFixed(1)} s`, `${count(perSecond(report))} calls/s, ${counted(workers, "worker")}`),
  ];
}

function declaredLines({ declared }: Tally): string[] {
  if (declared.size === 0) return [];
  const lines = [...declared].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return ["", "Lost as declared:", ...lines.map(([name, calls]) => `${count(calls).padStart(12)}  ${name}`)];
}

function failureLines({ failures, failed }: Tally, replay: string): string[] {
  const shown = failures.slice(0, failuresShown);
  const more = failed - shown.length;
  return [
    "Failed:",
    ...shown.flatMap(({ id, faults, findings }: Failure) => [
      `  ${id}`,
      `      ${faults.join("; then ") || "no fault"}`,
      ...findings.map(({ checker, what }) => `    ✗ ${checker}: ${what}`),
    ]),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
    "",
    "To see one as a ladder:",
    `  ${replay} --case ${quoted(shown[0]?.id ?? "ID")}`,
  ];
}

function verdict({ tally, interrupted }: Report): string {
  const until = interrupted ? "Interrupted; until then: " : "";
  if (tally.failed > 0) return `${until}${count(tally.failed)} of ${count(tally.cases)} calls failed.`;
  return `${until}all ${count(tally.cases)} calls came through, or were lost as declared.`;
}

/** One word for a shell: spoken answers in a case id may hold anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
