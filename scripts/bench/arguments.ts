import { commandLine } from "../command-line.ts";
import { shown } from "../shown.ts";
import { type Effort, type PartName, partNames } from "./report.ts";

export interface BenchArguments {
  readonly effort: Effort;
  readonly json: boolean;
  /** in the order in which they are run */
  readonly parts: readonly PartName[];
  readonly seed: number;
  /** the figures of docs/performance.md are written anew */
  readonly docs: boolean;
}

/** Of chance in the load and the simulation; another one must tell the same story. */
export const usualSeed = 2026;
const seedMax = 4_294_967_295;

/**
 * Reads the command line of `bench`.
 * @returns undefined when help was asked for
 * @throws Error that says in one sentence what is wrong
 */
export function readArguments(args: readonly string[]): BenchArguments | undefined {
  const flag = { type: "boolean", default: false } as const;
  const only = { type: "string", multiple: true, default: [] as string[] } as const;
  const options = { json: flag, quick: flag, docs: flag, help: flag, only, seed: { type: "string" } } as const;
  const values = commandLine({ args: [...args], options }).values;
  if (values.help) return undefined;
  const names = values.only.flatMap((one) => one.split(","));
  const strange = names.find((name) => !(partNames as readonly string[]).includes(name));
  if (strange !== undefined) throw new Error(`--only '${shown(strange)}': there are ${partNames.join(", ")}`);
  const parts = names.length === 0 ? partNames : partNames.filter((name) => names.includes(name));
  if (values.docs && (values.quick || parts.length < partNames.length)) {
    throw new Error("--docs writes the figures of a whole, full run: no --quick, no --only");
  }
  const seed = values.seed === undefined ? usualSeed : Number(values.seed);
  if (!/^\d{1,10}$/.test(values.seed ?? "0") || seed > seedMax) {
    throw new Error(`--seed: a whole number from 0 to ${seedMax}`);
  }
  return { effort: values.quick ? "quick" : "full", json: values.json, parts, seed, docs: values.docs };
}
