import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { competitorNames } from "../competitors/build.ts";
import { summaryOf } from "../statistics.ts";
import { type Contender, openField, type StartOptions } from "./field.ts";
import { inRounds } from "./measure.ts";
import { warmUpWebhooks } from "./plan.ts";
import { arriveAt, type StationPlan } from "./stations.ts";
import { openTables } from "./tables.ts";

/** Asks one contender one kind of webhook for long, with options of Node: for a profile, or for a look at what they change. */

export const profileKinds = {
  first: { after: 0 },
  ordinary: { after: 1 },
  effect: { after: 1, digits: "2" },
  duplicate: { after: 1, isDuplicate: true },
  "turn-200": { after: 199 },
  "answer-lost": { after: 1, lost: "answer" },
  "request-lost": { after: 1, lost: "request" },
} as const satisfies Readonly<Record<string, Omit<StationPlan, "name" | "contender">>>;
export type ProfileKind = keyof typeof profileKinds;

export interface ProfileOptions extends StartOptions {
  readonly contender: Contender;
  readonly kind: ProfileKind;
  readonly webhooks: number;
  readonly minify: boolean;
}

const callsPerBlock = 100;

/** @returns per webhook: CPU and wall time in milliseconds, after a warm-up */
export async function profile({ contender, kind, webhooks, minify, ...startOptions }: ProfileOptions) {
  const workDir = await mkdtemp(path.join(tmpdir(), "stayline-profile-"));
  const field = await openField({ workDir, minify });
  const tables = openTables(field.world);
  const walker = await field.start(contender === "stayline-fallback" ? "stayline" : contender);
  const leg = await field.start(contender, startOptions);
  try {
    const station = await arriveAt({ name: kind, contender, ...profileKinds[kind] }, callsPerBlock, walker, tables);
    const blocks = [
      ...(
        await inRounds(
          [{ station, leg }],
          {
            warmUp: Math.ceil(warmUpWebhooks / callsPerBlock),
            measured: Math.ceil(webhooks / callsPerBlock),
          },
          0,
        )
      ).values(),
    ].flat();
    return {
      cpuMs: summaryOf(blocks.map(({ cpuMs }) => cpuMs)),
      wallMs: summaryOf(blocks.flatMap(({ wallMs }) => wallMs)),
    };
  } finally {
    await Promise.all([leg.stop(), walker.stop()]);
    tables.stop();
    await field.stop();
    await rm(workDir, { recursive: true, force: true });
  }
}

const usage = `node scripts/bench/webhooks/profile.ts [CONTENDER] [KIND] [--webhooks N] [--cpu-prof DIR] [--minify] [-- options of Node]
  contenders: ${[...competitorNames, "stayline", "stayline-fallback"].join(", ")}   (stayline)
  kinds: ${Object.keys(profileKinds).join(", ")}   (ordinary)`;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      webhooks: { type: "string", default: "4000" },
      "cpu-prof": { type: "string" },
      minify: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [contender = "stayline", kind = "ordinary", ...execArgv] = positionals;
  const isContender = (name: string): name is Contender =>
    [...competitorNames, "stayline", "stayline-fallback"].includes(name);
  const isKind = (name: string): name is ProfileKind => Object.hasOwn(profileKinds, name);
  if (values.help || !isContender(contender) || !isKind(kind)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const dir = values["cpu-prof"];
  if (dir !== undefined) await mkdir(dir, { recursive: true });
  const profiling = dir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${path.resolve(dir)}`];
  const options = { webhooks: Number(values.webhooks), minify: values.minify, execArgv: [...profiling, ...execArgv] };
  const { cpuMs, wallMs } = await profile({ contender, kind, ...options });
  console.log(
    `${contender} ${kind}: CPU ${cpuMs.p50.toFixed(3)} ms, p50 ${wallMs.p50.toFixed(3)} ms, p99 ${wallMs.p99.toFixed(2)} ms`,
  );
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
