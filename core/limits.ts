/**
 * Every number of the product, once: with its unit in its name, its reason beside it, and the inequalities
 * between neighbours asserted when the module loads. Change a number here and the assertions tell what it breaks.
 */
export const limits = {
  // Deadlines: a chain. The primary must be dead before Twilio asks the fallback, so that nobody answers twice.
  /** An effect's call to the outside service. */
  effectTimeoutMs: 2_000,
  /** The primary leaves by itself (503) so that the fallback is asked at once instead of after Lambda's cut. */
  primaryLeaveMs: 3_600,
  /** Lambda's own timeout; must stand in the deployment template too. */
  lambdaTimeoutMs: 4_000,
  /** `#ct=` on URLs of the voice webhook: a host that does not accept in a second is down. [D Connection Overrides] */
  webhookConnectTimeoutMs: 1_000,
  /** `#rt=` on URLs of the voice webhook. */
  webhookReadTimeoutMs: 4_500,
  /** `#tt=` on URLs of the voice webhook: the silence that one lost webhook can cost. */
  webhookTotalTimeoutMs: 5_000,
  /** `#rc=` on URLs of the voice webhook: none, the fallback URL is the retry. */
  webhookRetries: 0,
  /** The fallback leg answers with the last resort rather than be cut. */
  fallbackLeaveMs: 5_500,
  fallbackConnectTimeoutMs: 1_500,
  /** `#rt=` on the fallback URL: room for a cold start on a shared platform. */
  fallbackReadTimeoutMs: 6_500,
  fallbackTotalTimeoutMs: 14_500,
  /** `#rc=` on the fallback URL (with `rp=all`): a lost answer of the fallback is asked again; it is idempotent. */
  fallbackRetries: 1,
  /** A Twilio Function is cut after this. [D Functions FAQ] */
  functionTimeoutMs: 10_000,
  /** Twilio never waits longer for a webhook. [D Connection Overrides] */
  twilioWaitMs: 15_000,

  // The table. Two attempts fit into each budget; the fallback is another network away, its budget is larger.
  primaryTableAttemptMs: 350,
  primaryTableBudgetMs: 750,
  fallbackTableAttemptMs: 650,
  fallbackTableBudgetMs: 1_350,
  /** Added to a webhook by a table that hangs, at most. */
  tableSlowdownMs: 1_500,
  tableAttempts: 2,

  // Effects.
  /** A claim speaks for its owner this long; afterwards the effect is in doubt. No primary lives longer. */
  leaseMs: 4_000,
  /** How long a `give-up` effect under a live lease is waited for, once. */
  leaseWaitMs: 1_000,
  effectsPerTurnMax: 5,
  /** of an effect's result as JSON; it stays in the item */
  resultBytesMax: 1_024,

  // Budgets of recovery (law 5).
  attemptsMax: 2,
  resumesMax: 4,
  /** Turns that stay on the fallback leg after a first failover. */
  awayTurns: 1,
  /** primary media host, fallback media host, text */
  mediaRungs: 2,
  /** Times that one webhook may find its turn pinned by somebody else's claim. */
  pinsPerWebhookMax: 2,
  /** Turns of one call; the flow's own limits of tries end a call long before. */
  turnsMax: 200,
  /** A pinned answer is kept this many turns longer than it can matter, then dropped: the item stays bounded. */
  pinTurnsKept: 16,

  // Sizes.
  bodyBytesMax: 64 * 1024,
  parametersMax: 500,
  /** TwiML over 64 kB is refused by Twilio. [D error 11750] */
  documentBytesMax: 64_000,
  /** [D Say page] */
  sayCharactersMax: 4_096,
  urlCharactersMax: 2_000,
  baseUrlCharactersMax: 150,
  /** `data` above this stays out of URLs; they then carry the position alone. */
  urlDataBytesMax: 1_024,
  dataBytesMax: 32 * 1024,
  stepNameCharactersMax: 48,
  flowNameCharactersMax: 32,
  trailVerbsMax: 200,
  verbsPerDocumentMax: 60,

  /** An item outlives the longest call (24 h [D Call resource]) by enough time to look into it. */
  itemLifeSec: 7 * 24 * 3600,
} as const;

type Limits = { readonly [K in keyof typeof limits]: number };

/**
 * Checks the chain of deadlines, the table budgets and the sizes.
 *
 * @throws Error naming every inequality that does not hold
 */
export function assertLimits(l: Limits): void {
  // a sealed checkpoint is base64url: 4 characters for 3 bytes; 320 bytes are position, names, nonce and tag
  const sealedCharacters = Math.ceil(((l.urlDataBytesMax + 320) * 4) / 3);
  const held: [string, boolean][] = [
    ["primaryLeaveMs < lambdaTimeoutMs", l.primaryLeaveMs < l.lambdaTimeoutMs],
    ["lambdaTimeoutMs < webhookReadTimeoutMs", l.lambdaTimeoutMs < l.webhookReadTimeoutMs],
    ["webhookReadTimeoutMs < twilioWaitMs", l.webhookReadTimeoutMs < l.twilioWaitMs],
    ["webhookReadTimeoutMs <= webhookTotalTimeoutMs", l.webhookReadTimeoutMs <= l.webhookTotalTimeoutMs],
    ["webhookTotalTimeoutMs <= twilioWaitMs", l.webhookTotalTimeoutMs <= l.twilioWaitMs],
    ["fallbackLeaveMs < fallbackReadTimeoutMs", l.fallbackLeaveMs < l.fallbackReadTimeoutMs],
    ["fallbackLeaveMs < functionTimeoutMs", l.fallbackLeaveMs < l.functionTimeoutMs],
    [
      "(1 + fallbackRetries) x fallbackReadTimeoutMs <= fallbackTotalTimeoutMs",
      (1 + l.fallbackRetries) * l.fallbackReadTimeoutMs <= l.fallbackTotalTimeoutMs,
    ],
    ["fallbackTotalTimeoutMs < twilioWaitMs", l.fallbackTotalTimeoutMs < l.twilioWaitMs],
    [
      "primaryTableBudgetMs + effectTimeoutMs < primaryLeaveMs",
      l.primaryTableBudgetMs + l.effectTimeoutMs < l.primaryLeaveMs,
    ],
    [
      "fallbackTableBudgetMs + leaseWaitMs + effectTimeoutMs < fallbackLeaveMs",
      l.fallbackTableBudgetMs + l.leaseWaitMs + l.effectTimeoutMs < l.fallbackLeaveMs,
    ],
    [
      "tableAttempts x primaryTableAttemptMs <= primaryTableBudgetMs",
      l.tableAttempts * l.primaryTableAttemptMs <= l.primaryTableBudgetMs,
    ],
    [
      "tableAttempts x fallbackTableAttemptMs <= fallbackTableBudgetMs",
      l.tableAttempts * l.fallbackTableAttemptMs <= l.fallbackTableBudgetMs,
    ],
    ["primaryTableBudgetMs <= fallbackTableBudgetMs", l.primaryTableBudgetMs <= l.fallbackTableBudgetMs],
    ["fallbackTableBudgetMs < tableSlowdownMs", l.fallbackTableBudgetMs < l.tableSlowdownMs],
    ["leaseMs >= lambdaTimeoutMs", l.leaseMs >= l.lambdaTimeoutMs],
    ["leaseWaitMs < leaseMs", l.leaseWaitMs < l.leaseMs],
    ["attemptsMax <= resumesMax", l.attemptsMax <= l.resumesMax],
    ["awayTurns >= 1", l.awayTurns >= 1],
    ["urlDataBytesMax < dataBytesMax", l.urlDataBytesMax < l.dataBytesMax],
    [
      "a sealed URL < urlCharactersMax",
      sealedCharacters + l.baseUrlCharactersMax + l.flowNameCharactersMax < l.urlCharactersMax,
    ],
    ["verbsPerDocumentMax <= trailVerbsMax", l.verbsPerDocumentMax <= l.trailVerbsMax],
    [
      "data, trail, pinned answers and one result a turn < 400 kB (a DynamoDB item)",
      1.4 * (l.dataBytesMax + l.turnsMax * l.resultBytesMax) + l.trailVerbsMax * 100 + l.pinTurnsKept * 2_000 < 400_000,
    ],
    ["itemLifeSec > 24 h", l.itemLifeSec > 24 * 3600],
  ];
  const broken = held.filter(([, holds]) => !holds).map(([sentence]) => sentence);
  if (broken.length > 0) throw new Error(`core/limits.ts: these do not hold: ${broken.join("; ")}`);
}

assertLimits(limits);

/**
 * Law 5: the most TwiML requests that one call can make.
 *
 * @param turns requests of the faultless call
 */
export function requestsMax(turns: number): number {
  return (turns + 2 * limits.resumesMax + limits.mediaRungs + 2) * (1 + limits.fallbackRetries);
}
