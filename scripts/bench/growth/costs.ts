import { limits } from "../../../core/limits.ts";
import { assumed, type Deployment } from "./assumptions.ts";
import { globalItemOverheadBytes, storedItemOverheadBytes } from "./item-size.ts";
import { awsPrices, type Item, type Region, twilioPrices } from "./prices.ts";

/** What a call uses, or many together. */
export interface Usage {
  /** requests that the primary's functions for voice and status answered */
  readonly primaryWebhooks: number;
  /** prompt files that the primary served */
  readonly primaryMedia: number;
  /** executions of Functions */
  readonly functionWebhooks: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** of items as they are kept when calls are over */
  readonly itemBytes: number;
  readonly items: number;
  /** that leave the primary: documents and files */
  readonly answerBytes: number;
  /** begun minutes on the line */
  readonly minutes: number;
}

export const nothingUsed: Usage = {
  primaryWebhooks: 0,
  primaryMedia: 0,
  functionWebhooks: 0,
  writeUnits: 0,
  readUnits: 0,
  itemBytes: 0,
  items: 0,
  answerBytes: 0,
  minutes: 0,
};

/** `times` calls like this one. */
export function scaled(usage: Usage, times: number): Usage {
  return mapped((key) => usage[key] * times);
}

export function added(one: Usage, other: Usage): Usage {
  return mapped((key) => one[key] + other[key]);
}

function mapped(value: (key: keyof Usage) => number): Usage {
  const keys = Object.keys(nothingUsed) as (keyof Usage)[];
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as unknown as Usage;
}

/** Parts of a bill, US$. */
export interface Bill {
  readonly api: number;
  readonly lambdaRequests: number;
  readonly lambdaTime: number;
  readonly tableWrites: number;
  readonly tableReads: number;
  readonly tableStorage: number;
  readonly logs: number;
  readonly traffic: number;
  readonly functions: number;
  /** all of these: what this product costs */
  readonly total: number;
  /** Twilio's minutes, for comparison; not in the total */
  readonly minutes: number;
}

const gb = 1e9;
const monthDays = 30;
const secondsPerDay = 86_400;

/** What a usage costs in a Region, by list prices. Metrics, alarms and numbers are paid by the month and are not in it. */
export function billOf(usage: Usage, deployment: Deployment, region: Region): Bill {
  const usd = (item: Item) => awsPrices[region][item].usd;
  const requests = usage.primaryWebhooks + usage.primaryMedia;
  const seconds = assumed.primaryWebhookMs / 1_000;
  const gbSeconds =
    (usage.primaryWebhooks * deployment.webhookMemoryMb + usage.primaryMedia * deployment.mediaMemoryMb) *
    (seconds / 1_024);
  const replicas = deployment.hasSecondRegion ? 2 : 1;
  const writeUnit = deployment.hasSecondRegion ? usd("replicatedWriteUnit") : usd("writeUnit");
  const overhead = storedItemOverheadBytes + (deployment.hasSecondRegion ? globalItemOverheadBytes : 0);
  const itemGbMonths =
    ((usage.itemBytes + usage.items * overhead) / gb) * (limits.itemLifeSec / secondsPerDay / monthDays) * replicas;
  const gbMonth = usd("storedGbMonth") + (deployment.hasPointInTimeRecovery ? usd("pointInTimeGbMonth") : 0);
  const logGb = (requests * assumed.logBytesPerRequest) / gb;
  const logGbMonths = logGb * assumed.logStoredShare * (deployment.logRetentionDays / monthDays);
  const parts = {
    api: requests * usd("apiRequest"),
    lambdaRequests: requests * usd("lambdaRequest"),
    lambdaTime: gbSeconds * usd("lambdaGbSecond"),
    tableWrites: usage.writeUnits * writeUnit * replicas,
    tableReads: usage.readUnits * usd("readUnit"),
    tableStorage: itemGbMonths * gbMonth,
    logs: logGb * usd("logGb") + logGbMonths * usd("logStoredGbMonth"),
    traffic: ((usage.answerBytes + requests * assumed.headerBytes) / gb) * usd("trafficGb"),
    functions: usage.functionWebhooks * twilioPrices.functionRequest.usd,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total, minutes: usage.minutes * twilioPrices.inboundMinute.usd };
}
