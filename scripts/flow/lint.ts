import type { Flow } from "../../core/flow.ts";
import { modelWorld } from "../../rehearsal/checkers/model-world.ts";
import { type FlowGraph, graphOf } from "../../rehearsal/graph/flow-graph.ts";
import { walkFlow } from "../../rehearsal/graph/walk-flow.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { createStage } from "../../rehearsal/world/stage.ts";
import { withoutSettings } from "../shown.ts";
import { hearAll } from "./documents.ts";
import type { Finding } from "./finding.ts";
import { promptFindings, refusedFindings } from "./prompt-rules.ts";
import { quietFlow } from "./quiet-flow.ts";
import { stepFindings } from "./step-rules.ts";
import { textFindings } from "./text-rules.ts";

type Settings = Readonly<Record<string, string>>;

/**
 * All that is wrong with a flow as far as asking it can tell, errors first. Its effects reach a made-up outside only.
 *
 * @param settings of the flow, where they are no addresses
 */
export function lintFlow(flow: Flow, settings: Settings = {}): Promise<readonly Finding[]> {
  return withoutNetwork(async () => {
    const world = modelWorld(createStage(flow, settings));
    const quiet = quietFlow(flow);
    const walk = await walkFlow(quiet, world);
    const heard = hearAll(flow, walk);
    const texts = textFindings(flow, heard);
    // a text that is missing is refused too: told once, where it is
    const isMissing = new Set(texts.flatMap(({ rule, step }) => (rule === "missing-text" ? [step] : [])));
    const refused = refusedFindings(heard).filter(({ step }) => !isMissing.has(step));
    const found = [...(await stepFindings(quiet, world, walk)), ...promptFindings(heard), ...refused, ...texts];
    const order = [...flow.steps.keys()];
    const rank = ({ level, step }: (typeof found)[number]) => (level === "error" ? 0 : 1_000) + order.indexOf(step);
    const told = found.map((one) => ({ flow: flow.name, ...one, what: withoutSettings(one.what, settings) }));
    return told.toSorted((one, other) => rank(one) - rank(other));
  });
}

/** The flow's steps and ways, as far as asking it can tell. */
export function drawnFlow(flow: Flow, settings: Settings = {}): Promise<FlowGraph> {
  return withoutNetwork(async () =>
    graphOf(flow, await walkFlow(quietFlow(flow), modelWorld(createStage(flow, settings)))),
  );
}

/** What effects reach is the rehearsal's outside. Afterwards the network is as it was, closed if it was closed. */
async function withoutNetwork<T>(run: () => Promise<T>): Promise<T> {
  const before = globalThis.fetch;
  const openNetwork = closeNetwork();
  try {
    return await run();
  } finally {
    openNetwork();
    globalThis.fetch = before;
  }
}
