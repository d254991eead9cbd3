/**
 * The process in which one core is rehearsed: `node flight.ts '{"flows": [...], "cpuMs": ...}'` in a tree of its own.
 * The last line that it prints is what it found, as JSON.
 */
import type { Flow } from "../../core/flow.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import type { Begin, FlowName } from "./canary.ts";
import { type Bounds, search } from "./search.ts";
import { selectionOf } from "./selection.ts";

/** What a flight is told. */
export interface FlightPlan extends Bounds {
  readonly flows: readonly FlowName[];
  readonly begins: readonly Begin[];
  /** Of the stretches that are to be searched only every `of`th, from `index` on. */
  readonly share: { readonly of: number; readonly index: number };
}

const { flows, begins, share, ...bounds } = JSON.parse(process.argv[2] ?? "") as FlightPlan;
closeNetwork();
// nothing but tests imports tests: their flows are read where the tree of this flight has them
const testFlows = new URL("../../test/flows/", import.meta.url);
const { flows: known }: { flows: readonly Flow[] } = await import(new URL("index.ts", testFlows).href);
const { ownFlows }: { ownFlows: readonly Flow[] } = await import(new URL("canary.ts", testFlows).href);
const stretches = (await selectionOf(flows.map(flowOf), begins)).filter(
  ({ key }) => bounds.callsMax === undefined || bounds.callsMax[key] !== undefined,
);
const mine = stretches.filter((_, at) => at % share.of === share.index);
const found = await search(mine, bounds, () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
});
console.log(JSON.stringify(found));

function flowOf(name: FlowName): Flow {
  const flow = [...known, ...ownFlows].find((one) => one.name === name);
  if (flow === undefined) throw new RangeError(`there is no flow '${name}'`);
  return flow;
}
