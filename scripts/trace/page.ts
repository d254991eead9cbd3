import { escaped } from "./escaped.ts";
import { explain, summaryOf } from "./explain.ts";
import type { Trace } from "./join.ts";
import { ladderHtml, ladderStyle } from "./ladder-html.ts";
import { traceRows } from "./ladder-rows.ts";
import { withSilence } from "./silence.ts";

/** Of the page; the ladder brings its own, with the colours. */
const style = `
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { margin: 0; font: 600 1.3rem/1.3 var(--mono); overflow-wrap: anywhere; }
h2 { margin: 2.2rem 0 0.4rem; font-size: 1.1rem; }
p.quiet { margin: 0.2rem 0 0; color: var(--quiet); }
ol, ul { margin: 0; padding: 0; list-style: none; }
section ul { padding-left: 1.2rem; list-style: disc; }
.card { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
td, th { padding: 0.35rem 0.8rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; color: var(--quiet); font-weight: 400; }
td:first-child { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.good td { color: var(--good); }
.bad td { color: var(--bad); }
@media (max-width: 42rem) { main { padding: 1.2rem 0.8rem 3rem; } }
`;

/** The trace as a page of its own: no script, no font, no image, nothing from elsewhere; light and dark as the reader's system says. */
export function tracePage(trace: Trace): string {
  const { callSid, startedAtMs, moments } = trace;
  const began = startedAtMs === undefined ? "Nothing is known of this call." : new Date(startedAtMs).toISOString();
  const rows = explain(trace).map(
    ({ sinceMs, who, what, tone }) =>
      `<tr class="${tone}"><td>${sinceMs}</td><td>${escaped(who)}</td><td>${escaped(what)}</td></tr>`,
  );
  const ladder = withSilence(traceRows(trace), trace);
  const summary = [...summaryOf(trace), ...ladder.silence].map(
    ({ title, lines }) =>
      `<section><h2>${escaped(title)}</h2><ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul></section>`,
  );
  const head = '<thead><tr><th scope="col">ms</th><th scope="col">who</th><th scope="col">what</th></tr></thead>';
  const call = [
    `<h2>Ladder</h2>${ladderHtml(ladder.rows)}`,
    `<h2>In words</h2><div class="card"><table>${head}<tbody>\n${rows.join("\n")}\n</tbody></table></div>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trace of ${escaped(callSid)}</title>
<style>${ladderStyle()}${style}</style>
</head>
<body>
<main>
<h1>${escaped(callSid)}</h1>
<p class="quiet">${escaped(began)}</p>
${moments.length === 0 ? "" : call.join("\n")}
${summary.join("\n")}
</main>
</body>
</html>
`;
}
