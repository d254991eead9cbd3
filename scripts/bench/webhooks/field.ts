import { randomBytes } from "node:crypto";
import path from "node:path";
import { root } from "../../build/bundle.ts";
import { type Built, build } from "../../build.ts";
import { legEnvironments } from "../../stack/leg-environments.ts";
import { buildCompetitors, type CompetitorName } from "../competitors/build.ts";
import { type Child, startChild } from "./child.ts";
import type { Answer, Block, LegOptions, Task } from "./leg-process.ts";
import type { World, WorldTask } from "./world-process.ts";

/** The contenders as they would be deployed, each beside the same table. */

export type Contender = CompetitorName | "stayline" | "stayline-fallback";
export interface Leg {
  hold(station: string, requests: Extract<Task, { kind: "hold" }>["requests"]): Promise<void>;
  block(station: string): Promise<Block>;
  ask(request: Extract<Task, { kind: "ask" }>["request"], signedWith?: string): Promise<Answer>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** where it finds the table; default: the table itself */
  readonly tableUrl?: string;
  readonly execArgv?: readonly string[];
}

export interface Field {
  readonly world: World;
  start(contender: Contender, options?: StartOptions): Promise<Leg>;
  /** How long the delayed table takes, from now on. */
  answerAfter(delayMs: number): Promise<void>;
  stop(): Promise<void>;
}

export const publicUrls = { primary: "https://primary.example.com", fallback: "https://fallback.example.com" };
/** What is deployed, and one flow more: questions without end. */
export const flowsEntry = path.join(root, "scripts", "bench", "flows.ts");

export interface FieldOptions {
  readonly workDir: string;
  /** default: true; a profile is read more easily without */
  readonly minify?: boolean;
}

/** Bundles everybody and starts the table and the outside service. */
export async function openField({ workDir, minify = true }: FieldOptions): Promise<Field> {
  const ours = build({ outDir: path.join(workDir, "stayline"), flowsEntry, minify });
  const theirs = buildCompetitors(path.join(workDir, "competitors"), minify);
  const [{ lambdaDir, functionsDir }, competitors] = await Promise.all([ours, theirs]);
  // last: a process that is running has to be stopped
  const { world, answerAfter, stop } = await startWorld();
  const authToken = randomBytes(16).toString("hex");
  const sealKeys = `k1:${randomBytes(32).toString("base64")}`;

  function environmentFor(contender: Contender, tableUrl: string): Record<string, string> {
    const { region, tables, effectsUrl } = world;
    const environments = legEnvironments({
      publicUrls,
      sealKeys,
      accountSid: `AC${"0".repeat(32)}`,
      authToken,
      table: { region, name: tables.checkpoints },
      tableUrls: { primary: tableUrl, fallback: tableUrl },
      effectsUrl,
      extra: {},
    });
    if (contender === "stayline-fallback") return environments.fallback;
    return { ...environments.primary, SESSIONS_TABLE: tables.sessions, IDEMPOTENCY_TABLE: tables.idempotency };
  }
  function fileOf(contender: Contender): string {
    return contender === "stayline" || contender === "stayline-fallback"
      ? oursAt({ lambdaDir, functionsDir }, contender)
      : fileIn(competitors, contender);
  }

  return {
    world,
    async start(contender, { tableUrl = world.endpoint, execArgv = [] } = {}) {
      const platform = contender === "stayline-fallback" ? "functions" : "lambda";
      const first: LegOptions = { file: fileOf(contender), platform, authToken };
      const env = environmentFor(contender, tableUrl);
      const name = contender === "durable" ? "durable-process" : "leg-process";
      const leg: Child<Task, unknown> = await startChild(name, { first, env, execArgv });
      return {
        hold: async (station, requests) => void (await leg.run({ kind: "hold", station, requests })),
        block: async (station) => (await leg.run({ kind: "block", station })) as Block,
        ask: async (request, signedWith) =>
          (await leg.run({ kind: "ask", request, ...(signedWith && { signedWith }) })) as Answer,
        stop: leg.stop,
      };
    },
    answerAfter,
    stop,
  };
}

/** The embedded table and the outside service, in a process of their own. */
export async function startWorld(): Promise<{ readonly world: World } & Pick<Field, "answerAfter" | "stop">> {
  const child = await startChild<WorldTask, World>("world-process", { first: "start", env: {} });
  return {
    world: await child.run("tell"),
    answerAfter: async (answerAfterMs) => void (await child.run({ answerAfterMs })),
    stop: child.stop,
  };
}

/** The file of each leg that takes webhooks. */
export function oursAt(
  { lambdaDir, functionsDir }: Pick<Built, "lambdaDir" | "functionsDir">,
  leg: "stayline" | "stayline-fallback",
): string {
  if (leg === "stayline") return path.join(lambdaDir, "voice-webhook.js");
  return path.join(functionsDir, "functions", "voice-fallback.protected.js");
}

function fileIn(competitors: ReadonlyMap<CompetitorName, { readonly file: string }>, name: CompetitorName): string {
  const built = competitors.get(name);
  if (built === undefined) throw new Error(`${name} was not built`);
  return built.file;
}
