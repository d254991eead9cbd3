import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../core/errors.ts";
import { languages } from "../core/verbs.ts";
import { flows } from "../flows/index.ts";
import { UsageError } from "./command-line.ts";
import { stateFolder } from "./deploy/state.ts";
import { readArguments } from "./number/arguments.ts";
import { runNumber } from "./number/run.ts";
import { RestError, readRestError } from "./twilio/rest.ts";

const flowNames = flows.map(({ name }) => name);
const usage = `number show NUMBER
number set NUMBER --flow NAME [--lang LANGUAGE] [--dry-run]
number check NUMBER [--flow NAME] [--lang LANGUAGE] [--strict]
number restore NUMBER [--dry-run]

What Twilio asks when somebody calls the number: shown, set to a flow, checked, put back as it was before it was last set.
check also asks both legs, by a signed request, for their build, flows, clock, table and seal keys, and compares.
  NUMBER     of the account, E.164
  --flow     ${flowNames.join(", ")}; check: default is the flow that the number's URLs name
  --lang     ${languages.join(" or ")}; default: the flow's own
  --dry-run  tells what would change, and changes nothing
  --strict   warnings count as errors
  --json     one JSON line

Environment: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET (check needs the auth token);
PRIMARY_BASE_URL and FALLBACK_BASE_URL, unless \`npm run deploy\` has found them out.
Exit status: 0 all well, 1 something is wrong or was not done, 2 wrong arguments or environment.`;

export interface Printer {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
const printer: Printer = { out: (text) => console.log(text), err: (text) => console.error(text) };

/** The command. @returns the exit code */
export async function number(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { out, err }: Printer = printer,
): Promise<number> {
  const told = (message: string, code: number) => {
    err(`number: ${message}`);
    return code;
  };
  try {
    const given = readArguments(args);
    if (given === undefined) {
      out(usage);
      return 0;
    }
    const folder = env.STAYLINE_STATE_DIR || stateFolder;
    const now = () => new Date().toISOString();
    return await runNumber(given, { env, stateFolder: folder, flowNames, now, print: out });
  } catch (error) {
    if (error instanceof UsageError) return told(`${error.message} (see number --help)`, 2);
    if (error instanceof RestError || error instanceof ConfigurationError) return told(error.message, 2);
    const { kind, reason } = readRestError(error);
    if (kind === "unknown" && !isRest(error)) throw error;
    return told(kind === "refused" ? `Twilio refuses: ${reason}` : `${reason}; run it again, it does nothing twice`, 1);
  }
}

/** Twilio's client tells of a status, its HTTP client of a code. */
function isRest(error: unknown): boolean {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  return typeof status === "number" || /^E[A-Z]+$/.test(String(code));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await number(process.argv.slice(2), process.env);
