/** Limits of the platforms as they are before anybody asks for more. One place; each with the page that says so. */
export const quotas = {
  /**
   * Executions of Functions in one account. An older page of Twilio's [D Functions and Assets API, limits]; today's number is
   * documented nowhere that we found.
   */
  functionsAtOnce: 30,
  /** of an account in a Region [D Lambda quotas] */
  lambdaAtOnce: 1_000,
  /** Instances that one function can get in `lambdaStartsSec` [D Lambda scaling behavior]. */
  lambdaStarts: 1_000,
  lambdaStartsSec: 10,
  /** Requests a second of an account, all its APIs in a Region together [D API Gateway quotas]. */
  apiRequestsPerSecond: 10_000,
  /** Write units a second of a table that is new and on demand [D DynamoDB on-demand capacity mode]. */
  newTableWriteUnits: 4_000,
  /** A table on demand takes this many times its former peak at once; more within half an hour may be throttled [same page]. */
  tableGrowth: 2,
  tableGrowthSec: 30 * 60,
  /** of one table [D DynamoDB quotas] */
  tableWriteUnits: 40_000,
  /** of one partition [D DynamoDB burst and adaptive capacity] */
  partitionWriteUnits: 1_000,
  /** Reads a second of SSM's parameters, of an account in a Region, standard throughput [D Systems Manager quotas]. */
  parameterReadsPerSecond: 40,
} as const;
