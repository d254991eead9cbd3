import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** What DynamoDB counts, by its documents: pages "DynamoDB item sizes and formats" and "DynamoDB read and write operations". */

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** of one write unit; a kilobyte is 1,024 bytes */
export const writeUnitBytes = 1_024;
/** of one read unit of a strongly consistent read */
export const readUnitBytes = 4_096;
/** of storage, for the index on the key; not counted when written or read */
export const storedItemOverheadBytes = 100;
/** of storage, for what a global table adds to each item */
export const globalItemOverheadBytes = 48;
/** of a list or a map, and of each of their elements */
const containerBytes = 3;
const elementBytes = 1;
const flagBytes = 1;

/** The size of an item in bytes: names and values of its attributes. The documents call their own rule for numbers approximate. */
export function itemBytes(item: Attributes): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.BOOL !== undefined || value.NULL !== undefined) return flagBytes;
  if (value.M !== undefined) {
    return containerBytes + itemBytes(value.M) + elementBytes * Object.keys(value.M).length;
  }
  if (value.L !== undefined) {
    return value.L.reduce((sum, one) => sum + valueBytes(one) + elementBytes, containerBytes);
  }
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, one) => sum + numberBytes(one), 0);
  throw new Error("an attribute of a type that is not counted");
}

/** Whose bytes an item has, by the prefix of its attributes (`core/stores/dynamodb.ts`). */
export const itemParts = {
  trail: "v#",
  effects: "e#",
  pins: "p#",
  outcomes: "o#",
} as const;
export type ItemPart = keyof typeof itemParts | "data" | "rest";

/** The bytes of an item by their purpose; together they are `itemBytes`. */
export function bytesByPart(item: Attributes): Readonly<Record<ItemPart, number>> {
  const found: Record<ItemPart, number> = { trail: 0, effects: 0, pins: 0, outcomes: 0, data: 0, rest: 0 };
  for (const [name, value] of Object.entries(item)) {
    const prefixed = Object.entries(itemParts).find(([, prefix]) => name.startsWith(prefix))?.[0];
    const part = (prefixed as keyof typeof itemParts | undefined) ?? (name === "data" ? "data" : "rest");
    found[part] += itemBytes({ [name]: value });
  }
  return found;
}

/** A byte for two significant digits, and one: zeroes at either end do not count. One more for a sign. */
function numberBytes(text: string): number {
  const digits = text.replace(/[^0-9]/g, "").replace(/^0+|0+$/g, "").length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

/**
 * Write units of one put or update: the whole item counts, as it was before or as it is after, whichever is larger.
 *
 * @param beforeBytes 0: there was none
 */
export function writeUnits(beforeBytes: number, afterBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(beforeBytes, afterBytes) / writeUnitBytes));
}

/** Read units of one strongly consistent read. */
export function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes));
}
