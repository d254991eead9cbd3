import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { writeWhole } from "../build/output.ts";
import { type Webhooks, webhookNames } from "../twilio/numbers.ts";

const shape = v.object({
  number: v.string(),
  sid: v.string(),
  at: v.string(),
  before: v.object(Object.fromEntries(webhookNames.map((name) => [name, v.string()]))),
});

/** What a number had before it was last changed from here. */
export interface Kept {
  readonly number: string;
  readonly sid: string;
  /** ISO 8601 */
  readonly at: string;
  readonly before: Webhooks;
}

export function keptFile(folder: string, number: string): string {
  return path.join(folder, `number-${number}.json`);
}

/** Remembers what `restore` puts back. */
export async function keep(folder: string, kept: Kept): Promise<void> {
  await writeWhole(keptFile(folder, kept.number), `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** @returns undefined when nothing was kept, or what is there cannot be read */
export async function readKept(folder: string, number: string): Promise<Kept | undefined> {
  try {
    const parsed = v.safeParse(shape, JSON.parse(await readFile(keptFile(folder, number), "utf8")));
    return parsed.success ? (parsed.output as unknown as Kept) : undefined;
  } catch {
    return undefined;
  }
}
