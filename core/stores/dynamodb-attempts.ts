import { systemClock, within } from "../clock.ts";
import { TableTimeoutError } from "../errors.ts";
import { limits } from "../limits.ts";

/** Refused for now, with a status that else means a wrong request. [D DynamoDB error handling] */
const throttles = new Set(["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"]);

/**
 * Makes attempts until one succeeds, none is left, the request is wrong in itself, or the time is over. After that no further request
 * is sent; one that is under way ends by its own timeout, and what it may still write meets the fence like any late write.
 *
 * It stands in place of the SDK's own retries, which wait up to 500 ms after a throttle, stop once their quota is spent in an outage,
 * know nothing of the webhook's time, and make for every request an error that it may need.
 *
 * @param withinMs for all attempts together
 * @throws TableTimeoutError when the time is over, else the error of the last attempt
 */
export function attempted<T>(withinMs: number, attempt: () => Promise<T>): Promise<T> {
  let over = false;
  const attempts = async (): Promise<T> => {
    for (let nth = 1; ; nth += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (nth >= limits.tableAttempts || !mayPass(error)) throw error;
        await systemClock.sleep(limits.tableRetryDelayMs);
        if (over) throw error;
      }
    }
  };
  return within(systemClock, withinMs, attempts, () => {
    over = true;
    throw new TableTimeoutError(`${withinMs} ms`);
  });
}

/** The same request may be answered better the next time. */
function mayPass(error: unknown): boolean {
  const {
    name = "",
    $retryable,
    $metadata,
  } = error as {
    readonly name?: string;
    readonly $retryable?: object;
    readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status >= 500 || status === 429) return true;
  return throttles.has(name) || $retryable !== undefined || $metadata?.clockSkewCorrected === true;
}
