import { asObject, readTemplate, type Template } from "../../check-deploy/template.ts";

/** What a deployment is taken to be like where neither a count nor a documented limit says it. Each number once, with its reason. */
export const assumed = {
  /** A warm webhook with its write, in Lambda: some 2 ms beside an idle local table, and a real table answers in single-digit milliseconds. */
  primaryWebhookMs: 10,
  /** A webhook on Functions: start of an execution on a shared platform, and a table in another network. */
  functionWebhookMs: 100,
  /** A new instance of the primary to its first answer: Lambda's own start, 70 ms of import and first webhook, and the secrets. */
  coldStartMs: 500,
  /** Reads of parameters by an instance that starts: the secrets, and the switch of sorry mode. */
  parameterReadsPerStart: 2,
  /** Our line, the API's line and Lambda's three, in bytes a request. */
  logBytesPerRequest: 1_200,
  /** of logs as they are kept, of the bytes taken in; CloudWatch compresses */
  logStoredShare: 0.15,
  /** Head of an answer, beside its body. */
  headerBytes: 500,
  /** Webhooks that get lost on an ordinary day: one in tens of thousands is what is seen; this is the careful side. */
  lostShare: 1 / 10_000,
  /** How long an operator needs from the alarm to `SHED=sorry`: read it, decide, set a variable. */
  operatorSec: 180,
  /** Between an attempt and Twilio's own retry of it; not documented, so none is assumed. */
  retryAfterMs: 0,
} as const;

/** What the deployment template says, with its defaults. */
export interface Deployment {
  readonly architecture: string;
  readonly webhookMemoryMb: number;
  readonly mediaMemoryMb: number;
  readonly throttleRatePerSecond: number;
  readonly logRetentionDays: number;
  readonly hasSecondRegion: boolean;
  readonly hasPointInTimeRecovery: boolean;
}

export async function readDeployment(): Promise<Deployment> {
  return deploymentOf(await readTemplate());
}

/** @throws Error when the template no longer has what is asked for */
export function deploymentOf({ parameters, globals, resources }: Template): Deployment {
  const byDefault = (name: string) => asObject(parameters[name]).Default;
  const count = (value: unknown, name: string): number => {
    if (typeof value !== "number") throw new Error(`template: ${name} is no number`);
    return value;
  };
  const [architecture] = [asObject(globals.Function).Architectures].flat();
  if (typeof architecture !== "string") throw new Error("template: no architecture");
  return {
    architecture,
    webhookMemoryMb: count(byDefault("MemoryMb"), "MemoryMb"),
    mediaMemoryMb: count(asObject(resources.Media?.Properties).MemorySize, "the memory of Media"),
    throttleRatePerSecond: count(byDefault("ThrottleRatePerSecond"), "ThrottleRatePerSecond"),
    logRetentionDays: count(byDefault("LogRetentionDays"), "LogRetentionDays"),
    hasSecondRegion: byDefault("SecondRegion") !== "",
    hasPointInTimeRecovery: JSON.stringify(resources.Table).includes('"PointInTimeRecoveryEnabled":true'),
  };
}
