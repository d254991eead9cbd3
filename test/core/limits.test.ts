import { describe, expect, test } from "vitest";
import { assertLimits, limits, requestsMax } from "../../core/limits.ts";

type Limits = Parameters<typeof assertLimits>[0];

/** For each sentence that is asserted, numbers that break it, and are as near to holding as can be. */
const broken: Readonly<Record<string, Partial<Limits>>> = {
  "primaryLeaveMs < lambdaTimeoutMs": { primaryLeaveMs: limits.lambdaTimeoutMs },
  "lambdaTimeoutMs < gatewayTimeoutMs": { lambdaTimeoutMs: limits.gatewayTimeoutMs },
  "gatewayTimeoutMs < webhookReadTimeoutMs": { gatewayTimeoutMs: limits.webhookReadTimeoutMs },
  "webhookReadTimeoutMs < twilioWaitMs": { twilioWaitMs: limits.webhookReadTimeoutMs },
  "webhookReadTimeoutMs <= webhookTotalTimeoutMs": { webhookTotalTimeoutMs: limits.webhookReadTimeoutMs - 1 },
  "webhookTotalTimeoutMs <= twilioWaitMs": { webhookTotalTimeoutMs: limits.twilioWaitMs + 1 },
  "fallbackLeaveMs < fallbackReadTimeoutMs": { fallbackLeaveMs: limits.fallbackReadTimeoutMs },
  "fallbackLeaveMs < functionTimeoutMs": { functionTimeoutMs: limits.fallbackLeaveMs },
  "(1 + fallbackRetries) x fallbackReadTimeoutMs <= fallbackTotalTimeoutMs": {
    fallbackTotalTimeoutMs: (1 + limits.fallbackRetries) * limits.fallbackReadTimeoutMs - 1,
  },
  "fallbackTotalTimeoutMs < twilioWaitMs": { fallbackTotalTimeoutMs: limits.twilioWaitMs },
  "effectTimeoutMs <= effectBudgetMs": { effectTimeoutMs: limits.effectBudgetMs + 1 },
  "secretsAttempts x (secretsAttemptMs + secretsBackoffMs) < primaryLeaveMs": {
    secretsBackoffMs: limits.primaryLeaveMs / limits.secretsAttempts - limits.secretsAttemptMs,
  },
  "primaryTableBudgetMs + effectBudgetMs < primaryLeaveMs": {
    effectBudgetMs: limits.primaryLeaveMs - limits.primaryTableBudgetMs,
  },
  "fallbackTableBudgetMs + leaseWaitMs + effectBudgetMs < fallbackLeaveMs": {
    leaseWaitMs: limits.fallbackLeaveMs - limits.fallbackTableBudgetMs - limits.effectBudgetMs,
  },
  "fallbackConnectTimeoutMs + fallbackLeaveMs < awayTotalTimeoutMs": {
    fallbackConnectTimeoutMs: limits.awayTotalTimeoutMs - limits.fallbackLeaveMs,
  },
  "fallbackReadTimeoutMs <= awayTotalTimeoutMs": { awayTotalTimeoutMs: limits.fallbackReadTimeoutMs - 1 },
  "awayTotalTimeoutMs < twilioWaitMs": { awayTotalTimeoutMs: limits.twilioWaitMs },
  "tableAttempts x (primaryTableAttemptMs + tableRetryDelayMs) <= primaryTableBudgetMs": {
    primaryTableAttemptMs: limits.primaryTableBudgetMs / limits.tableAttempts,
  },
  "tableAttempts x (fallbackTableAttemptMs + tableRetryDelayMs) <= fallbackTableBudgetMs": {
    fallbackTableAttemptMs: limits.fallbackTableBudgetMs / limits.tableAttempts,
  },
  "primaryTableBudgetMs <= fallbackTableBudgetMs": { primaryTableBudgetMs: limits.fallbackTableBudgetMs + 1 },
  "fallbackTableBudgetMs < tableSlowdownMs": { tableSlowdownMs: limits.fallbackTableBudgetMs },
  "sorryRefreshMs < sorryStaleMs": { sorryStaleMs: limits.sorryRefreshMs },
  "sorryWaitMs + secretsAttempts x (secretsAttemptMs + secretsBackoffMs) < primaryLeaveMs": {
    sorryWaitMs: limits.primaryLeaveMs - limits.secretsAttempts * (limits.secretsAttemptMs + limits.secretsBackoffMs),
  },
  "leaseMs >= lambdaTimeoutMs": { leaseMs: limits.lambdaTimeoutMs - 1 },
  "leaseWaitMs < leaseMs": { leaseMs: limits.leaseWaitMs },
  "webhookReadTimeoutMs + leaseWaitMs <= webhookTotalTimeoutMs": {
    leaseWaitMs: limits.webhookTotalTimeoutMs - limits.webhookReadTimeoutMs + 1,
  },
  "attemptsMax <= resumesMax": { attemptsMax: limits.resumesMax + 1 },
  "awayTurns >= 1": { awayTurns: 0 },
  "awayTurns < awayForGood": { awayTurns: limits.awayForGood },
  "urlDataBytesMax < dataBytesMax": { dataBytesMax: limits.urlDataBytesMax },
  "a sealed URL <= urlCharactersMax": { baseUrlCharactersMax: limits.urlCharactersMax },
  "2 x urlCharactersMax <= errorUrlCharactersMax": { errorUrlCharactersMax: 2 * limits.urlCharactersMax - 1 },
  "verbsPerDocumentMax <= trailVerbsMax": { verbsPerDocumentMax: limits.trailVerbsMax + 1 },
  "data, trail, pinned answers and one result a turn < itemBytesMax": { turnsMax: 500 },
  "a file of mediaFileBytesMax in base64 < lambdaAnswerBytesMax": { mediaFileBytesMax: 5_000_000 },
  "itemLifeSec > 24 h": { itemLifeSec: 24 * 3600 },
};

/** The sentences that do not hold for some numbers, in the order in which they are asserted. */
function unheld(l: Limits): string[] {
  try {
    assertLimits(l);
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
      .replace(/^.*these do not hold: /, "")
      .split("; ");
  }
}

describe("the numbers of the product", () => {
  test("hold together", () => expect(unheld(limits)).toEqual([]));

  test.each(Object.entries(broken))("do not load when this is broken: %s", (sentence, over) => {
    expect(unheld({ ...limits, ...over })).toContain(sentence);
  });

  test("have a broken example of every inequality that is asserted", () => {
    const nothingHolds = Object.fromEntries(Object.keys(limits).map((name) => [name, Number.NaN]));
    expect(unheld({ ...limits, ...nothingHolds }).toSorted()).toEqual(Object.keys(broken).toSorted());
  });

  test("each are a whole number above zero, or a count of none", () => {
    for (const [name, value] of Object.entries(limits)) {
      expect(Number.isSafeInteger(value) && value >= (name.endsWith("Retries") ? 0 : 1), name).toBe(true);
    }
  });

  test("bound the requests of a call by the stated formula", () => {
    expect(requestsMax(0)).toBe((2 * limits.resumesMax + limits.mediaRungs + 2) * (1 + limits.fallbackRetries));
    expect(requestsMax(6) - requestsMax(5)).toBe(1 + limits.fallbackRetries);
  });
});
