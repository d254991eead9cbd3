import path from "node:path";
import { fileURLToPath } from "node:url";
import { flows } from "../flows/index.ts";
import { UsageError } from "./command-line.ts";
import { readArguments } from "./deploy/arguments.ts";
import { deploy, stepNames } from "./deploy/run.ts";
import { stateFolder } from "./deploy/state.ts";
import { shown } from "./shown.ts";

const flowNames = flows.map(({ name }) => name);
const usage = `deploy [--number NUMBER --flow NAME [--lang LANGUAGE]] [--from STEP] [--dry-run]
deploy --rollback [--number NUMBER --flow NAME] [--dry-run]

Checks, deploys both legs, the fallback first, and sets the number. Each step tells what it did and how to undo it. Stops at
the first failure and tells the mend; run it again at any point, what is done with this build is not done again.
  --number    of the account, E.164; without it no number is touched
  --flow      what its callers begin: ${flowNames.join(", ")}
  --lang      default: the flow's own
  --from      does this step and those behind it, even if they were done: ${stepNames.join(", ")}
  --rollback  deploys the build before, as it was kept
  --dry-run   tells the plan, and does nothing

Environment: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; what .env.example lists for the fallback leg, of which PRIMARY_BASE_URL,
FALLBACK_BASE_URL, TABLE_NAME and TABLE_REGION are found out where they are not set; AWS credentials as usual for the AWS CLI.
Kept in ${stateFolder}: which step was done with which build, and the last two builds.
Exit status: 0 done, 1 a step failed, 2 wrong arguments.`;

export type Print = (line: string) => void;

/** The command. @returns the exit code */
export async function runDeploy(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: Print = (line) => console.log(line),
): Promise<number> {
  try {
    const given = readArguments(args, stepNames);
    if (given === undefined) {
      print(usage);
      return 0;
    }
    if (given.flow !== undefined && !flowNames.includes(given.flow)) {
      throw new UsageError(`there is no flow '${shown(given.flow)}': ${flowNames.join(", ")}`);
    }
    const folder = path.resolve(env.STAYLINE_STATE_DIR || stateFolder);
    return await deploy(given, { env, stateFolder: folder, now: () => new Date().toISOString(), print });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(`deploy: ${error.message} (see deploy --help)`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await runDeploy(process.argv.slice(2), process.env);
