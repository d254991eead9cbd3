import type { CallView } from "./call-view.ts";
import { endText } from "./words.ts";

interface CallsProps {
  readonly calls: readonly CallView[];
  readonly selectedId: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onNew: () => void;
}

/** The calls that are kept, the newest first. */
export function Calls({ calls, selectedId, onSelect, onNew }: CallsProps) {
  return (
    <section class="card" aria-labelledby="calls-title">
      <div class="title">
        <h2 id="calls-title">Calls</h2>
        {calls.length > 0 && (
          <button type="button" onClick={onNew}>
            New call
          </button>
        )}
      </div>
      {calls.length === 0 ? (
        <p class="quiet">None yet. Each call that you make stays here, with its ladder, up to 50.</p>
      ) : (
        <ol class="calls">
          {calls.map(({ summary }) => (
            <li key={summary.id}>
              <button
                type="button"
                aria-current={summary.id === selectedId ? "true" : undefined}
                onClick={() => onSelect(summary.id)}
              >
                <span>
                  {summary.flow} <span class="quiet">{summary.startedAt.slice(11, 19)}</span>
                </span>
                <span class="quiet">{howText(summary)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function howText({ state, ended, step, failovers, replayOf }: CallView["summary"]): string {
  const now = state === "ended" ? (ended === undefined ? "ended" : endText(ended)) : `${state}, ${step ?? "beginning"}`;
  const moved = failovers === 0 ? "" : `, ${failovers} ${failovers === 1 ? "failover" : "failovers"}`;
  const replay = replayOf === undefined ? "" : `, replay from turn ${replayOf.turn}`;
  return `${now}${moved}${replay}`;
}
