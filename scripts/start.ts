import { fileURLToPath } from "node:url";
import { before } from "../rehearsal/faults.ts";
import { drawLadder } from "../rehearsal/ladder.ts";
import { patientCaller } from "../rehearsal/patient-caller.ts";
import { placeCall } from "../rehearsal/place-call.ts";
import { type ConsoleArguments, consoleArguments, consoleUsage, usualConsolePort } from "./console/arguments.ts";
import { checkLogFiles } from "./console/log-files.ts";
import { openBrowser, opener } from "./console/open-browser.ts";
import { type Console, startConsole } from "./console/start-console.ts";
import { StackError } from "./stack/stack-error.ts";
import type { Stack } from "./stack/start-stack.ts";
import { printUrls, runStack } from "./stack.ts";

/** The request before which the demonstration kills the primary: the caller has said which day, not yet confirmed. */
const killBefore = 2;

/** One call whose primary dies in the middle; then the stack stays, whole again. */
async function demonstrate(stack: Stack): Promise<void> {
  const { authToken, accountSid, flows, primary } = stack;
  const urls = flows.appointment;
  if (urls === undefined) throw new Error("the flow appointment is not in this build");
  console.log("A call to the flow 'appointment': the caller presses 1 for Monday and 1 to confirm.");
  console.log(`Before request #${killBefore} the primary leg (process ${primary.pid}) is killed.\n`);
  const press = (digits: string) => ({ kind: "digits", digits }) as const;
  const kill = before(killBefore, async () => {
    primary.kill();
    await primary.exited;
  });
  const caller = patientCaller([press("1"), press("1")]);
  const call = await placeCall({ ...urls, authToken, accountSid, ...caller, intercept: kill });
  console.log(drawLadder(call, (url) => (url.startsWith(primary.baseUrl) ? "primary" : "fallback")));

  const executed = stack.effects.executed().filter(({ callSid }) => callSid === call.callSid);
  const ending = call.ended === "hangup" ? "survived" : `ended in '${call.ended}'`;
  console.log(`The call ${ending}; the effect 'book' was executed ${executed.length} time(s).\n`);
  await primary.restart();
}

async function printHowToCall(stack: Stack): Promise<void> {
  console.log(
    `The primary leg is back (process ${stack.primary.pid}). To call it yourself, open a tunnel to each leg, start`,
  );
  console.log(
    "again with --primary-url and --fallback-url and your account's TWILIO_AUTH_TOKEN, and set on the number:\n",
  );
  await printUrls(stack);
}

/** The stack with its demonstration and the console. @returns the exit code */
async function runStart(args: readonly string[]): Promise<number> {
  let given: ConsoleArguments;
  try {
    given = consoleArguments(args);
    await checkLogFiles(given.logs);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(error.message);
    return 1;
  }
  const { served, opened, rest } = given;
  let page: Console | undefined;
  const serve = async (stack: Stack) => {
    await demonstrate(stack);
    if (served) page = await startPage(stack, given);
    await printHowToCall(stack);
    const program = opened ? opener(process.platform, process.env, process.stdout.isTTY) : undefined;
    if (page !== undefined && program !== undefined) openBrowser(program, page.url);
  };
  return runStack(rest, {
    whenReady: serve,
    onLine: (_leg, line) => page?.line(line),
    options: { tableProxy: true },
    beforeEnd: async () => page?.stop(),
    usage: consoleUsage,
  });
}

/** What is started is the stack: without the page it stays all the same. */
async function startPage(stack: Stack, { port, logs }: ConsoleArguments): Promise<Console | undefined> {
  if (isPublic(stack)) {
    console.log("Console: not served, because a leg has a public address (--primary-url, --fallback-url).\n");
    return undefined;
  }
  try {
    const seen = { env: process.env, logs };
    const page = await startConsole(stack, { port: port ?? usualConsolePort, ...seen }).catch((error: unknown) => {
      if (port !== undefined || !(error instanceof StackError)) throw error;
      return startConsole(stack, { port: 0, ...seen });
    });
    console.log(`Console: ${page.url}\nThere you are the caller, and break what you like while the call is on.\n`);
    return page;
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(error.message);
    return undefined;
  }
}

/** Twilio knows a leg by another address than its own. */
function isPublic({ flows, primary, fallback }: Stack): boolean {
  return Object.values(flows).some(
    ({ voiceUrl, fallbackUrl }) => !voiceUrl.startsWith(primary.baseUrl) || !fallbackUrl.startsWith(fallback.baseUrl),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await runStart(process.argv.slice(2)));
