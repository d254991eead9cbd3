import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Leg as LegName } from "../../core/checkpoint.ts";
import { root } from "../build/bundle.ts";
import { build, buildFolders } from "../build.ts";
import type { EffectsService } from "./effects.ts";
import { startEffects } from "./effects.ts";
import type { Leg, LegControl, LegExit } from "./leg.ts";
import { launchLeg } from "./leg.ts";
import { legEnvironments } from "./leg-environments.ts";
import type { PortOwner } from "./stack-error.ts";
import { StackError } from "./stack-error.ts";
import type { Table } from "./table.ts";
import { startTable } from "./table.ts";
import type { TableProxy } from "./table-proxy.ts";
import { startTableProxy } from "./table-proxy.ts";
import type { FlowUrls } from "./urls.ts";
import { flowUrls } from "./urls.ts";

export interface StackOptions {
  /** 0 or absent: a free one. */
  ports?: Partial<Record<PortOwner, number>>;
  /** Module taken in place of `flows/index.ts`; built into a folder that goes with the stack, unless `buildDir` says where a build is. */
  flowsEntry?: string;
  /** Names of the flows. Default: those of the flows that `flowsEntry` exports. */
  flowNames?: readonly string[];
  /** The `outDir` of an earlier `build()`, used as it is. */
  buildDir?: string;
  /** Puts a network with faults between legs and table. */
  tableProxy?: boolean;
  authToken?: string;
  accountSid?: string;
  sealKeys?: string;
  /** The legs as Twilio sees them, when that is through a tunnel. */
  publicUrls?: Partial<Record<LegName, string>>;
  /** Effects that the effects service executes as often as it is asked. */
  notIdempotent?: readonly string[];
  /** Told when a leg ends. */
  log?: (line: string) => void;
  /** Told each line that a leg writes: its log. */
  onLine?: (leg: LegName, line: string) => void;
  /** More variables for both legs. */
  env?: Record<string, string>;
}

export interface Stack {
  flows: Record<string, FlowUrls>;
  authToken: string;
  /** It is the caller's own, perhaps a real account's, not made up for this stack: not to be shown. */
  authTokenGiven: boolean;
  accountSid: string;
  table: Table;
  sealKeys: string;
  /** GET answers the list of executed effects. */
  effectsUrl: string;
  primary: Leg;
  fallback: Leg;
  effects: EffectsService;
  tableProxy?: TableProxy;
  stop(): Promise<void>;
}

/**
 * Builds unless told where a build is, then starts table, effects service and both legs, and waits until both legs answer HTTP.
 * @throws StackError or BuildError with one line, after everything that had started is stopped again
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const ending: (() => Promise<unknown> | unknown)[] = [];
  let stopped: Promise<void> | undefined;
  let ready = false;
  const stop = () => {
    stopped ??= (async () => {
      for (const end of ending.splice(0).reverse()) await end();
    })();
    return stopped;
  };
  try {
    // A leg that ends before all are ready is the error that is thrown, not a line beside it.
    const stack = await startParts(options, ending, () => ready && stopped === undefined, stop);
    ready = true;
    return stack;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StackOptions,
  ending: (() => Promise<unknown> | unknown)[],
  isRunning: () => boolean,
  stop: () => Promise<void>,
): Promise<Stack> {
  const { ports = {}, log = () => {} } = options;
  const launch = async (name: LegName): Promise<LegControl> => {
    const onExit = ({ code, signal }: LegExit) => {
      if (isRunning()) log(`The ${name} leg ended (${signal ?? `exit code ${code}`}); the rest of the stack goes on.`);
    };
    const onLine = (line: string) => options.onLine?.(name, line);
    const leg = await launchLeg(name, ports[name] ?? 0, { onExit, onLine });
    const killWithParent = () => leg.kill();
    process.once("exit", killWithParent);
    ending.push(async () => {
      process.off("exit", killWithParent);
      leg.kill();
      await leg.exited;
    });
    return leg;
  };
  const table = async () => {
    const started = await startTable(ports.table ?? 0);
    ending.push(started.stop);
    return started;
  };
  const effectsService = async () => {
    const { notIdempotent = [] } = options;
    const started = await startEffects({ port: ports.effects ?? 0, notIdempotent });
    ending.push(started.stop);
    return started;
  };
  const [{ endpoint, region, name }, effects, primary, fallback, code] = await allOrFirstError([
    table(),
    effectsService(),
    launch("primary"),
    launch("fallback"),
    builtCode(options, ending),
  ]);
  const tableProxy = options.tableProxy ? await startTableProxy(endpoint) : undefined;
  if (tableProxy !== undefined) ending.push(tableProxy.stop);

  const accountSid = options.accountSid ?? `AC${randomBytes(16).toString("hex")}`;
  const authToken = options.authToken ?? randomBytes(16).toString("hex");
  const sealKeys = options.sealKeys ?? `k1:${randomBytes(32).toString("base64")}`;
  const publicUrls = {
    primary: withoutSlash(options.publicUrls?.primary ?? primary.baseUrl),
    fallback: withoutSlash(options.publicUrls?.fallback ?? fallback.baseUrl),
  };
  const env = legEnvironments({
    publicUrls,
    sealKeys,
    accountSid,
    authToken,
    table: { region, name },
    tableUrls: tableProxy?.urls ?? { primary: endpoint, fallback: endpoint },
    effectsUrl: effects.baseUrl,
    extra: options.env ?? {},
  });
  await Promise.all([
    primary.load({ codeDir: code.lambdaDir, publicUrl: publicUrls.primary, env: env.primary }),
    fallback.load({ codeDir: code.functionsDir, publicUrl: publicUrls.fallback, env: env.fallback }),
  ]);
  const flowNames =
    options.flowNames ?? (await flowNamesOf(options.flowsEntry ?? path.join(root, "flows", "index.ts")));
  return {
    flows: Object.fromEntries(flowNames.map((flow) => [flow, flowUrls(flow, publicUrls)])),
    authToken,
    authTokenGiven: options.authToken !== undefined,
    accountSid,
    table: { endpoint, region, name },
    sealKeys,
    effectsUrl: effects.baseUrl,
    primary,
    fallback,
    effects,
    ...(tableProxy === undefined ? {} : { tableProxy }),
    stop,
  };
}

/** The folders of the built legs: what `buildDir` holds, or a new build. */
async function builtCode({ buildDir, flowsEntry }: StackOptions, ending: (() => Promise<unknown> | unknown)[]) {
  if (buildDir !== undefined) {
    const folders = buildFolders({ outDir: buildDir });
    const voiceWebhook = path.join(folders.lambdaDir, "voice-webhook.js");
    if (!existsSync(voiceWebhook))
      throw new StackError(`There is no build in ${buildDir}: ${voiceWebhook} is missing.`);
    return folders;
  }
  if (flowsEntry === undefined) return build();
  const outDir = await mkdtemp(path.join(tmpdir(), "stayline-"));
  ending.push(() => rm(outDir, { recursive: true, force: true }));
  return build({ outDir, flowsEntry });
}

/** Like Promise.all, but throws only after every part has settled, so that nothing starts behind a stack that was given up. */
async function allOrFirstError<T extends readonly unknown[]>(
  parts: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(parts);
  for (const part of settled) if (part.status === "rejected") throw part.reason;
  return Promise.all(parts);
}

async function flowNamesOf(flowsEntry: string): Promise<string[]> {
  const { flows }: { flows: readonly { name: string }[] } = await import(pathToFileURL(path.resolve(flowsEntry)).href);
  return flows.map(({ name }) => name);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");
