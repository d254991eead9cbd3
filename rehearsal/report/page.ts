import { silenceMaxMs } from "../checkers/silence-bounded.ts";
import { declaredLosses } from "../declared.ts";
import { type Matrix, matrixOf, type Row, stepTitle, withoutEmptyRows } from "./matrix.ts";
import { pageStyle } from "./page-style.ts";
import { perSecond, type Report } from "./report.ts";
import { count, counted, measureText } from "./report-text.ts";
import type { Cell, Failure, Measure, Most } from "./tally.ts";

/**
 * The report as a page of its own: no script, no font, no image, nothing from elsewhere. Light and dark as the reader's
 * system says.
 */
export function reportPage(report: Report): string {
  const { tally, flows, interrupted } = report;
  const failed = tally.failed;
  const verdict =
    failed === 0
      ? `All ${count(tally.cases)} calls came through`
      : `${count(failed)} of ${count(tally.cases)} calls failed`;
  const matrices = flows.map((flow) => withoutEmptyRows(matrixOf(tally, flow))).filter(({ steps }) => steps.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Rehearsal: ${escaped(verdict)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<p class="kicker">Rehearsal${interrupted ? ", interrupted" : ""}</p>
<h1 class="${failed === 0 ? "good" : "bad"}">${escaped(verdict)}${tally.declared.size > 0 && failed === 0 ? ", or were lost as declared" : ""}</h1>
<p class="lead">${escaped(setting(report))}</p>
</header>
${figures(report)}
${declaredSection(report)}
${failuresSection(tally.failures, failed)}
${matrices.map(matrixSection).join("\n")}
</main>
</body>
</html>
`;
}

function setting(report: Report): string {
  const { flows, scripts, dialects, faults, seed, seconds, workers } = report;
  const what: Readonly<Record<string, string>> = {
    none: "without faults",
    single: "with every single fault at every operation",
    pairs: "with every ordered pair of faults",
  };
  const withWhat = what[faults] ?? `with up to three faults at random (${faults}, seed ${seed})`;
  const names = flows.map(({ name }) => name).join(", ");
  const speed = `${count(perSecond(report))} calls a second, ${counted(workers, "worker")}`;
  return `The calls of ${names} ${withWhat}: ${counted(scripts, "script")} under ${counted(dialects, "reading")} of Twilio's open questions, in ${seconds.toFixed(1)} s (${speed}).`;
}

function figures({ tally }: Report): string {
  const tile = (value: string, what: string, tone: "good" | "bad" | "plain", { id }: Pick<Most, "id"> = { id: "" }) =>
    `<li class="${tone}"><b>${escaped(value)}</b><span>${escaped(what)}</span>${id === "" ? "" : `<code>${escaped(id)}</code>`}</li>`;
  const ms = (value: number) => `${count(value)} ms`;
  const measures = Object.entries(measureText).map(([measure, what]) => {
    const value = tally.counts[measure as Measure];
    return tile(count(value), what, value === 0 ? "good" : "bad");
  });
  const { silenceSingleMs, silenceMoreMs, requests } = tally;
  const silence = [
    tile(
      ms(silenceSingleMs.value),
      `longest silence with one fault; the bound is ${ms(silenceMaxMs.oneFault)}`,
      "plain",
      silenceSingleMs,
    ),
    ...(silenceMoreMs.id === ""
      ? []
      : [
          tile(
            ms(silenceMoreMs.value),
            `longest silence with more faults; the bound is ${ms(silenceMaxMs.moreFaults)}`,
            "plain",
            silenceMoreMs,
          ),
        ]),
  ];
  return `<ul class="figures">
${[...measures, tile(count(tally.cases), "calls placed", "plain"), ...silence, tile(count(requests.value), "most requests in one call", "plain", requests)].join("\n")}
</ul>`;
}

function declaredSection({ tally }: Report): string {
  if (tally.declared.size === 0) return "";
  const rows = [...tally.declared].map(([name, calls]) => {
    const loss = declaredLosses.find((one) => one.name === name);
    return `<tr><th scope="row">${escaped(name)}</th><td>${count(calls)}</td><td>${escaped(loss?.when ?? "")}</td><td>${escaped(loss?.hears ?? "")}</td></tr>`;
  });
  return `<section><h2>Lost as declared</h2>
<p>What no call can survive, known beforehand and written down.</p>
<div class="scroll"><table class="list"><thead><tr><th scope="col">class</th><th scope="col">calls</th><th scope="col">when</th><th scope="col">the caller hears</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div></section>`;
}

function failuresSection(failures: readonly Failure[], failed: number): string {
  if (failures.length === 0) return "";
  const entries = failures.map(({ id, faults, findings }) => {
    const found = findings.map(({ checker, what }) => `<li><b>${escaped(checker)}</b> ${escaped(what)}</li>`).join("");
    return `<details><summary><code>${escaped(id)}</code></summary><p>${escaped(faults.join("; then ") || "no fault")}</p><ul>${found}</ul></details>`;
  });
  const more = failed - failures.length;
  return `<section><h2>Failed</h2>
<p>Each is placed again, and drawn, by its case id: <code>npm run -s rehearse -- --case ID</code></p>
${entries.join("\n")}
${more > 0 ? `<p>and ${count(more)} more</p>` : ""}</section>`;
}

function matrixSection({ flow, steps, groups }: Matrix): string {
  const head = steps.map((step) => `<th scope="col">${escaped(stepTitle(step))}</th>`).join("");
  const bodies = groups.map(
    ({
      title,
      rows,
    }) => `<tbody><tr class="group"><th scope="rowgroup" colspan="${steps.length + 1}">${escaped(title)}</th></tr>
${rows.map(rowHtml).join("\n")}</tbody>`,
  );
  return `<section><h2>${escaped(flow)}</h2>
<div class="scroll"><table class="matrix"><caption>Calls that met a fault while the caller was at a step</caption>
<thead><tr><th scope="col">fault</th>${head}</tr></thead>
${bodies.join("\n")}</table></div></section>`;
}

function rowHtml({ fault, what, cells }: Row): string {
  return `<tr><th scope="row"><b>${escaped(fault)}</b> <span>${escaped(what)}</span></th>${cells.map(cellHtml).join("")}</tr>`;
}

function cellHtml(cell: Cell | undefined): string {
  if (cell === undefined) return '<td class="none">·</td>';
  if (cell.failed === 0) return `<td class="good">${count(cell.cases)}</td>`;
  const more = cell.failed - cell.ids.length;
  const ids = cell.ids.map((id) => `<li><code>${escaped(id)}</code></li>`).join("");
  const rest = more > 0 ? `<li>and ${count(more)} more</li>` : "";
  return `<td class="bad"><details><summary>✗ ${count(cell.failed)} of ${count(cell.cases)}</summary><ul>${ids}${rest}</ul></details></td>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
