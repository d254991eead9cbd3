/**
 * Every number of the product, once: with its unit in its name, its reason beside it, and the inequalities
 * between neighbours asserted when the module loads. Change a number here and the assertions tell what it breaks.
 */
export const limits = {
  // Deadlines: a chain. The primary must be dead before Twilio asks the fallback, so that nobody answers twice.
  /** Between our clock and Twilio's, when a call that may have been placed is looked for. */
  placedSkewMs: 60_000,
  /** One effect's call to the outside service. */
  effectTimeoutMs: 2_000,
  /** All effects of one webhook together; one that finds no time left is not started. */
  effectBudgetMs: 2_500,
  /** The primary leaves by itself (503) so that the fallback is asked at once instead of after Lambda's cut. */
  primaryLeaveMs: 3_600,
  /** Lambda's own timeout; must stand in the deployment template too. */
  lambdaTimeoutMs: 4_000,
  /**
   * The API waits so long for the function, cold start included, and then gives Twilio a 503 of its own; must stand in the deployment
   * template too.
   */
  gatewayTimeoutMs: 4_400,
  /** `#ct=` on URLs of the voice webhook: a host that does not accept in a second is down. [D Connection Overrides] */
  webhookConnectTimeoutMs: 1_000,
  /** `#rt=` on URLs of the voice webhook. */
  webhookReadTimeoutMs: 4_500,
  /** `#tt=` on URLs of the voice webhook: the silence that one lost webhook can cost. */
  webhookTotalTimeoutMs: 5_000,
  /** `#rc=` on URLs of the voice webhook: none, the fallback URL is the retry. */
  webhookRetries: 0,
  /** The fallback leg answers with the last resort rather than be cut. */
  fallbackLeaveMs: 5_000,
  fallbackConnectTimeoutMs: 1_500,
  /** `#rt=` on the fallback URL: room for a cold start on a shared platform. */
  fallbackReadTimeoutMs: 6_500,
  fallbackTotalTimeoutMs: 14_500,
  /** `#tt=` on action URLs of the fallback leg, which have `rt` and `ct` of the fallback URL and no retry. */
  awayTotalTimeoutMs: 7_000,
  /** `#rc=` on the fallback URL (with `rp=all`): a lost answer of the fallback is asked again; it is idempotent. */
  fallbackRetries: 1,
  /** `#rc=` on the number's status callback (with `rp=all`): nobody waits for it, and no other request tells the end for sure. */
  endRetries: 2,
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
  /** Between two attempts: long enough for a throttled partition to split a burst. */
  tableRetryDelayMs: 25,

  // Secrets of the primary, in AWS's parameter store.
  /** A rotated secret is in use after this long, without a deployment. */
  secretsRefreshMs: 5 * 60_000,
  /** While the store does not answer, an instance that knows its secrets asks this often. */
  secretsRetryMs: 30_000,
  /** One attempt: a new TLS connection and one read. */
  secretsAttemptMs: 800,
  secretsAttempts: 2,
  /** Between two attempts, at most. */
  secretsBackoffMs: 100,

  // Sorry mode: the switch of the primary is in the same store; the fallback's is a variable of its own.
  /** A switch that was turned is found after this long by an instance that takes webhooks. */
  sorryRefreshMs: 15_000,
  /** What an instance knows is used at once for this long; a webhook after a longer silence asks first. */
  sorryStaleMs: 60_000,
  /** How long that one waits for the answer. */
  sorryWaitMs: 300,
  /** A browser is told to come back after this long when no end is known. */
  sorryRetryAfterSec: 900,
  /** of what is said, in each language */
  sorryTextCharactersMax: 1_000,

  // Effects.
  /** A claim speaks for its owner this long; afterwards the effect is in doubt. No primary lives longer. */
  leaseMs: 4_000,
  /** How long a `give-up` effect under a live lease is waited for, once: beside a hanging primary, still within `tt`. */
  leaseWaitMs: 500,
  effectsPerTurnMax: 5,
  /** of an effect's result as JSON; it stays in the item */
  resultBytesMax: 512,
  /** of a letter as JSON: an SMS of 1,600 characters [D Messages resource], or a call's data, in any script */
  letterBytesMax: 8_192,
  /** A letter that could not be delivered for so long is given up. */
  letterLifeSec: 24 * 3600,

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
  /** Pinned answers and outcomes are kept this many turns longer than they can matter, then dropped. */
  pinTurnsKept: 8,
  /** `away` of a call that stays on the fallback leg for good */
  awayForGood: 9,
  /** of a menu's question, unless its author says otherwise */
  triesDefault: 3,

  // Sizes.
  bodyBytesMax: 64 * 1024,
  parametersMax: 500,
  /** How deep a platform's body parser may have nested a parameter. */
  parameterDepthMax: 5,
  /** A minute of fast speech [D Gather page: at most 60 s]; what is beyond is cut, so that a pinned answer is bounded. */
  speechCharactersMax: 2_000,
  digitsMax: 128,
  recordingUrlCharactersMax: 500,
  /** of a payment's confirmation code or token */
  outcomeCharactersMax: 200,
  /** of what an agent hands over; like speech it is pinned and must stay bounded */
  handoffCharactersMax: 2_000,
  /** Sids have 34 characters; opaque, so only bounded. */
  callSidCharactersMax: 64,
  /** ErrorUrl: ours are shorter than half of it. */
  errorUrlCharactersMax: 4_000,
  /** TwiML over 64 kB is refused by Twilio. [D error 11750] */
  documentBytesMax: 64_000,
  /** of a URL of ours whose call has some data: for estimates when a flow loads */
  typicalUrlCharacters: 400,
  /** [D Say page] */
  sayCharactersMax: 4_096,
  /** [D gather page] */
  hintsMax: 500,
  hintCharactersMax: 100,
  /** that one Dial rings at once [D dial page] */
  dialTargetsMax: 10,
  urlCharactersMax: 2_000,
  baseUrlCharactersMax: 150,
  mediaFileCharactersMax: 64,
  /** position, names, nonce and tag of a sealed checkpoint, in bytes */
  sealOverheadBytes: 240,
  /** fragment, key id and fixed parts of a path */
  urlOverheadCharacters: 60,
  /** `data` above this stays out of URLs; they then carry the position alone. */
  urlDataBytesMax: 1_024,
  dataBytesMax: 32 * 1024,
  stepNameCharactersMax: 48,
  flowNameCharactersMax: 32,
  trailVerbsMax: 200,
  verbsPerDocumentMax: 30,
  /** one line of the trail: its head, and a name for each verb */
  trailLineBytes: 300,
  /** DynamoDB's own [D quotas] */
  itemBytesMax: 400_000,

  /** Prompt audio may be kept by Twilio's cache for a day. */
  mediaMaxAgeSec: 86_400,
  /** of a file of prompt audio: the primary serves it in base64 in one answer of Lambda (25 MB on the fallback [D Assets]) */
  mediaFileBytesMax: 4_000_000,
  /** A longer file may drop. [D play page] */
  mediaFileSecMax: 40 * 60,
  /** The largest answer that a function gives to an ordinary request. [D Lambda quotas] */
  lambdaAnswerBytesMax: 6 * 1024 * 1024,

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
  // sealed text is base64url: 4 characters for 3 bytes
  const sealed = (bytes: number) => Math.ceil((bytes * 4) / 3);
  const sealedCharacters = sealed(l.urlDataBytesMax + l.sealOverheadBytes);
  // speech in a script of three bytes a character
  const pinBytes = sealed(3 * l.speechCharactersMax + 100);
  const itemBytes =
    sealed(l.dataBytesMax + l.sealOverheadBytes) +
    l.turnsMax * (sealed(l.resultBytesMax) + 100) +
    l.pinTurnsKept * (pinBytes + sealed(l.recordingUrlCharactersMax + 100)) +
    (l.trailVerbsMax + l.resumesMax) * l.trailLineBytes;
  const held: [string, boolean][] = [
    ["primaryLeaveMs < lambdaTimeoutMs", l.primaryLeaveMs < l.lambdaTimeoutMs],
    ["lambdaTimeoutMs < gatewayTimeoutMs", l.lambdaTimeoutMs < l.gatewayTimeoutMs],
    ["gatewayTimeoutMs < webhookReadTimeoutMs", l.gatewayTimeoutMs < l.webhookReadTimeoutMs],
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
    ["effectTimeoutMs <= effectBudgetMs", l.effectTimeoutMs <= l.effectBudgetMs],
    [
      "primaryTableBudgetMs + effectBudgetMs < primaryLeaveMs",
      l.primaryTableBudgetMs + l.effectBudgetMs < l.primaryLeaveMs,
    ],
    [
      "fallbackTableBudgetMs + leaseWaitMs + effectBudgetMs < fallbackLeaveMs",
      l.fallbackTableBudgetMs + l.leaseWaitMs + l.effectBudgetMs < l.fallbackLeaveMs,
    ],
    [
      "fallbackConnectTimeoutMs + fallbackLeaveMs < awayTotalTimeoutMs",
      l.fallbackConnectTimeoutMs + l.fallbackLeaveMs < l.awayTotalTimeoutMs,
    ],
    ["fallbackReadTimeoutMs <= awayTotalTimeoutMs", l.fallbackReadTimeoutMs <= l.awayTotalTimeoutMs],
    ["awayTotalTimeoutMs < twilioWaitMs", l.awayTotalTimeoutMs < l.twilioWaitMs],
    [
      "tableAttempts x (primaryTableAttemptMs + tableRetryDelayMs) <= primaryTableBudgetMs",
      l.tableAttempts * (l.primaryTableAttemptMs + l.tableRetryDelayMs) <= l.primaryTableBudgetMs,
    ],
    [
      "tableAttempts x (fallbackTableAttemptMs + tableRetryDelayMs) <= fallbackTableBudgetMs",
      l.tableAttempts * (l.fallbackTableAttemptMs + l.tableRetryDelayMs) <= l.fallbackTableBudgetMs,
    ],
    ["primaryTableBudgetMs <= fallbackTableBudgetMs", l.primaryTableBudgetMs <= l.fallbackTableBudgetMs],
    ["fallbackTableBudgetMs < tableSlowdownMs", l.fallbackTableBudgetMs < l.tableSlowdownMs],
    [
      "secretsAttempts x (secretsAttemptMs + secretsBackoffMs) < primaryLeaveMs",
      l.secretsAttempts * (l.secretsAttemptMs + l.secretsBackoffMs) < l.primaryLeaveMs,
    ],
    ["sorryRefreshMs < sorryStaleMs", l.sorryRefreshMs < l.sorryStaleMs],
    [
      "sorryWaitMs + secretsAttempts x (secretsAttemptMs + secretsBackoffMs) < primaryLeaveMs",
      l.sorryWaitMs + l.secretsAttempts * (l.secretsAttemptMs + l.secretsBackoffMs) < l.primaryLeaveMs,
    ],
    ["leaseMs >= lambdaTimeoutMs", l.leaseMs >= l.lambdaTimeoutMs],
    ["leaseWaitMs < leaseMs", l.leaseWaitMs < l.leaseMs],
    [
      "webhookReadTimeoutMs + leaseWaitMs <= webhookTotalTimeoutMs",
      l.webhookReadTimeoutMs + l.leaseWaitMs <= l.webhookTotalTimeoutMs,
    ],
    ["attemptsMax <= resumesMax", l.attemptsMax <= l.resumesMax],
    ["awayTurns >= 1", l.awayTurns >= 1],
    ["awayTurns < awayForGood", l.awayTurns < l.awayForGood],
    ["urlDataBytesMax < dataBytesMax", l.urlDataBytesMax < l.dataBytesMax],
    [
      "a sealed URL <= urlCharactersMax",
      l.baseUrlCharactersMax +
        sealedCharacters +
        Math.max(l.flowNameCharactersMax, l.mediaFileCharactersMax) +
        l.urlOverheadCharacters <=
        l.urlCharactersMax,
    ],
    ["2 x urlCharactersMax <= errorUrlCharactersMax", 2 * l.urlCharactersMax <= l.errorUrlCharactersMax],
    ["verbsPerDocumentMax <= trailVerbsMax", l.verbsPerDocumentMax <= l.trailVerbsMax],
    ["data, trail, pinned answers and one result a turn < itemBytesMax", itemBytes < l.itemBytesMax],
    [
      "a file of mediaFileBytesMax in base64 < lambdaAnswerBytesMax",
      sealed(l.mediaFileBytesMax) + 1_024 < l.lambdaAnswerBytesMax,
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
