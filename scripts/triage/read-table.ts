import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { parseJson } from "../../core/checkpoint.ts";
import { decodeItem } from "../../core/stores/dynamodb-item.ts";
import { toHeld } from "../trace/held.ts";
import type { HeldCall } from "../trace/known.ts";
import { callSidOf, recordOf } from "./fields.ts";

const itemsMax = 100_000;

/**
 * Reads items as `aws dynamodb scan` prints them, or a plain list; what they hold sealed stays sealed and stays behind. An item that
 * is not of this schema is left out.
 */
export function readTable(text: string, nowMs: number): Map<string, HeldCall> {
  const whole = parseJson(text);
  const items = Array.isArray(whole) ? whole : recordOf(whole).Items;
  const held = new Map<string, HeldCall>();
  for (const item of Array.isArray(items) ? items.slice(0, itemsMax) : []) {
    const attributes = Object.fromEntries(
      Object.entries(recordOf(item)).map(([name, one]) => [name, toAttribute(one)]),
    );
    const callSid = callSidOf(attributes.callSid?.S);
    if (callSid === undefined) continue;
    try {
      held.set(callSid, toHeld(decodeItem(attributes), nowMs));
    } catch {
      // of another schema, or damaged: the call is then as unknown as one that has no item
    }
  }
  return held;
}

/** A plain value gets the type that it has in the table. */
function toAttribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  const record = recordOf(value);
  const typed = ["S", "N", "M", "L", "B", "NULL", "BOOL", "SS", "NS"].some((type) => type in record);
  if (typed) return record as unknown as AttributeValue;
  return { M: Object.fromEntries(Object.entries(record).map(([name, one]) => [name, toAttribute(one)])) };
}
