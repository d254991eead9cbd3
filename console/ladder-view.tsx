import { useRef, useState } from "preact/hooks";
import type { CallView } from "./call-view.ts";
import { Details } from "./details.tsx";
import { Ladder } from "./ladder.tsx";
import type { OpenCase } from "./open-case.ts";

interface LadderViewProps {
  readonly view: CallView | undefined;
  readonly openCase: OpenCase | undefined;
  readonly onCloseCase: () => void;
  readonly onControl: (verb: "pause" | "resume" | "step") => void;
  readonly onReplay: (turn: number) => void;
}

/** The ladder of a call with its controls, and the details of the row that was chosen. */
export function LadderView({ view, openCase, onCloseCase, onControl, onReplay }: LadderViewProps) {
  const [openId, setOpenId] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  if (view === undefined) {
    return (
      <div class="nothing">
        <p>No call yet. Choose a flow on the phone and press Call, then a breaker while the line speaks.</p>
        <p class="quiet">
          Each request that Twilio makes becomes an arrow here: to the primary, or, when that fails, to the fallback.
        </p>
      </div>
    );
  }
  const row = view.rows.find(({ id }) => id === openId);
  const close = (): void => {
    setOpenId(undefined);
    frame.current?.querySelector<HTMLElement>(`[data-row="${openId}"]`)?.focus();
  };
  const { state, flow, callSid } = view.summary;
  return (
    <div class="ladder-view" ref={frame}>
      {openCase === undefined ? (
        <div class="toolbar">
          <h2>
            {flow} <span class="quiet">{callSid.slice(0, 10)}</span>
          </h2>
          {state === "on" && (
            <button type="button" onClick={() => onControl("pause")}>
              Pause the call
            </button>
          )}
          {state === "paused" && (
            <>
              <button type="button" onClick={() => onControl("resume")}>
                Resume
              </button>
              <button type="button" onClick={() => onControl("step")}>
                Step: let one request pass
              </button>
            </>
          )}
        </div>
      ) : (
        <CaseHead openCase={openCase} onClose={onCloseCase} />
      )}
      {view.effectsAgain.length > 0 && (
        <p class="warning">A replay: these effects may run again: {view.effectsAgain.join(", ")}.</p>
      )}
      {view.rows.length === 0 ? (
        <p class="quiet nothing">The events of this call are no longer kept.</p>
      ) : (
        <div class={row === undefined ? "split" : "split open"}>
          <Ladder
            rows={view.rows}
            openId={openId}
            isLive={openCase === undefined && state !== "ended"}
            onOpen={setOpenId}
          />
          {row !== undefined && (
            <Details
              key={row.id}
              row={row}
              view={view}
              onClose={close}
              onReplay={openCase === undefined ? onReplay : undefined}
            />
          )}
        </div>
      )}
    </div>
  );
}

function CaseHead({ openCase, onClose }: { readonly openCase: OpenCase; readonly onClose: () => void }) {
  return (
    <>
      <div class="toolbar">
        <h2>A case of the rehearsal</h2>
        <button type="button" onClick={onClose}>
          Back to the call
        </button>
      </div>
      <p class="case-id">{openCase.title}</p>
      {openCase.findings.length === 0 ? (
        <p class="quiet">The call came through.</p>
      ) : (
        <ul class="findings">
          {openCase.findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
    </>
  );
}
