import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CallRecord, Intercept } from "../rehearsal/call-record.ts";
import { parseScript } from "../rehearsal/caller-script.ts";
import { before, failMediaAt, loseAnswerAt } from "../rehearsal/faults.ts";
import { drawLadder } from "../rehearsal/ladder.ts";
import { patientCaller } from "../rehearsal/patient-caller.ts";
import { placeCall } from "../rehearsal/place-call.ts";
import { shortenSeals } from "../rehearsal/redact.ts";
import { BuildError } from "./build/bundle.ts";
import { StackError } from "./stack/stack-error.ts";
import { type Stack, startStack } from "./stack/start-stack.ts";

const usage = `call --flow NAME --press SCRIPT [--kill-primary-at N | --lose-answer-at N | --fail-media-at N] [--json]

Starts a stack of its own, places one call with a scripted caller, prints it as a ladder, and ends.
  --flow             appointment, front-desk or survey
  --press            what the caller does, comma separated: digits, say:<words>, silence, record:<seconds>,
                     dial:<busy|no-answer|completed|failed> (the person called), hangup
  --kill-primary-at  kills the primary leg (SIGKILL) before request N of the call
  --lose-answer-at   the primary handles request N, its answer is lost
  --fail-media-at    the media fetch N of the call fails
                     N counts from 0, as #N in the ladder
  --json             one JSON line instead of the ladder

Exit status: 0 the call came to its own end, 1 it did not (or the fault found no request), 2 wrong arguments.`;

interface CallArguments {
  readonly flow: string;
  readonly script: ReturnType<typeof patientCaller>;
  readonly fault: { readonly name: string; readonly at: number } | undefined;
  readonly json: boolean;
}

class UsageError extends Error {}

function readArguments(args: string[]): CallArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const faults = { "kill-primary-at": text, "lose-answer-at": text, "fail-media-at": text };
  let values: ReturnType<typeof parse>["values"];
  const parse = () => parseArgs({ args, options: { flow: text, press: text, ...faults, json: flag, help: flag } });
  try {
    values = parse().values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : "wrong arguments");
  }
  if (values.help) return undefined;
  if (values.flow === undefined) throw new UsageError("--flow is missing, for example --flow appointment");
  const script = parseScript(values.press ?? "");
  if (script.kind === "error") throw new UsageError(script.detail);
  const given = (Object.keys(faults) as (keyof typeof faults)[]).filter((name) => values[name] !== undefined);
  const [name, second] = given;
  if (second !== undefined) throw new UsageError(`--${name} and --${second}: one fault at a time`);
  const at = name === undefined ? "" : (values[name] ?? "");
  if (name !== undefined && !/^\d{1,3}$/.test(at)) throw new UsageError(`--${name} ${at}: not a number from 0`);
  const fault = name === undefined ? undefined : { name, at: Number(at) };
  return { flow: values.flow, script: patientCaller(script.steps), fault, json: values.json };
}

function interceptOf(stack: Stack, fault: CallArguments["fault"]): Intercept {
  switch (fault?.name) {
    case "kill-primary-at":
      return before(fault.at, async () => {
        stack.primary.kill();
        await stack.primary.exited;
      });
    case "lose-answer-at":
      return loseAnswerAt(fault.at);
    case "fail-media-at":
      return failMediaAt(fault.at);
    default:
      return (_, send) => send();
  }
}

/** Did the fault meet a request of the call at all? */
function faultHappened({ requests }: CallRecord, fault: CallArguments["fault"]): boolean {
  if (fault === undefined) return true;
  if (fault.name === "fail-media-at") return requests.some(({ mediaIndex }) => mediaIndex === fault.at);
  return requests.some(({ index, kind }) => index === fault.at && !["media", "status", "fallback"].includes(kind));
}

function toJson(flow: string, call: CallRecord, effects: readonly string[]): string {
  const { callSid, ended, requestCount, attemptCount, alerts, heard, events } = call;
  const failovers = events.filter(({ kind }) => kind === "failover").length;
  const told = { flow, callSid, ended, survived: survived(call), failovers, requestCount, attemptCount, effects };
  return shortenSeals(JSON.stringify({ ...told, heard, alerts, events }));
}

function survived({ ended }: CallRecord): boolean {
  return ["hangup", "end-of-document", "caller-hangup", "rejected"].includes(ended);
}

/** The command. @returns the exit code */
export async function runCall(args: string[]): Promise<number> {
  let stack: Stack | undefined;
  try {
    const given = readArguments(args);
    if (given === undefined) {
      console.log(usage);
      return 0;
    }
    stack = await startStack();
    const running = stack;
    const { flow, fault, json, script } = given;
    const urls = running.flows[flow];
    if (urls === undefined) {
      throw new UsageError(`there is no flow '${flow}'; there are ${Object.keys(running.flows).join(", ")}`);
    }
    const { authToken, accountSid } = running;
    const intercept = interceptOf(running, fault);
    const call = await placeCall({ ...urls, authToken, accountSid, ...script, intercept });
    const effects = running.effects.executed().map(({ effect }) => effect);
    if (json) console.log(toJson(flow, call, effects));
    else {
      console.log(drawLadder(call, (url) => (url.startsWith(running.primary.baseUrl) ? "primary" : "fallback")));
      console.log(`effects executed: ${effects.join(", ") || "none"}`);
    }
    if (!faultHappened(call, fault)) {
      console.error(`--${fault?.name} ${fault?.at}: the call was over before it; it had ${call.requestCount} requests`);
      return 1;
    }
    return survived(call) ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`call: ${error.message} (see call --help)`);
      return 2;
    }
    console.error(error instanceof StackError || error instanceof BuildError ? error.message : error);
    return 1;
  } finally {
    await stack?.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await runCall(process.argv.slice(2)));
