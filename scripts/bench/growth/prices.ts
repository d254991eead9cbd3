/**
 * List prices, without free tiers, discounts for volume and taxes, in US$. One file, one date: look at each source again before
 * you rely on a sum. `found` says where the number was read, or that it was not.
 */

export const pricesAsOf = "2026-11-22";

export interface Price {
  readonly usd: number;
  /** of what */
  readonly per: string;
  /** the page that decides */
  readonly source: string;
  readonly found: string;
}

export const regions = ["us-east-1", "ap-northeast-1"] as const;
export type Region = (typeof regions)[number];

const remembered = "not found in stored pages; remembered";
const pages = {
  dynamodb: "aws.amazon.com/dynamodb/pricing/on-demand",
  lambda: "aws.amazon.com/lambda/pricing",
  api: "aws.amazon.com/api-gateway/pricing",
  cloudwatch: "aws.amazon.com/cloudwatch/pricing",
  ec2: "aws.amazon.com/ec2/pricing/on-demand, data transfer",
  functions: "twilio.com/en-us/serverless/pricing",
  voice: "twilio.com/en-us/voice/pricing/us",
} as const;

export type Item =
  | "apiRequest"
  | "lambdaRequest"
  | "lambdaGbSecond"
  | "writeUnit"
  | "readUnit"
  | "replicatedWriteUnit"
  | "storedGbMonth"
  | "pointInTimeGbMonth"
  | "logGb"
  | "logStoredGbMonth"
  | "trafficGb";

const millionth = 1e-6;
const price = (usd: number, per: string, source: string, found: string): Price => ({ usd, per, source, found });

/** What AWS takes, by Region. Lambda: arm64, first tier, as the template says. Writes: on demand, standard table class. */
export const awsPrices: Readonly<Record<Region, Readonly<Record<Item, Price>>>> = {
  "us-east-1": {
    apiRequest: price(
      1.0 * millionth,
      "request of an HTTP API, first 300 million a month",
      pages.api,
      "awsforengineers.com, 2025-05-19; go-cloud.io, 2026",
    ),
    lambdaRequest: price(
      0.2 * millionth,
      "request",
      pages.lambda,
      "git.mcrn.ar lambda-13-cost, undated; what cloudchipr.com (2024) counts by",
    ),
    lambdaGbSecond: price(
      0.0000133334,
      "GB-second, arm64, first 7.5 billion a month",
      pages.lambda,
      "cloudchipr.com, 2024",
    ),
    writeUnit: price(0.625 * millionth, "write unit", pages.dynamodb, "airbyte.com, 2025-07-21"),
    readUnit: price(0.125 * millionth, "read unit", pages.dynamodb, "airbyte.com, 2025-07-21"),
    replicatedWriteUnit: price(
      0.625 * millionth,
      "replicated write unit, in each Region",
      pages.dynamodb,
      "jusdb.com, 2025-08-19: the same as a write unit since 2024-11-01",
    ),
    storedGbMonth: price(
      0.25,
      "GB and month",
      pages.dynamodb,
      "aws.amazon.com/dynamodb/pricing, an older copy: 'from $0.25'",
    ),
    pointInTimeGbMonth: price(0.2, "GB and month of point-in-time recovery", pages.dynamodb, remembered),
    logGb: price(0.5, "GB taken in, standard class", pages.cloudwatch, "c3x.dev, 2026-06"),
    logStoredGbMonth: price(0.03, "GB and month, compressed", pages.cloudwatch, "c3x.dev, 2026-06"),
    trafficGb: price(0.09, "GB out to the internet, first 10 TB a month", pages.ec2, "awsforengineers.com, 2025-05-19"),
  },
  "ap-northeast-1": {
    apiRequest: price(1.29 * millionth, "request of an HTTP API, first 300 million a month", pages.api, remembered),
    lambdaRequest: price(0.2 * millionth, "request", pages.lambda, remembered),
    lambdaGbSecond: price(0.0000133334, "GB-second, arm64, first 7.5 billion a month", pages.lambda, remembered),
    writeUnit: price(0.715 * millionth, "write unit", pages.dynamodb, remembered),
    readUnit: price(0.1425 * millionth, "read unit", pages.dynamodb, remembered),
    replicatedWriteUnit: price(0.715 * millionth, "replicated write unit, in each Region", pages.dynamodb, remembered),
    storedGbMonth: price(0.285, "GB and month", pages.dynamodb, remembered),
    pointInTimeGbMonth: price(0.228, "GB and month of point-in-time recovery", pages.dynamodb, remembered),
    logGb: price(0.76, "GB taken in, standard class", pages.cloudwatch, "awsi.click, undated"),
    logStoredGbMonth: price(0.033, "GB and month, compressed", pages.cloudwatch, "awsi.click, undated"),
    trafficGb: price(0.114, "GB out to the internet, first 10 TB a month", pages.ec2, remembered),
  },
};

/** What Twilio takes; the Region of the primary does not matter to it. Public files of Assets are not billed by request. */
export const twilioPrices = {
  functionRequest: price(
    0.0001,
    "execution of a Function, beyond 10,000 a month",
    pages.functions,
    "Twilio's announcement of 2017-05, restated in github.com/JimmyLv/reading, 170",
  ),
  inboundMinute: price(
    0.0085,
    "begun minute of a call to a local number of the United States",
    pages.voice,
    "support.twilio.com, How Volume Pricing works, undated",
  ),
} as const;
