import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { letterEffect } from "../outbox.ts";
import type { Found, OutboxStore, Verdict } from "../outbox-delivery.ts";

/** Sparse: only letters that are not delivered have its keys, `outbox` and `dueAtMs`. */
export const outboxIndex = "outbox";
/** What the index is asked for: `open` are letters to be delivered, claimed or not. */
export type OutboxState = "open" | "in-doubt" | "given-up";

/** A letter that an operator looks at; nothing of what it says. */
export interface Listed extends Found {
  readonly state: OutboxState;
  readonly reason: string | undefined;
}

export interface OperatorStore {
  /** the oldest first */
  list(state: OutboxState, countMax: number): Promise<readonly Listed[]>;
  /** Makes a letter due that is in doubt or given up. @returns false when it is neither */
  retry(key: string, nowMs: number): Promise<boolean>;
  /** Takes a letter out that is in doubt or given up. @returns false when it is neither */
  drop(key: string, nowMs: number): Promise<boolean>;
}

const prefix = "outbox#";
const effect = `e#${letterEffect}`;
const unsettled = "#outbox IN (:inDoubt, :givenUp)";

/** The letters in the checkpoint table: every change is one conditional `UpdateItem`, every search one `Query` of the index. */
export function dynamodbOutbox(settings: {
  readonly table: string;
  readonly client: DynamoDBClientConfig;
}): OutboxStore & OperatorStore {
  const client = new DynamoDBClient({ maxAttempts: 3, ...settings.client });
  const TableName = settings.table;

  async function query(state: OutboxState, countMax: number, untilMs = Number.MAX_SAFE_INTEGER): Promise<Listed[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: outboxIndex,
        KeyConditionExpression: "#outbox = :state AND #due <= :until",
        ExpressionAttributeNames: { "#outbox": "outbox", "#due": "dueAtMs" },
        ExpressionAttributeValues: { ":state": s(state), ":until": n(untilMs) },
        Limit: countMax,
      }),
    );
    return Items.map((item) => ({
      key: (item.callSid?.S ?? "").slice(prefix.length),
      state,
      dueAtMs: Number(item.dueAtMs?.N),
      lease: item.lease?.S,
      tries: Number(item.tries?.N ?? 0),
      reason: item.reason?.S,
    }));
  }

  /** @returns the item as it is now, or undefined when the condition did not hold */
  async function update(
    key: string,
    given: {
      readonly change: string;
      readonly condition: string;
      /** the lease that this update puts there */
      readonly ours?: string;
      readonly names: Record<string, string>;
      readonly values: Record<string, AttributeValue>;
    },
  ): Promise<Record<string, AttributeValue> | undefined> {
    const names = {
      "#outbox": "outbox",
      "#due": "dueAtMs",
      "#lease": "lease",
      "#updated": "updatedAtMs",
      ...given.names,
    };
    const used = Object.entries(names).filter(([name]) => `${given.change} ${given.condition}`.includes(name));
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { callSid: s(`${prefix}${key}`) },
          UpdateExpression: given.change,
          ConditionExpression: given.condition,
          ExpressionAttributeNames: Object.fromEntries(used),
          ExpressionAttributeValues: given.values,
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return Attributes;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // our own write, applied although its answer was lost and the client asked again
      return given.ours !== undefined && error.Item?.lease?.S === given.ours ? error.Item : undefined;
    }
  }

  return {
    due: (nowMs, countMax) => query("open", countMax, nowMs),
    list: (state, countMax) => query(state, countMax),
    async claim({ key, dueAtMs }, lease, untilMs, nowMs) {
      // the index may be behind the table: what it told must still be so. A claim moves the time at which a letter is due
      const item = await update(key, {
        change: "SET #lease = :lease, #due = :until, #updated = :now, #tries = if_not_exists(#tries, :none) + :one",
        condition: "#outbox = :open AND #due = :seen",
        names: { "#tries": "tries" },
        ours: lease,
        values: {
          ...{ ":lease": s(lease), ":until": n(untilMs), ":now": n(nowMs), ":none": n(0), ":one": n(1) },
          ...{ ":open": s("open"), ":seen": n(dueAtMs) },
        },
      });
      const posted = item?.[effect]?.M;
      if (item === undefined || posted === undefined) return undefined;
      return {
        letter: posted.result?.S ?? "",
        postedAtMs: Number(posted.atMs?.N ?? 0),
        tries: Number(item.tries?.N) - 1,
      };
    },
    async settle(key, lease, verdict, nowMs) {
      const values = { ":lease": s(lease), ":now": n(nowMs), ":open": s("open") };
      const condition = "#outbox = :open AND #lease = :lease";
      return (await update(key, { condition, ...changeOf(verdict, values, nowMs) })) !== undefined;
    },
    async retry(key, nowMs) {
      const item = await update(key, {
        change: "SET #outbox = :open, #due = :now, #updated = :now REMOVE #reason",
        condition: unsettled,
        names: { "#reason": "reason" },
        values: { ":open": s("open"), ":now": n(nowMs), ":inDoubt": s("in-doubt"), ":givenUp": s("given-up") },
      });
      return item !== undefined;
    },
    async drop(key, nowMs) {
      const item = await update(key, {
        change: "SET #effect.#state = :dropped, #updated = :now REMOVE #outbox, #due, #effect.#result, #reason",
        condition: unsettled,
        names: { "#effect": effect, "#state": "state", "#result": "result", "#reason": "reason" },
        values: { ":dropped": s("in-doubt"), ":now": n(nowMs), ":inDoubt": s("in-doubt"), ":givenUp": s("given-up") },
      });
      return item !== undefined;
    },
  };
}

/** A letter that was delivered leaves the index, and its text goes. */
function changeOf(verdict: Verdict, values: Record<string, AttributeValue>, nowMs: number) {
  switch (verdict.kind) {
    case "delivered":
      return {
        change:
          "SET #effect.#state = :done, #sid = :sid, #updated = :now REMOVE #outbox, #due, #lease, #effect.#result, #reason",
        names: { "#effect": effect, "#state": "state", "#result": "result", "#sid": "sid", "#reason": "reason" },
        values: { ...values, ":done": s("done"), ":sid": s(verdict.sid) },
      };
    case "retried":
      return {
        change: "SET #due = :due, #reason = :reason, #updated = :now REMOVE #lease",
        names: { "#reason": "reason" },
        values: { ...values, ":due": n(verdict.dueAtMs), ":reason": s(verdict.reason) },
      };
    case "in-doubt":
    case "given-up":
      return {
        change: "SET #outbox = :state, #due = :due, #reason = :reason, #updated = :now REMOVE #lease",
        names: { "#reason": "reason" },
        values: { ...values, ":state": s(verdict.kind), ":due": n(nowMs), ":reason": s(verdict.reason) },
      };
  }
}

const s = (text: string): AttributeValue => ({ S: text });
const n = (value: number): AttributeValue => ({ N: String(value) });
