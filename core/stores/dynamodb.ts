import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClientConfig,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { CheckpointStore, Claim, Commit, Item, StoredEffect, WriteResult } from "../checkpoint-store.ts";
import { limits } from "../limits.ts";
import { encodeTrail, trailSlot } from "../trail.ts";
import { attempted } from "./dynamodb-attempts.ts";
import { decodeItem, itemSchemaVersion, toEffectAttribute } from "./dynamodb-item.ts";
import { tableRequests } from "./dynamodb-requests.ts";

export interface DynamodbSettings {
  readonly table: string;
  readonly client: DynamoDBClientConfig;
  /** one attempt of one request, in milliseconds */
  readonly attemptMs: number;
}

type Names = Record<string, string>;
type Values = Record<string, AttributeValue>;
/**
 * One `UpdateItem`. Attributes stand in its expressions by their own names, but for those that DynamoDB reserves (`data`, `token`)
 * and those with a `#` in them: what is sent with every webhook is shorter so. [D DynamoDB, reserved words]
 */
interface Update {
  readonly set: string[];
  remove?: string;
  readonly conditions: string[];
  readonly names: Names;
  readonly values: Values;
}

/**
 * The checkpoint table in DynamoDB: one item per call, every write one conditional `UpdateItem`.
 * Entries of maps are attributes of their own (`e#turn:name`, `p#turn`, `o#turn`, `v#slot`), because an update of a
 * path inside a map fails where the map does not exist yet, and that must not cost a second round trip.
 */
export function dynamodbStore(settings: DynamodbSettings): CheckpointStore {
  const TableName = settings.table;
  const requests = tableRequests(settings.client, TableName, settings.attemptMs);

  async function read(callSid: string, withinMs: number) {
    const input = { TableName, Key: { callSid: { S: callSid } }, ConsistentRead: true };
    const { Item } = await attempted(withinMs, () => requests.get(input));
    return Item === undefined ? undefined : decodeItem(Item);
  }

  async function write(callSid: string, update: Update, { nowMs, withinMs }: { nowMs: number; withinMs: number }) {
    const deadlineMs = performance.now() + withinMs;
    put(update, "updatedAtMs", ":now", n(nowMs));
    put(update, "ttlAtSec", ":ttl", n(Math.floor(nowMs / 1000) + limits.itemLifeSec));
    const input: UpdateItemCommandInput = {
      TableName,
      Key: { callSid: { S: callSid } },
      UpdateExpression: `SET ${update.set.join(", ")}${update.remove ?? ""}`,
      // what is empty is refused
      ConditionExpression: update.conditions.join(" AND ") || undefined,
      ExpressionAttributeNames: Object.keys(update.names).length > 0 ? update.names : undefined,
      ExpressionAttributeValues: update.values,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
    try {
      await attempted(withinMs, () => requests.update(input));
      return { kind: "written" } satisfies WriteResult;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) return unavailable(error);
      // an emulator (and an old endpoint) does not return the winning item: read it
      const leftMs = Math.max(1, Math.floor(deadlineMs - performance.now()));
      return refused(error.Item === undefined ? () => read(callSid, leftMs) : async () => decodeItem(error.Item ?? {}));
    }
  }

  return {
    async read(callSid, { withinMs }) {
      try {
        const item = await read(callSid, withinMs);
        return item === undefined ? { kind: "nothing" } : { kind: "found", item };
      } catch (error) {
        return unavailable(error);
      }
    },
    claim: (callSid, claim, timing) => write(callSid, claimUpdate(claim), timing),
    commit: (callSid, commit, timing) => write(callSid, commitUpdate(commit), timing),
    note(callSid, facts, timing) {
      const update: Update = { set: [], conditions: [], names: {}, values: {} };
      putEffects(update, facts.effects ?? new Map());
      if (facts.outcome !== undefined) putAs(update, "#o", `o#${facts.outcome.turn}`, ":o", s(facts.outcome.answer));
      if (facts.endedAtMs !== undefined) put(update, "endedAtMs", ":ended", n(facts.endedAtMs));
      return write(callSid, update, timing);
    },
  };
}

/**
 * The table holds nothing, or is behind, or is exactly at the position, or is of an earlier epoch (rule 1). AND comes before OR
 * [D DynamoDB, condition expressions]; parentheses around it would say so again, and the embedded table takes long over each pair.
 */
function fence(update: Update, from: Commit["from"]): void {
  update.conditions.push(
    "(attribute_not_exists(turn) OR turn < :fromTurn OR turn = :fromTurn AND attempt <= :fromAttempt" +
      " OR resumes < :fromResumes)",
  );
  Object.assign(update.values, {
    ":fromTurn": n(from.turn),
    ":fromAttempt": n(from.attempt),
    ":fromResumes": n(from.resumes),
  });
}

/** Nobody pinned the turn's answer, or the pin is the one that the turn was taken with (rule 3). */
function pinned(update: Update, turn: number, token: string | undefined): void {
  update.names["#pin"] = `p#${turn}`;
  update.conditions.push(
    token === undefined ? "attribute_not_exists(#pin)" : "(attribute_not_exists(#pin) OR #pin.#token = :pinToken)",
  );
  if (token !== undefined) {
    update.names["#token"] = "token";
    update.values[":pinToken"] = s(token);
  }
}

function claimUpdate(claim: Claim): Update {
  const update: Update = { set: [], conditions: [], names: {}, values: {} };
  fence(update, claim.from);
  pinned(update, claim.from.turn, claim.pin.token);
  update.conditions.push("attribute_not_exists(#claimed)");
  putAs(update, "#claimed", `e#${claim.effectKey}`, ":claimed", toEffectAttribute(claim.effect));
  update.set.push("#pin = if_not_exists(#pin, :pin)");
  update.values[":pin"] = { M: { token: s(claim.pin.token), answer: s(claim.pin.answer) } };
  putEffects(update, claim.effects);
  if (claim.dueAtMs !== undefined) {
    put(update, "outbox", ":outbox", s("open"));
    put(update, "dueAtMs", ":due", n(claim.dueAtMs));
  }
  return update;
}

function commitUpdate({ from, pin, checkpoint: c, trail, effects }: Commit): Update {
  const update: Update = { set: [], conditions: [], names: {}, values: {} };
  fence(update, from);
  if (pin !== "any") pinned(update, from.turn, pin.token);
  put(update, "turn", ":turn", n(c.turn));
  put(update, "attempt", ":attempt", n(c.attempt));
  put(update, "resumes", ":resumes", n(c.resumes));
  put(update, "flow", ":flow", s(c.flow));
  put(update, "step", ":step", s(c.step));
  put(update, "leg", ":leg", s(c.leg));
  putAs(update, "#data", "data", ":data", s(c.data));
  putAs(update, "#token", "token", ":token", s(c.token));
  put(update, "build", ":build", s(c.build));
  put(update, "schemaVersion", ":schema", n(itemSchemaVersion));
  putAs(update, "#trail", `v#${trailSlot(trail)}`, ":trail", s(encodeTrail(trail)));
  // `:now` is given with every write
  update.set.push("startedAtMs = if_not_exists(startedAtMs, :now)");
  putEffects(update, effects);
  if (from.turn >= limits.pinTurnsKept) {
    const old = from.turn - limits.pinTurnsKept;
    Object.assign(update.names, { "#oldPin": `p#${old}`, "#oldOutcome": `o#${old}` });
    update.remove = " REMOVE #oldPin, #oldOutcome";
  }
  return update;
}

function putEffects(update: Update, effects: ReadonlyMap<string, StoredEffect>): void {
  let index = 0;
  for (const [key, effect] of effects) {
    putAs(update, `#e${index}`, `e#${key}`, `:e${index}`, toEffectAttribute(effect));
    index += 1;
  }
}

function put(update: Update, attribute: string, value: string, is: AttributeValue): void {
  update.values[value] = is;
  update.set.push(`${attribute} = ${value}`);
}

/** An attribute that has to be called by another name in an expression. */
function putAs(update: Update, name: string, attribute: string, value: string, is: AttributeValue): void {
  update.names[name] = attribute;
  put(update, name, value, is);
}

async function refused(winner: () => Promise<Item | undefined>): Promise<WriteResult> {
  try {
    const item = await winner();
    return item === undefined
      ? { kind: "unavailable", reason: "winner gone", refused: true }
      : { kind: "refused", item };
  } catch (error) {
    return { ...unavailable(error), refused: true };
  }
}

/** The error's class only: messages of the SDK can carry keys of items. */
function unavailable(error: unknown): { kind: "unavailable"; reason: string } {
  return { kind: "unavailable", reason: error instanceof Error ? error.name : "unknown" };
}

const s = (text: string): AttributeValue => ({ S: text });
const n = (value: number): AttributeValue => ({ N: String(value) });
