import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { writeWhole } from "../build/output.ts";

/** Where this machine keeps what it deployed; not in the repository. */
export const stateFolder = ".stayline";

/** Builds that are kept: the one that runs, and the one before. */
export const buildsKept = 2;

const doneShape = v.object({ build: v.string(), at: v.string(), inputs: v.string() });
const shape = v.object({
  /** by step: with which build and which settings it was done last */
  done: v.record(v.string(), doneShape),
  /** variables of the environment that a deployment found out: addresses, the table's name */
  learned: v.record(v.string(), v.string()),
  /** builds whose both legs were deployed, the latest first */
  deployed: v.array(v.string()),
  /** a rollback that has begun and not ended */
  rollingBackTo: v.optional(v.string()),
});
export type DeployState = v.InferOutput<typeof shape>;
export type Environment = Readonly<Record<string, string | undefined>>;

export const nothingDone: DeployState = { done: {}, learned: {}, deployed: [] };

/** The state may be lost or unreadable: everything is then done again, which harms nothing. */
export async function readState(folder: string): Promise<DeployState> {
  try {
    const parsed = v.safeParse(shape, JSON.parse(await readFile(path.join(folder, "deploy.json"), "utf8")));
    return parsed.success ? parsed.output : nothingDone;
  } catch {
    return nothingDone;
  }
}

export async function writeState(folder: string, state: DeployState): Promise<void> {
  await writeWhole(path.join(folder, "deploy.json"), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** A variable as the environment says, else as a deployment found it out. */
export function variable(env: Environment, { learned }: DeployState, name: string): string | undefined {
  return env[name] || learned[name];
}

/** The build to which a rollback leads: where a deployment stopped half-way, the one that was whole before it. */
export function buildBefore(state: DeployState): string | undefined {
  if (state.rollingBackTo !== undefined) return state.rollingBackTo;
  const [latest, before] = state.deployed;
  const whole = ["fallback", "primary"].every((step) => (state.done[step]?.build ?? latest) === latest);
  return whole ? before : latest;
}
