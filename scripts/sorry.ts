import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { flows } from "../flows/index.ts";
import { catalogue } from "../flows/media.ts";
import { root } from "./build/bundle.ts";
import { UsageError } from "./command-line.ts";
import { readSamSettings } from "./deploy/sam.ts";
import { readState, stateFolder, variable } from "./deploy/state.ts";
import { readArguments } from "./sorry/arguments.ts";
import { fallbackSwitch, primarySwitch } from "./sorry/legs.ts";
import { runSorry } from "./sorry/run.ts";
import { RestError, restClient } from "./twilio/rest.ts";

const known = { flows: flows.map(({ name }) => name), prompts: Object.keys(catalogue) };
const usage = `sorry on [--message TEXT] [--message-ja TEXT] [--reason TEXT] [--reason-ja TEXT] [--audio NAME]
         [--until TIME] [--scope new-calls|all|flow=NAME] [--allow NUMBER ...]
sorry off [--message TEXT ...]
sorry status

New callers hear a message in place of the flow, on both legs; calls in progress finish.
  --message   what they hear; English, and --message-ja Japanese; --reason likewise, said after it
  --audio     a prompt of flows/media.ts in place of the message: ${known.prompts.join(", ")}
  --until     it ends by itself then, and callers are told: 90m, 2h, 18:30, 2026-01-31T18:30+09:00 (this machine's time zone: TZ)
  --scope     all: calls in progress, too, hear it in place of their next turn, and end; flow=NAME: new calls of one flow,
              or of several, separated by commas
  --allow     a caller who passes, E.164; may be given again
off keeps what is said, or sets it if it is given: whoever calls a number whose voice URL ends in ?preview=sorry hears it at any time.

Environment: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET (--allow needs the auth token);
FALLBACK_BASE_URL, unless \`npm run deploy\` has found it out; AWS credentials and Region as for the AWS CLI; SORRY_PARAMETER.
Exit status: 0 done on both legs, 1 a leg was not reached or they differ, 2 wrong arguments.`;

export interface Printer {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
const printer: Printer = { out: (text) => console.log(text), err: (text) => console.error(text) };

/** The command. @returns the exit code */
export async function sorry(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { out, err }: Printer = printer,
): Promise<number> {
  try {
    const given = readArguments(args, known);
    if (given === undefined) {
      out(usage);
      return 0;
    }
    const [authToken] = (env.TWILIO_AUTH_TOKEN ?? "").split(",").map((token) => token.trim());
    const legs = await legsOf(env);
    return await runSorry(given, { legs, catalogue, authToken, nowMs: Date.now(), print: out });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    err(`sorry: ${error.message} (see sorry --help)`);
    return 2;
  }
}

/** One leg's missing setting must not keep the other from being switched. */
async function legsOf(env: Readonly<Record<string, string | undefined>>) {
  const state = await readState(env.STAYLINE_STATE_DIR || stateFolder);
  const sam = readSamSettings(
    await readFile(path.join(root, "samconfig.toml"), "utf8").catch(() => ""),
    env.AWS_REGION,
  );
  const parameter = env.SORRY_PARAMETER || sam.parameters.SorryParameter || "/stayline/sorry";
  const region = sam.region || variable(env, state, "TABLE_REGION");
  const primary = region ? primarySwitch(parameter, region) : "AWS_REGION is not set";
  const host = URL.parse(variable(env, state, "FALLBACK_BASE_URL") ?? "")?.host;
  const fallback = () => (host ? fallbackSwitch(restClient(env), host) : "FALLBACK_BASE_URL is not set");
  try {
    return { primary, fallback: fallback() };
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return { primary, fallback: error.message };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await sorry(process.argv.slice(2), process.env);
