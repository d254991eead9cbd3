import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { given } from "./trace/mask.ts";
import { readArguments, type TriageArguments } from "./triage/arguments.ts";
import { bundleNow } from "./triage/bundle-run.ts";
import { liveAlerts, liveTable } from "./triage/live.ts";
import { takeExtra } from "./triage/probe-arguments.ts";
import { probeNow } from "./triage/probe-run.ts";
import { probeUsage } from "./triage/probe-settings.ts";
import { probeText } from "./triage/probe-text.ts";
import { triage } from "./triage/report.ts";
import { gather, type Live } from "./triage/sources.ts";
import { triageText } from "./triage/text.ts";

const usage = `triage [--dir DIR] [--alerts FILE] [--debugger FILE] [--access FILE] [--logs FILE ...] [--table FILE] [--live]

Where did each failed request get lost: on the way, at the edge, in our code, on the way back? And was the caller saved?
Joins what there is, and says what is missing. Shows no number, digit, word, token or seal.
  --dir       a directory with any of alerts.json, alerts.csv, debugger.jsonl, access.jsonl, primary.log, fallback.log, table.json
  --alerts    Twilio's alerts: the Monitor API's JSON, or CSV
  --debugger  payloads of the debugger webhook, one a line
  --access    the HTTP API's access log, one JSON object a line
  --logs      log lines of either leg, with Lambda's own lines; may be given again
  --table     items of the checkpoint table, as \`aws dynamodb scan\` prints them
  --live      asks Twilio's Monitor API for alerts (without --since: of the last day) and the table for the calls in them
  --since, --until  2026-11-22T03:00Z, or 30m, 2h, 3d ago
  --json      one JSON line

${probeUsage}
--bundle FILE.tar.gz
  What Twilio's support asks for, personal data left out: alerts' pattern, call sids, the flow, what the probe found, logs.

Environment of --live: as for \`npm run trace\`.
Exit status: 0 done, whatever it found; 1 no source could be read; 2 wrong arguments.`;

async function main(args: readonly string[]): Promise<number> {
  const nowMs = Date.now();
  const { env } = process;
  const { probing, bundle, rest, alone } = takeExtra(args, env);
  const wanted = alone ? undefined : readArguments(rest, nowMs);
  if (!alone && wanted === undefined) {
    console.log(usage);
    return 0;
  }
  const probe = probing && (await probeNow(probing, progress));
  const json = wanted?.json ?? rest.includes("--json");
  if (wanted === undefined) {
    if (probe !== undefined) console.log(json ? JSON.stringify(probe) : probeText(probe));
    return 0;
  }
  const { sources, told, texts } = await gather(wanted, await live(wanted, nowMs), nowMs);
  const result = triage(sources, told, given({ sinceMs: wanted.sinceMs, untilMs: wanted.untilMs }));
  if (json) console.log(JSON.stringify(probe === undefined ? result : { ...result, probe }));
  else console.log([triageText(result), ...(probe === undefined ? [] : ["", probeText(probe)])].join("\n"));
  if (bundle !== undefined) {
    const { written, line } = await bundleNow(bundle, { result, sources, texts, probe }, env, nowMs);
    progress(line);
    if (!written) return 1;
  }
  return told.some(({ had }) => had) ? 0 : 1;
}

async function live({ live, sinceMs, untilMs }: TriageArguments, nowMs: number): Promise<Live> {
  if (!live) return {};
  progress("asking Twilio");
  return { alerts: await liveAlerts(process.env, { sinceMs, untilMs }, nowMs), table: liveTable(process.env, nowMs) };
}

function progress(line: string): void {
  process.stderr.write(`triage: ${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    if (error instanceof UsageError) console.error(`triage: ${error.message} (see triage --help)`);
    else console.error(error);
    return 2;
  });
}
