import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { flows } from "../flows/index.ts";
import { type ColdImport, coldImport } from "./bench/cold-import.ts";
import { rounded, type Summary } from "./bench/statistics.ts";
import { benchWebhooks, type UrlBench, type WebhookBench } from "./bench/webhooks.ts";
import { type BuiltBundle, build } from "./build.ts";
import { parsing } from "./shown.ts";

const usage = `bench [--json] [--quick]   builds both legs and measures them on this machine: numbers, no judgement.
Compare runs of one machine only, and there only medians: latency is to an embedded table on loopback.`;

interface Report {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly bundles: readonly (Omit<BuiltBundle, "file"> & { readonly name: string })[];
  readonly imports: readonly ({ readonly name: string } & ColdImport)[];
  readonly webhooks: readonly WebhookBench[];
  readonly urls: readonly UrlBench[];
}

const effort = {
  full: { imports: 15, warmUpCalls: 150, calls: 120, rounds: 5 },
  quick: { imports: 5, warmUpCalls: 40, calls: 40, rounds: 2 },
};

async function bench({ imports, ...webhookEffort }: (typeof effort)["full"]): Promise<Report> {
  const outDir = await mkdtemp(path.join(tmpdir(), "stayline-bench-"));
  try {
    const { lambdaDir, functionsDir, bundles } = await build({ outDir });
    const imported: Report["imports"][number][] = [];
    for (const [name, file] of [
      ["primary voice-webhook", path.join(lambdaDir, "voice-webhook.js")],
      ["fallback voice-fallback", path.join(functionsDir, "functions", "voice-fallback.protected.js")],
    ] as const) {
      imported.push({ name, ...(await coldImport(file, imports)) });
    }
    const measured = await benchWebhooks({ lambdaDir, flows: flows.map(({ name }) => name), ...webhookEffort });
    const [cpu] = cpus();
    return {
      machine: { cpu: cpu?.model.trim() ?? "unknown", cores: cpus().length, node: process.version },
      bundles: bundles.map(({ file, ...bundle }) => ({ name: path.basename(file, ".js"), ...bundle })),
      imports: imported,
      ...measured,
    };
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/** Columns as wide as their longest entry; the first one to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const width = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(width[0] ?? 0) : text.padStart(width[column] ?? 0);
  return `${all.map((row) => row.map(cell).join("  ")).join("\n")}\n`;
}

const oneDigit = (value: number) => value.toFixed(1);
const twoDigits = (value: number) => value.toFixed(2);
const spread = ({ min, max }: Summary) => `${oneDigit(min)}-${oneDigit(max)}`;

function print({ machine, bundles, imports, webhooks, urls }: Report): void {
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`);
  console.log(
    table(
      ["bundle", "bytes", "gzip"],
      bundles.map(({ leg, name, bytes, gzipBytes }) => [`${leg} ${name}`, String(bytes), String(gzipBytes)]),
    ),
  );
  console.log(
    table(
      ["cold import", "ms p50", "ms spread", "MB after"],
      imports.map(({ name, ms, rssMb }) => [name, oneDigit(ms.p50), spread(ms), oneDigit(rssMb.p50)]),
    ),
  );
  console.log(
    table(
      ["webhook of the primary", "ms p50", "ms p99", "CPU ms", "table requests"],
      webhooks.map(({ webhook, wallMs, cpuMs, tableRequests }) => [
        webhook,
        twoDigits(wallMs.p50),
        twoDigits(wallMs.p99),
        twoDigits(cpuMs.mean),
        oneDigit(tableRequests),
      ]),
    ),
  );
  console.log(
    table(
      ["longest URL of the flow", "characters", "documents"],
      urls.map(({ flow, urlCharacters, documents }) => [flow, String(urlCharacters), String(documents)]),
    ),
  );
}

async function main(args: string[]): Promise<number> {
  const { values } = parsing(() =>
    parseArgs({
      args,
      options: {
        json: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const report = await bench(values.quick ? effort.quick : effort.full);
  if (values.json) console.log(JSON.stringify(rounded(report)));
  else print(report);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
