import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { readArguments } from "./trace/arguments.ts";
import { follow, followEveryMs, followMaxMs } from "./trace/follow.ts";
import type { Trace } from "./trace/join.ts";
import { explainedRows, traceText } from "./trace/ladder.ts";
import { tracePage } from "./trace/page.ts";
import { gather } from "./trace/sources.ts";

const usage = `trace CALLSID [--logs FILE ...] [--table NAME] [--html FILE] [--json] [--follow]

One call from its first webhook to its end: what Twilio asked, what each leg answered, what the table held after, what became of
effects, why it failed over. Works with whatever there is, and says what that was. Shows no number, digit, word or seal.
  --logs    files with log lines of either leg, in any text that has them: a stack's output, an export of CloudWatch, Twilio's
            function logs; may be given again; - is standard input
  --table   the checkpoint table; default TABLE_NAME
  --html    writes a page to this file: no script, nothing from elsewhere
  --json    the trace as one JSON line
  --follow  looks again every ${followEveryMs / 1000} s until the call has ended, for ${followMaxMs / 3_600_000} hours at most

Environment: TABLE_NAME, TABLE_REGION, TABLE_ENDPOINT and AWS credentials for the table; TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or
TWILIO_API_KEY and TWILIO_API_SECRET, for Twilio's Call Events; PRIMARY_BASE_URL and FALLBACK_BASE_URL if a leg's URL has a path.
Exit status: 0 something is known of the call, 1 nothing is, or --follow saw no end, 2 wrong arguments.`;

async function main(args: readonly string[]): Promise<number> {
  const given = readArguments(args);
  if (given === undefined) {
    console.log(usage);
    return 0;
  }
  const look = (withEvents: boolean) => gather(given, process.env, Date.now(), withEvents);
  const trace = given.follow
    ? await follow({ gather: look, news: newsTo(given.json), nowMs: Date.now, sleep: (ms) => sleep(ms) })
    : await look(true);
  if (given.html !== undefined) await writeFile(given.html, tracePage(trace));
  console.log(given.json ? JSON.stringify(trace) : traceText(trace));
  return trace.moments.length > 0 && (!given.follow || trace.end.known) ? 0 : 1;
}

/** While a call is followed: each moment in words when it is first seen; with --json only the last trace is told. */
function newsTo(json: boolean): (trace: Trace) => void {
  const told = new Set<string>();
  return (trace) => {
    if (json) return;
    for (const row of explainedRows(trace).filter((one) => !told.has(one))) {
      told.add(row);
      console.log(row);
    }
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    if (error instanceof UsageError) console.error(`trace: ${error.message} (see trace --help)`);
    else console.error(error);
    return 2;
  });
}
