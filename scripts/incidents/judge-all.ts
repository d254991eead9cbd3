import path from "node:path";
import { judge } from "./judge.ts";
import { type Judged, readTruth, sideBySide } from "./truth.ts";

/** Each incident's requests as they were and as triage judges them. @throws when a folder is none of an incident */
export async function judgeAll(dir: string, names: readonly string[]): Promise<Judged[]> {
  const all: Judged[] = [];
  for (const name of names) {
    const folder = path.join(dir, name);
    all.push(...sideBySide(name, await readTruth(folder), await judge(folder)));
  }
  return all;
}
