import type { FlowGraph, GraphEdge, GraphStep } from "../../rehearsal/graph/flow-graph.ts";
import { edgeKey } from "../../rehearsal/graph/visits.ts";
import { type FlowCoverage, stepsHash } from "./coverage.ts";

/** What a rehearsal made of a place. `proven`: faults struck there and every call came through. */
export type Tone = "plain" | "failed" | "proven" | "heard" | "by-fault" | "missed";

export interface PictureStep extends GraphStep {
  readonly tone: Tone;
  /** a second line: figures, or why nothing leads here */
  readonly note: string;
}
export interface PictureEdge extends GraphEdge {
  readonly tone: Tone;
}
export interface Picture {
  readonly flow: string;
  readonly steps: readonly PictureStep[];
  readonly edges: readonly PictureEdge[];
  /** one line about where the colours are from */
  readonly caption: string;
}

/** What the tones mean, for a legend. */
export const toneText: Readonly<Record<Exclude<Tone, "plain">, string>> = {
  proven: "faults struck, all calls came through",
  heard: "visited without a fault",
  "by-fault": "visited after faults only",
  missed: "not visited",
  failed: "a call failed here",
};

/** A graph with the colours of a rehearsal, if there was one. */
export function pictureOf(graph: FlowGraph, coverage: FlowCoverage | undefined): Picture {
  const steps = graph.steps.map((step): PictureStep => {
    const { tone, note } = coverage === undefined ? plain : stepTone(coverage.steps[step.name]);
    return { ...step, tone, note: step.reached ? note : `${note}${note === "" ? "" : ", "}no answer leads here` };
  });
  const edges = graph.edges.map((edge): PictureEdge => {
    const tone = coverage === undefined ? "plain" : edgeTone(coverage.edges[edgeKey(edge.from, edge.to)]);
    return { ...edge, tone };
  });
  return { flow: graph.flow, steps, edges, caption: captionOf(graph, coverage) };
}

const plain = { tone: "plain", note: "" } as const;

function stepTone(covered: FlowCoverage["steps"][string] | undefined): { tone: Tone; note: string } {
  if (covered === undefined || covered.calls === 0) return { tone: "missed", note: "not visited" };
  const { calls, faultless, struck, failed } = covered;
  const note = `${number(calls)} ${calls === 1 ? "call" : "calls"}, ${number(struck)} ${struck === 1 ? "fault" : "faults"}`;
  if (failed > 0) return { tone: "failed", note: `${note}, ${number(failed)} failed` };
  return { tone: struck > 0 ? "proven" : faultless > 0 ? "heard" : "by-fault", note };
}

function edgeTone(covered: FlowCoverage["edges"][string] | undefined): Tone {
  if (covered === undefined || covered.calls === 0) return "missed";
  return covered.faultless > 0 ? "heard" : "by-fault";
}

function captionOf({ steps }: FlowGraph, coverage: FlowCoverage | undefined): string {
  if (coverage === undefined) return "not rehearsed yet: no colours (npm run -s rehearse)";
  const names = steps.filter(({ role }) => role !== "last-resort").map(({ name }) => name);
  const changed = stepsHash(names) === coverage.stepsHash ? "" : "; its steps have changed since";
  return `${number(coverage.calls)} calls rehearsed ${coverage.at.slice(0, 10)}, faults: ${coverage.faults}${changed}`;
}

const number = (value: number) => value.toLocaleString("en");
