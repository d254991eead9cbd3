import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../../rehearsal/checkers/model-world.ts";
import { namedDialects } from "../../../rehearsal/explore/dialects.ts";
import { explore, type Rehearsed } from "../../../rehearsal/explore/explore.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import { flows as broken } from "../../scripts/rehearse/broken-flows.ts";
import { flows as sound } from "../../scripts/rehearse/sound-flows.ts";

/** Every single fault of the script `1`, in the most plausible dialect, really placed. */
export async function bookingCases(which: "sound" | "broken"): Promise<readonly Rehearsed[]> {
  const [flow] = which === "sound" ? sound : broken;
  if (flow === undefined) throw new Error("no flow");
  const openNetwork = closeNetwork();
  try {
    const stage = createStage(flow);
    const { scripts } = await deriveScripts(flow, modelWorld(stage));
    const script = scripts.find(({ id }) => id === "1");
    if (script === undefined) throw new Error("no script '1'");
    const cases: Rehearsed[] = [];
    const onCall = (rehearsed: Rehearsed) => void cases.push(rehearsed);
    const expect = createExpectation(stage);
    await explore({ stage, expect, script, dialects: namedDialects.slice(0, 1), faultsMax: 1, onCall });
    return cases;
  } finally {
    openNetwork();
  }
}

/** The steps of these flows, as the report names its columns. */
export const bookingSteps = ["ask", "booked", "bye"];
