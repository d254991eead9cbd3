import { useMemo, useState } from "preact/hooks";
import type { CallView } from "./call-view.ts";
import { FlowGraph } from "./flow-graph.tsx";
import { picturedCall, picturedCoverage } from "./flow-picture.ts";
import type { Model } from "./model.ts";
import { Rehearsal } from "./rehearsal.tsx";
import type { DialectChoice } from "./rehearsal-protocol.ts";

interface FlowViewProps {
  readonly model: Model;
  readonly view: CallView | undefined;
  readonly onRehearse: (flow: string, dialects: DialectChoice) => void;
  readonly onOpenCase: (caseId: string) => void;
}

/** The graph of a flow, coloured by the call or by its last rehearsal, and the rehearsal itself. */
export function FlowView({ model, view, onRehearse, onOpenCase }: FlowViewProps) {
  const [chosen, setChosen] = useState<string>();
  const [colours, setColours] = useState<"call" | "rehearsal">("call");
  const name = chosen ?? view?.summary.flow ?? model.flows[0]?.name;
  const flow = model.flows.find((one) => one.name === name);
  const isOfCall = view?.summary.flow === name;
  const visited = isOfCall ? view?.visited : undefined;
  const picture = useMemo(() => {
    if (flow === undefined) return undefined;
    const { graph, coverage } = flow;
    return colours === "rehearsal" && coverage !== undefined
      ? picturedCoverage(graph, coverage)
      : picturedCall(graph, visited ?? new Set());
  }, [flow, colours, visited]);
  if (flow === undefined || picture === undefined) return <p>There is no flow. Add one to flows/index.ts.</p>;
  const current = isOfCall && view?.summary.state !== "ended" ? view?.summary.step : undefined;
  return (
    <div class="flow-view">
      <div class="toolbar">
        <h2>{flow.name}</h2>
        <label for="shown-flow">Show</label>
        <select id="shown-flow" value={name} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          {model.flows.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
        <fieldset class="choice">
          <legend class="unseen">Colours of the steps</legend>
          <Choice name="call" label="Steps of the call" chosen={colours} onChoose={setColours} />
          <Choice
            name="rehearsal"
            label="Last rehearsal"
            chosen={colours}
            onChoose={setColours}
            disabled={flow.coverage === undefined}
          />
        </fieldset>
      </div>
      <p class="quiet">{picture.caption === "" ? legendOf(isOfCall, current) : picture.caption}</p>
      <FlowGraph picture={picture} current={current} />
      <Rehearsal
        flow={flow.name}
        steps={flow.steps}
        rehearsal={model.rehearsals.get(flow.name)}
        isBusy={[...model.rehearsals.values()].some(({ state }) => state === "running")}
        onStart={(dialects) => onRehearse(flow.name, dialects)}
        onOpenCase={onOpenCase}
      />
    </div>
  );
}

function legendOf(isOfCall: boolean, current: string | undefined): string {
  if (!isOfCall) return "Call this flow, and the steps that you come to are coloured.";
  const now = current === undefined ? "" : ` It is at ${current}, framed.`;
  return `Blue: the call came to this step.${now}`;
}

interface ChoiceProps<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly chosen: string;
  readonly onChoose: (name: Name) => void;
  readonly disabled?: boolean;
}

function Choice<Name extends string>({ name, label, chosen, onChoose, disabled = false }: ChoiceProps<Name>) {
  return (
    <label>
      <input
        type="radio"
        name="colours"
        checked={name === chosen}
        disabled={disabled}
        onChange={() => onChoose(name)}
      />
      {label}
    </label>
  );
}
