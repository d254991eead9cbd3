import { stat } from "node:fs/promises";
import path from "node:path";
import type { Flow } from "../../../core/flow.ts";
import { flows } from "../../../flows/index.ts";
import type { RequestKind } from "../../../rehearsal/call-record.ts";
import { parseScript } from "../../../rehearsal/caller-script.ts";
import { root } from "../../build/bundle.ts";
import { startEffects } from "../../stack/effects.ts";
import type { Usage } from "./costs.ts";
import { unitsOf } from "./items.ts";
import type { MeasuredTable } from "./measured-table.ts";
import { type PlacedCall, placeMeasured } from "./placed-call.ts";

/** A caller for each shipped flow, in the syntax of `parseScript`: the way on which the flow does what it is for. */
export const callers: Readonly<Record<string, string>> = {
  appointment: "1,1",
  "front-desk": "2,record:20:key",
  survey: "5,1,say:The music was too loud.",
};
/** The flow of the day that is simulated: short, with one effect. */
export const referenceFlow = "appointment";

/** What becomes of the primary in a measured call. `one answer lost`: the request that brings the caller's first answer. */
export const fortunes = ["well", "one answer lost", "gone"] as const;
export type Fortune = (typeof fortunes)[number];

/** A call of a flow as it was really placed, in one of its fortunes. */
export interface CallShape {
  readonly flow: string;
  readonly caller: string;
  readonly fortune: Fortune;
  readonly usage: Usage;
  readonly effects: number;
  readonly placed: PlacedCall;
}

/** Places a call of every shipped flow in every fortune. */
export async function placeShapes(table: MeasuredTable): Promise<CallShape[]> {
  const effects = await startEffects();
  const shapes: CallShape[] = [];
  try {
    for (const flow of flows) {
      for (const fortune of fortunes) {
        const before = effects.executed().length;
        const caller = callers[flow.name] ?? "";
        const placed = await place(table, flow, caller, fortune, shapes.length, effects.baseUrl);
        const executed = effects.executed().length - before;
        shapes.push({ flow: flow.name, caller, fortune, usage: await usageOf(placed), effects: executed, placed });
      }
    }
    return shapes;
  } finally {
    await effects.stop();
  }
}

function place(table: MeasuredTable, flow: Flow, caller: string, fortune: Fortune, number: number, effectsUrl: string) {
  const parsed = parseScript(caller);
  if (parsed.kind === "error") throw new Error(parsed.detail);
  let lost = 0;
  const isRefused = (kind: RequestKind): boolean => {
    if (fortune === "gone") return true;
    if (fortune === "well" || kind !== "action") return false;
    lost += 1;
    return lost === 1;
  };
  return placeMeasured({
    table,
    flow,
    caller: parsed.steps,
    callSid: `CA${"f".repeat(28)}${String(number).padStart(4, "0")}`,
    settings: { BOOKINGS_URL: effectsUrl },
    isRefused,
  });
}

async function usageOf({ handled, media, itemBytes, endedAtMs }: PlacedCall): Promise<Usage> {
  const uses = handled.flatMap((one) => one.uses);
  const own = handled.filter(({ leg }) => leg === "primary");
  const files = media.filter(({ leg }) => leg === "primary");
  const sizes = await Promise.all(files.map(({ file }) => stat(path.join(root, "assets", "prompts", file))));
  return {
    primaryWebhooks: own.length,
    primaryMedia: files.length,
    functionWebhooks: handled.length - own.length,
    writeUnits: unitsOf(uses, (kind) => kind !== "read"),
    readUnits: unitsOf(uses, (kind) => kind === "read"),
    itemBytes,
    items: 1,
    answerBytes:
      own.reduce((sum, { answerBytes }) => sum + answerBytes, 0) + sizes.reduce((sum, { size }) => sum + size, 0),
    minutes: Math.max(1, Math.ceil(endedAtMs / 60_000)),
  };
}
