import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { limits } from "../limits.ts";

type Strategy = Extract<NonNullable<DynamoDBClientConfig["retryStrategy"]>, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<Strategy["acquireInitialRetryToken"]>>;

/**
 * Retries that fit a webhook. The SDK's own wait up to 500 ms after a throttle and stop retrying at all once their
 * quota is spent in an outage: both would turn the one spare attempt into none.
 *
 * @param attempts in all, the first included
 */
export function shortRetries(attempts: number): Strategy {
  const token = (count: number): Token =>
    ({
      getRetryCount: () => count,
      getRetryDelay: () => (count === 0 ? 0 : limits.tableRetryDelayMs),
      getRetryCost: () => 0,
    }) as Token;
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (used, { errorType }) => {
      const count = used.getRetryCount() + 1;
      if (count >= attempts || errorType === "CLIENT_ERROR") throw new Error("no attempt left");
      return token(count);
    },
    recordSuccess: () => {},
  };
}
