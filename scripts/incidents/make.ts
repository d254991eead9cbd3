import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { notAsPlanned } from "./as-planned.ts";
import { collect } from "./collect.ts";
import { exportsOf } from "./exports.ts";
import type { IncidentPlan } from "./plan.ts";
import { startWorld } from "./world.ts";

/**
 * Makes incidents anew: places their calls over HTTP, meets their faults, writes what each part of the world told of it.
 *
 * @param folder gets a folder for each
 * @param onMade told after each, with the number of requests that failed in it
 * @throws StackError or BuildError with one line; Error when an incident did not come about as planned
 */
export async function makeIncidents(
  plans: readonly IncidentPlan[],
  folder: string,
  onMade: (name: string, failed: number) => void = () => {},
): Promise<void> {
  const world = await startWorld();
  try {
    for (const plan of plans) {
      const recorded = await collect(plan, world);
      const otherwise = notAsPlanned(recorded);
      if (otherwise !== undefined) throw new Error(`${plan.name} did not come about as planned: ${otherwise}`);
      const items = await world.items([...recorded.clocks.keys()]);
      const into = path.join(folder, plan.name);
      await rm(into, { recursive: true, force: true });
      await mkdir(into, { recursive: true });
      for (const [name, text] of Object.entries(exportsOf(plan, recorded, items))) {
        await writeFile(path.join(into, name), text);
      }
      onMade(plan.name, recorded.requests.length);
    }
  } finally {
    await world.stop();
  }
}
