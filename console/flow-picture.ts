import type { Picture, PictureEdge, PictureStep, Tone } from "../scripts/flow/picture.ts";
import type { FlowCoverage, FlowGraph } from "./protocol.ts";

/** The flow with the steps of a call: those it came to, and nothing more. */
export function picturedCall(graph: FlowGraph, visited: ReadonlySet<string>): Picture {
  const steps = graph.steps.map((step): PictureStep => {
    return { ...step, tone: visited.has(step.name) ? "heard" : "plain", note: "" };
  });
  return { flow: graph.flow, steps, edges: graph.edges.map((edge) => ({ ...edge, tone: "plain" })), caption: "" };
}

/** The flow with what the last rehearsal made of each step. Which ways were taken is not told. */
export function picturedCoverage(graph: FlowGraph, coverage: FlowCoverage): Picture {
  const steps = graph.steps.map((step): PictureStep => {
    const covered = coverage.steps[step.name];
    if (covered === undefined || covered.calls === 0) return { ...step, tone: "missed", note: "not visited" };
    const { calls, struck, failed } = covered;
    const note = `${counted(calls, "call")}, ${counted(struck, "fault")}${failed > 0 ? `, ${failed} failed` : ""}`;
    return { ...step, note, tone: toneOf(covered) };
  });
  const edges = graph.edges.map((edge): PictureEdge => ({ ...edge, tone: "plain" }));
  const caption = `${counted(coverage.calls, "call")} rehearsed ${coverage.at.slice(0, 10)}, faults: ${coverage.faults}`;
  return { flow: graph.flow, steps, edges, caption };
}

function toneOf({ struck, failed, faultless }: FlowCoverage["steps"][string]): Tone {
  if (failed > 0) return "failed";
  return struck > 0 ? "proven" : faultless > 0 ? "heard" : "by-fault";
}

function counted(count: number, word: string): string {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}
