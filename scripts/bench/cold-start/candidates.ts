import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Built } from "../../build.ts";
import { legEnvironments } from "../../stack/leg-environments.ts";
import type { Competitor, CompetitorName } from "../competitors/build.ts";
import { flowName } from "../competitors/question.ts";
import { publicUrls } from "../webhooks/field.ts";
import { toApiEvent, toFallbackRequest, toFunctionEvent, toRequest } from "../webhooks/requests.ts";
import type { World } from "../webhooks/world-process.ts";
import type { StartOptions } from "./start-once.ts";

/** A bundle whose start is measured. */
export interface Candidate {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly isOurs: boolean;
  /** what one start is given: a new call each time; undefined where nothing takes webhooks */
  readonly start: () => StartOptions;
}

export interface CandidateInputs {
  readonly built: Built;
  readonly competitors: ReadonlyMap<CompetitorName, Competitor>;
  readonly world: World;
  readonly table: { readonly url: string; readonly certFile: string };
}

/** The flow that answers the first webhook of ours: one of those that are shipped. */
const shippedFlow = "appointment";

/** Every bundle of both legs and every competitor. */
export function candidatesOf({ built, competitors, world, table }: CandidateInputs): readonly Candidate[] {
  const authToken = randomBytes(16).toString("hex");
  const { primary, fallback } = legEnvironments({
    publicUrls,
    sealKeys: `k1:${randomBytes(32).toString("base64")}`,
    accountSid: `AC${"0".repeat(32)}`,
    authToken,
    table: { region: world.region, name: world.tables.checkpoints },
    tableUrls: { primary: table.url, fallback: table.url },
    effectsUrl: world.effectsUrl,
    extra: {},
  });
  const trusted = { NODE_EXTRA_CA_CERTS: table.certFile };
  const { sessions: SESSIONS_TABLE, idempotency: IDEMPOTENCY_TABLE } = world.tables;
  const lambdaEnv = { ...primary, ...trusted, SESSIONS_TABLE, IDEMPOTENCY_TABLE };
  const functionsEnv = { ...fallback, ...trusted };
  const newCall = (flow: string) =>
    toRequest(`${publicUrls.primary}/voice/${flow}`, `CA${randomBytes(16).toString("hex")}`, {});
  const toLambda = (flow: string) => () =>
    ({ platform: "lambda", event: toApiEvent(newCall(flow), authToken) }) as const;
  /** A first webhook that the primary has lost. */
  const toFunction = () => {
    const lost = toFallbackRequest(`${publicUrls.fallback}/voice-fallback?flow=${shippedFlow}`, newCall(shippedFlow));
    return { platform: "functions", event: toFunctionEvent(lost, authToken) } as const;
  };
  const firstOf: Readonly<Record<string, () => StartOptions["first"]>> = {
    "voice-webhook": toLambda(shippedFlow),
    "voice-fallback.protected": toFunction,
  };

  const ours = built.bundles.map(({ leg, file, bytes, gzipBytes }): Candidate => {
    const name = path.basename(file, ".js");
    const first = firstOf[name];
    const env = leg === "primary" ? lambdaEnv : functionsEnv;
    const start = () => ({ file, env, ...(first && { first: first() }) });
    return { name: `${leg} ${name.replace(".protected", "")}`, bytes, gzipBytes, isOurs: true, start };
  });
  const theirs = [...competitors.values()].map(({ name, file, bytes, gzipBytes }): Candidate => {
    const first = name === "durable" ? undefined : toLambda(flowName);
    const start = () => ({ file, env: lambdaEnv, ...(first && { first: first() }) });
    return { name, bytes, gzipBytes, isOurs: false, start };
  });
  const node: Candidate = {
    ...{ name: nodeAlone, bytes: 0, gzipBytes: 0, isOurs: false },
    start: () => ({ file: undefined, env: lambdaEnv }),
  };
  return [node, ...theirs, ...ours];
}

export const nodeAlone = "Node alone";
export const primaryName = "primary voice-webhook";
