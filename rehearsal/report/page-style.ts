/** How the report's page looks, light and dark. */
export const pageStyle = `
:root {
  --ground: #fbfbf9; --card: #ffffff; --ink: #1d2226; --quiet: #667078; --line: #e3e5e1;
  --good: #1f7a4d; --good-ground: #e9f5ee; --bad: #b3261e; --bad-ground: #fbe9e7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1b1f23; --ink: #e6e8ea; --quiet: #98a2aa; --line: #2c3238;
    --good: #6cc796; --good-ground: #17291f; --bad: #ff8f85; --bad-ground: #371c1a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
.kicker { margin: 0; color: var(--quiet); letter-spacing: 0.08em; text-transform: uppercase; font-size: 0.8rem; }
h1 { margin: 0.2rem 0 0.6rem; font-size: 2rem; line-height: 1.2; font-weight: 650; text-wrap: balance; }
h1.good { color: var(--good); }
h1.bad { color: var(--bad); }
.lead { max-width: 46rem; margin: 0; color: var(--quiet); }
h2 { margin: 3rem 0 0.5rem; font-size: 1.25rem; font-weight: 650; }
section > p { margin: 0 0 0.8rem; color: var(--quiet); }
code { font: 0.85em/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.75rem; margin: 2rem 0 0; padding: 0; list-style: none; }
.figures li { padding: 0.9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
.figures b { display: block; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures span, .figures code { display: block; color: var(--quiet); font-size: 0.85rem; }
.figures code { margin-top: 0.3rem; font-size: 0.72rem; }
.figures .good b { color: var(--good); }
.figures .bad { border-color: var(--bad); }
.figures .bad b { color: var(--bad); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.88rem; }
caption { padding: 0.6rem 0.9rem; color: var(--quiet); text-align: left; }
th, td { padding: 0.3rem 0.7rem; border-top: 1px solid var(--line); vertical-align: top; }
th { text-align: left; font-weight: 400; }
thead th { border-top: 0; color: var(--quiet); font-size: 0.8rem; }
.matrix thead th:not(:first-child) { text-align: right; }
.matrix td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.matrix th[scope="row"] { min-width: 20rem; }
.matrix th b { font-weight: 550; }
.matrix th span { color: var(--quiet); font-size: 0.8rem; }
.matrix .group th { padding-top: 0.9rem; color: var(--quiet); font-size: 0.75rem; letter-spacing: 0.06em; text-transform: uppercase; }
td.none { color: var(--line); }
td.good { color: var(--good); background: var(--good-ground); }
td.bad { color: var(--bad); background: var(--bad-ground); }
td.bad ul { margin: 0.4rem 0; padding: 0; list-style: none; text-align: left; white-space: normal; color: var(--ink); }
.list td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; }
section > details { margin-bottom: 0.4rem; padding: 0.5rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
section > details p { margin: 0.4rem 0; color: var(--quiet); }
section > details ul { margin: 0; padding-left: 1.1rem; }
@media print { body { background: none; } .scroll { overflow: visible; } }
`;
