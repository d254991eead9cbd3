import { useMemo, useState } from "preact/hooks";
import { type MatrixRow, tableOf } from "./matrix.ts";
import type { MatrixCell, RehearsalState } from "./protocol.ts";
import { type DialectChoice, dialectChoices } from "./rehearsal-protocol.ts";
import { dialectWords } from "./words.ts";

interface RehearsalProps {
  readonly flow: string;
  readonly steps: readonly string[];
  readonly rehearsal: RehearsalState | undefined;
  /** one is running, of this flow or another */
  readonly isBusy: boolean;
  readonly onStart: (dialects: DialectChoice) => void;
  readonly onOpenCase: (caseId: string) => void;
}

/** Every fault once at every place of the flow: started here, its progress, its matrix, its failures. */
export function Rehearsal({ flow, steps, rehearsal, isBusy, onStart, onOpenCase }: RehearsalProps) {
  const [dialects, setDialects] = useState<DialectChoice>("few");
  return (
    <section class="rehearsal" aria-labelledby="rehearsal-title">
      <div class="toolbar">
        <h3 id="rehearsal-title">Rehearsal</h3>
        <button type="button" disabled={isBusy} onClick={() => onStart(dialects)}>
          {isBusy ? "A rehearsal is running" : `Rehearse ${flow}: each fault once, everywhere`}
        </button>
      </div>
      <div class="dialects">
        <label for="dialects">Rehearse in</label>
        <select
          id="dialects"
          value={dialects}
          onChange={({ currentTarget }) => setDialects(currentTarget.value === "all" ? "all" : "few")}
        >
          {dialectChoices.map((one) => (
            <option key={one} value={one}>
              {dialectWords[one]}
            </option>
          ))}
        </select>
      </div>
      <p class="quiet">
        A dialect is one plausible way in which Twilio behaves where its documentation says nothing. The few have each
        such answer once, all of them have each with each other.
      </p>
      {rehearsal === undefined ? (
        <p class="quiet">
          Not rehearsed since npm start. It calls this flow hundreds of times in the simulator, each time with one
          fault.
        </p>
      ) : (
        <Result rehearsal={rehearsal} steps={steps} onOpenCase={onOpenCase} />
      )}
    </section>
  );
}

interface ResultProps {
  readonly rehearsal: RehearsalState;
  readonly steps: readonly string[];
  readonly onOpenCase: (caseId: string) => void;
}

function Result({ rehearsal, steps, onOpenCase }: ResultProps) {
  const { state, dialects, cases, failed, progress, matrix, failures = [], message } = rehearsal;
  const percent = Math.floor(progress * 100);
  return (
    <>
      {state === "running" && <progress max={100} value={percent} aria-label="Progress of the rehearsal" />}
      <p role="status" class={failed > 0 || state === "failed" ? "bad" : undefined}>
        {state === "failed"
          ? `No result: ${message ?? "the rehearsal stopped"}. Start it again.`
          : `${cases.toLocaleString("en")} calls in ${dialects} dialects, ${failed === 0 ? "all came through" : `${failed} did not come through`}${state === "running" ? `, ${percent} %` : ""}.`}
      </p>
      {failures.length > 0 && (
        <ul class="failures">
          {failures.map(({ caseId, what }) => (
            <li key={caseId}>
              <button type="button" onClick={() => onOpenCase(caseId)}>
                Open as a ladder
              </button>
              <span>{what}</span>
            </li>
          ))}
        </ul>
      )}
      {matrix !== undefined && <Matrix cells={matrix} steps={steps} onOpenCase={onOpenCase} />}
    </>
  );
}

interface MatrixProps {
  readonly cells: readonly MatrixCell[];
  readonly steps: readonly string[];
  readonly onOpenCase: (caseId: string) => void;
}

function Matrix({ cells, steps, onOpenCase }: MatrixProps) {
  const table = useMemo(() => tableOf(cells, steps), [cells, steps]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section class="matrix" tabIndex={0} aria-label="Matrix of the rehearsal">
      <table>
        <caption>
          Calls by fault and by the step where it struck.
          {cells.some(({ example }) => example !== undefined) ? " Press a number to open a call as a ladder." : ""}
        </caption>
        <thead>
          <tr>
            <th scope="col">Fault</th>
            {table.steps.map((step) => (
              <th key={step} scope="col">
                {step === "" ? "before the first document" : step}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <MatrixLine key={`${row.point} ${row.fault}`} row={row} onOpenCase={onOpenCase} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MatrixLine({ row, onOpenCase }: { readonly row: MatrixRow; readonly onOpenCase: (caseId: string) => void }) {
  const { point, fault, cells } = row;
  return (
    <tr>
      <th scope="row">
        {point} <strong>{fault}</strong>
      </th>
      {cells.map((cell, at) => (
        <td key={at}>
          {cell !== undefined && <Cell cell={cell} named={`${point} ${fault}`} onOpenCase={onOpenCase} />}
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  readonly cell: MatrixCell;
  readonly named: string;
  readonly onOpenCase: (caseId: string) => void;
}

function Cell({ cell: { cases, failed, example }, named, onOpenCase }: CellProps) {
  const text = failed > 0 ? `${failed} of ${cases} failed` : cases;
  const tone = failed > 0 ? "bad" : "good";
  if (example === undefined) return <span class={tone}>{text}</span>;
  const label = `${text}, calls with ${named}: open one`;
  return (
    <button type="button" class={tone} aria-label={label} onClick={() => onOpenCase(example)}>
      {text}
    </button>
  );
}
