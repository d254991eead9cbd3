import type { OverHttp } from "./over-http.ts";
import { socketFaults } from "./socket-faults.ts";

const differencesShown = 20;

/** The report as text: cases and differences by fault, then the differences. */
export function formatReport({ cases, casesLeftOut, differences, faults, seconds, slowestMs }: OverHttp): string {
  const descriptions = new Map<string, string>(socketFaults.map(({ fault, description }) => [fault, description]));
  const rows = Object.entries(faults)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([fault, count]) => {
      const told = count.different === 0 ? "" : ` ${String(count.different).padStart(5)} differ`;
      const description = descriptions.get(fault) ?? "";
      return `  ${fault.padEnd(20)} ${String(count.cases).padStart(6)}${told}  ${description}`.trimEnd();
    });
  const shown = differences.slice(0, differencesShown).flatMap(({ case: id, what, http, inProcess }) => {
    return [`${id}: ${what}`, `  over HTTP   ${http}`, `  in process  ${inProcess}`];
  });
  const left = differences.length - differencesShown;
  const different = new Set(differences.map((one) => one.case)).size;
  return [
    "calls with this fault, over HTTP and in process:",
    ...rows,
    ...shown,
    ...(left > 0 ? [`… and ${left} more differences`] : []),
    `${cases} calls placed both ways${casesLeftOut > 0 ? ` (another seed chooses others: ${casesLeftOut} left out)` : ""}, ${different} different, ${seconds.toFixed(1)} s, slowest call ${Math.round(slowestMs)} ms`,
  ].join("\n");
}
