import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BuildError } from "./build/bundle.ts";
import { shown, whyRefused } from "./shown.ts";
import { StackError } from "./stack/stack-error.ts";
import type { Stack, StackOptions } from "./stack/start-stack.ts";
import { startStack } from "./stack/start-stack.ts";

const usage = `stack [--json] [--primary-port N] [--fallback-port N] [--table-port N] [--effects-port N]
      [--primary-url URL] [--fallback-url URL] [--build-dir DIR]

Builds both legs and starts them with an embedded table and an effects service; stays up until Ctrl-C.
  --json          free ports unless given; prints one JSON line when ready and nothing else on stdout
  --primary-url   the primary leg as Twilio sees it, e.g. through a tunnel; --fallback-url likewise
                  (then TWILIO_AUTH_TOKEN must be the account's, and TWILIO_ACCOUNT_SID may be set)
                  a token that comes from there is never printed, and null in the JSON line
  --build-dir     takes the build that is in this folder (see build --out-dir) instead of building`;

/** Ports that a person can remember; with --json free ones are taken, so that many stacks can run at once. */
const usualPorts = { primary: 4100, fallback: 4101, effects: 4102, table: 4103 };

export interface StackArguments {
  json: boolean;
  options: StackOptions;
}

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws StackError for an argument that makes no sense
 */
export function stackArguments(args: string[], env: NodeJS.ProcessEnv = {}): StackArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const ports = { "primary-port": text, "fallback-port": text, "table-port": text, "effects-port": text };
  const values = parsed(() =>
    parseArgs({
      args,
      options: { ...ports, "primary-url": text, "fallback-url": text, "build-dir": text, json: flag, help: flag },
    }),
  ).values;
  if (values.help) return undefined;

  const port = (name: keyof typeof usualPorts) => {
    const given = values[`${name}-port`];
    if (given === undefined) return values.json ? 0 : usualPorts[name];
    if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535)
      throw new StackError(`--${name}-port ${given.length > 5 ? shown(given) : given} is not a port: 0 to 65535.`);
    return Number(given);
  };
  const publicUrl = (name: "primary" | "fallback") => {
    const given = values[`${name}-url`];
    if (given === undefined) return {};
    if (!/^https?:$/.test(URL.parse(given)?.protocol ?? ""))
      throw new StackError(`--${name}-url ${shown(given)} is not a URL.`);
    return { [name]: given };
  };
  const publicUrls = { ...publicUrl("primary"), ...publicUrl("fallback") };
  return {
    json: values.json,
    options: {
      ports: { primary: port("primary"), fallback: port("fallback"), effects: port("effects"), table: port("table") },
      publicUrls,
      ...accountOf(env, Object.keys(publicUrls).length > 0),
      ...(values["build-dir"] === undefined ? {} : { buildDir: values["build-dir"] }),
    },
  };
}

/** A real number is answered only with its account's own token; without a tunnel any token does. */
function accountOf(env: NodeJS.ProcessEnv, isPublic: boolean): Pick<StackOptions, "authToken" | "accountSid"> {
  const { TWILIO_AUTH_TOKEN: authToken, TWILIO_ACCOUNT_SID: accountSid } = env;
  if (isPublic && !authToken) {
    throw new StackError("TWILIO_AUTH_TOKEN is missing: a public URL needs the auth token that Twilio signs with.");
  }
  return { ...(authToken && { authToken }), ...(accountSid && { accountSid }) };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StackError(whyRefused(error));
  }
}

/** What `--json` prints: all that a program needs to place calls and to look at what they did. */
export function toJson({ flows, authToken, accountSid, table, primary, fallback, effectsUrl }: Stack): string {
  const pids = { primary: { pid: primary.pid }, fallback: { pid: fallback.pid } };
  return JSON.stringify({ flows, authToken, accountSid, table, ...pids, effectsUrl });
}

/** Within which a signal to the whole group has reached us if it has reached a child. */
const signalGraceMs = 100;

/** How often a command looks whether npm, which started it, is still there. */
const parentLookMs = 500;

/** Resolves when the process is asked to end, or when npm, which started it, is gone (killed, it can ask nobody). */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(look);
      resolve();
    }, parentLookMs);
    look.unref();
  });
}

/** What a command adds to the stack that it keeps up. */
export interface Beside {
  /** Runs between ready and staying up, e.g. a demonstration. */
  whenReady?: (stack: Stack) => Promise<void>;
  /** Told each line that a leg writes, from the first one on. */
  onLine?: (leg: string, line: string) => void;
  options?: Pick<StackOptions, "tableProxy">;
  /** Runs when the command is asked to end, while the stack is still up. */
  beforeEnd?: () => Promise<void>;
  /** Lines for `--help`. */
  usage?: string;
}

/**
 * The command.
 * @returns the exit code
 */
export async function runStack(args: string[], beside: Beside = {}): Promise<number> {
  const { whenReady = printUrls } = beside;
  const ended = untilAskedToEnd();
  try {
    const parsedArguments = stackArguments(args, process.env);
    if (parsedArguments === undefined) {
      console.log(beside.usage === undefined ? usage : `${usage}\n${beside.usage}`);
      return 0;
    }
    const { json, options } = parsedArguments;
    let showLines = false;
    const onLine = (leg: string, line: string) => {
      beside.onLine?.(leg, line);
      if (showLines) console.log(`${leg.padEnd(8)} ${line}`);
    };
    const starting = startStack({ ...options, ...beside.options, onLine, log: (line) => console.error(line) });
    starting.catch(() => {});
    const stack = await Promise.race([starting, ended.then(() => undefined)]);
    if (stack !== undefined) {
      if (json) console.log(toJson(stack));
      else {
        await Promise.race([whenReady(stack), ended]);
        showLines = true;
      }
      await ended;
    }
    await beside.beforeEnd?.();
    await (await starting).stop();
    return 0;
  } catch (error) {
    // Ctrl-C reaches our children too, whose ends are then no news; the signal may arrive a moment after them
    if (await Promise.race([ended.then(() => true), sleep(signalGraceMs, false)])) return 0;
    const expected = error instanceof StackError || error instanceof BuildError;
    console.error(expected ? error.message : error);
    return 1;
  }
}

/** The URLs of every flow, for a number or a caller. */
export async function printUrls(stack: Stack): Promise<void> {
  const { flows, accountSid, table, effectsUrl } = stack;
  const authToken = stack.authTokenGiven ? "(from TWILIO_AUTH_TOKEN)" : stack.authToken;
  for (const [name, urls] of Object.entries(flows)) {
    console.log(`${name}\n  voice URL        ${urls.voiceUrl}\n  fallback URL     ${urls.fallbackUrl}`);
    console.log(`  status callback  ${urls.statusCallbackUrl}`);
  }
  console.log(`account ${accountSid}, auth token ${authToken}\ntable ${table.name} at ${table.endpoint}`);
  console.log(`executed effects ${effectsUrl}\nEach webhook's log line follows. Ctrl-C ends everything.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await runStack(process.argv.slice(2)));
