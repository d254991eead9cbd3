import { fileURLToPath } from "node:url";
import { createUrls } from "../core/action-url.ts";
import { type Language, languages } from "../core/verbs.ts";
import { flows } from "../flows/index.ts";
import type { CallRecord, Intercept } from "../rehearsal/call-record.ts";
import { parseScript } from "../rehearsal/caller-script.ts";
import { before, failMediaAt, loseAnswerAt } from "../rehearsal/faults.ts";
import { drawLadder } from "../rehearsal/ladder.ts";
import { patientCaller } from "../rehearsal/patient-caller.ts";
import { placeCall } from "../rehearsal/place-call.ts";
import { shortenSeals } from "../rehearsal/redact.ts";
import { BuildError } from "./build/bundle.ts";
import { commandLine, UsageError } from "./command-line.ts";
import { shown } from "./shown.ts";
import { StackError } from "./stack/stack-error.ts";
import { type Stack, startStack } from "./stack/start-stack.ts";

const flowNames = flows.map(({ name }) => name);

const usage = `call --flow NAME --press SCRIPT [--kill-primary-at N | --lose-answer-at N | --fail-media-at N] [--json]
     [--lang LANGUAGE] [--build-dir DIR]

Starts a stack of its own, places one call with a scripted caller, prints it as a ladder, and ends.
  --flow             ${flowNames.join(", ")}
  --press            what the caller does, comma separated: digits, say:<words>, silence, record:<seconds>,
                     dial:<busy|no-answer|completed|failed> (the person called), hangup
  --kill-primary-at  kills the primary leg (SIGKILL) before request N of the call
  --lose-answer-at   the primary handles request N, its answer is lost
  --fail-media-at    the media fetch N of the call fails
                     N counts from 0, as #N in the ladder
  --lang             the number's language: ${languages.join(" or ")}; default: the flow's own
  --json             one JSON line instead of the ladder
  --build-dir        takes the build that is in this folder (see build --out-dir) instead of building

Exit status: 0 the call came to its own end, 1 it did not (or the fault found no request), 2 wrong arguments.`;

interface CallArguments {
  readonly flow: string;
  readonly script: ReturnType<typeof patientCaller>;
  readonly fault: { readonly name: string; readonly at: number } | undefined;
  readonly language: Language | undefined;
  readonly json: boolean;
  readonly buildDir: string | undefined;
}

function readArguments(args: string[]): CallArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const faults = { "kill-primary-at": text, "lose-answer-at": text, "fail-media-at": text };
  const options = { flow: text, press: text, ...faults, lang: text, "build-dir": text, json: flag, help: flag };
  const { values } = commandLine({ args, options });
  if (values.help) return undefined;
  if (values.flow === undefined) throw new UsageError("--flow is missing, for example --flow appointment");
  if (!flowNames.includes(values.flow)) {
    throw new UsageError(`there is no flow '${shown(values.flow)}'; there are ${flowNames.join(", ")}`);
  }
  const language = languages.find((one) => one === values.lang);
  if (values.lang !== undefined && language === undefined) {
    throw new UsageError(`--lang ${shown(values.lang)}: the flows speak ${languages.join(" and ")}`);
  }
  const script = parseScript(values.press ?? "");
  if (script.kind === "error")
    throw new UsageError(script.detail.replace(/"(.*)"/s, (_, item: string) => `"${shown(item)}"`));
  const given = (Object.keys(faults) as (keyof typeof faults)[]).filter((name) => values[name] !== undefined);
  const [name, second] = given;
  if (second !== undefined) throw new UsageError(`--${name} and --${second}: one fault at a time`);
  const at = name === undefined ? "" : (values[name] ?? "");
  if (name !== undefined && !/^\d{1,3}$/.test(at)) throw new UsageError(`--${name} ${shown(at)}: not a number from 0`);
  const fault = name === undefined ? undefined : { name, at: Number(at) };
  const { flow, json, "build-dir": buildDir } = values;
  return { flow, script: patientCaller(script.steps), fault, language, json, buildDir };
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

/** @returns why the fault met no request of the call, in one line; undefined when it met one or there was none */
function whyMissed({ requests }: CallRecord, fault: CallArguments["fault"]): string | undefined {
  if (fault === undefined) return undefined;
  const isMedia = fault.name === "fail-media-at";
  const indexes = requests.flatMap(({ kind, index, mediaIndex }) => {
    if (isMedia) return mediaIndex ?? [];
    return ["media", "status", "fallback"].includes(kind) ? [] : index;
  });
  if (indexes.includes(fault.at)) return undefined;
  const last = indexes.length === 0 ? "it had none" : `its last was ${Math.max(...indexes)}`;
  return `--${fault.name} ${fault.at}: the call had no such ${isMedia ? "media fetch" : "request"}; ${last}`;
}

function toJson(flow: string, call: CallRecord, effects: readonly string[]): string {
  const { callSid, ended, requestCount, attemptCount, alerts, heard, events } = call;
  const failovers = events.filter(({ kind }) => kind === "failover").length;
  const told = { flow, callSid, ended, survived: survived(call), failovers, requestCount, attemptCount, effects };
  // Text by text: what a seal looks like must not be looked for across the quotes of the JSON.
  const shortened = (_: string, value: unknown) => (typeof value === "string" ? shortenSeals(value) : value);
  return JSON.stringify({ ...told, heard, alerts, events }, shortened);
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
    const { flow, fault, json, language, script, buildDir } = given;
    stack = await startStack({ flowNames, ...(buildDir === undefined ? {} : { buildDir }) });
    const running = stack;
    const urls = createUrls({ primary: running.primary.baseUrl, fallback: running.fallback.baseUrl });
    const voiceUrl = urls.voice(flow, language);
    const fallbackUrl = urls.fallback(flow, language);
    const statusCallbackUrl = urls.callStatus(flow);
    const { authToken, accountSid } = running;
    const intercept = interceptOf(running, fault);
    const call = await placeCall({
      voiceUrl,
      fallbackUrl,
      statusCallbackUrl,
      authToken,
      accountSid,
      ...script,
      intercept,
    });
    const effects = running.effects.executed().map(({ effect }) => effect);
    if (json) console.log(toJson(flow, call, effects));
    else {
      console.log(drawLadder(call, (url) => (url.startsWith(running.primary.baseUrl) ? "primary" : "fallback")));
      console.log(`effects executed: ${effects.join(", ") || "none"}`);
    }
    const missed = whyMissed(call, fault);
    if (missed !== undefined) {
      console.error(missed);
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
