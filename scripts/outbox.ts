import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { readArguments } from "./outbox/arguments.ts";
import { type Printer, runOutbox } from "./outbox/run.ts";

const usage = `outbox status
outbox retry KEY
outbox drop KEY

The messages and call-backs that flows have put into the table, to be delivered by Twilio's REST API. Shows no number and no text.
  status   those that wait, are in doubt, or were given up; and whether Twilio's REST API answers
  retry    makes one due that is in doubt or given up. What was in doubt may then come a second time: look at Twilio first
  drop     takes one out that is in doubt or given up: it is never sent
  --table  the checkpoint table; default TABLE_NAME
  --json   one JSON line

Environment: TABLE_NAME, TABLE_REGION, TABLE_ENDPOINT and AWS credentials; TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or
TWILIO_API_KEY and TWILIO_API_SECRET, to ask whether the API answers.
Exit status: 0 all well or done, 1 something is in doubt or given up, the API is down, or nothing was done; 2 wrong arguments,
environment, or the table does not answer.`;

const printer: Printer = { out: (text) => console.log(text), err: (text) => console.error(text) };

/** The command. @returns the exit code */
export async function outbox(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  to: Printer = printer,
): Promise<number> {
  try {
    const given = readArguments(args);
    if (given === undefined) {
      to.out(usage);
      return 0;
    }
    return await runOutbox(given, env, Date.now(), to);
  } catch (error) {
    if (error instanceof UsageError) to.err(`outbox: ${error.message} (see outbox --help)`);
    // the class alone: messages of the SDK can carry keys of items
    else to.err(`outbox: the table does not answer (${error instanceof Error ? error.name : "error"}). Run it again`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await outbox(process.argv.slice(2), process.env);
