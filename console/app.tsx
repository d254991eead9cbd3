import { useCallback, useEffect, useState } from "preact/hooks";
import { Breakers } from "./breakers.tsx";
import { Calls } from "./calls.tsx";
import type { Client } from "./client.ts";
import { FlowView } from "./flow-view.tsx";
import { LadderView } from "./ladder-view.tsx";
import { type OpenCase, opened } from "./open-case.ts";
import { Phone } from "./phone.tsx";
import type { Player } from "./player.ts";
import type { CaseLadder, ConsoleEvent, Started } from "./protocol.ts";
import { RealCall } from "./real-call.tsx";
import { Tabs } from "./tabs.tsx";
import { useModel } from "./use-model.ts";

const tabs: Readonly<Partial<Record<Tab, string>>> = { ladder: "Ladder", flow: "Flow and rehearsal" };
type Tab = "ladder" | "flow" | "real";

/** Of no call: somebody wants to make a new one, and those that are on go on. */
const none = "";

/** The page: phone, breakers and calls on one side, the ladder or the flow on the other. */
export function App({ client, player }: { readonly client: Client; readonly player: Player }) {
  const [selectedId, setSelectedId] = useState<string>();
  const [error, setError] = useState<string>();
  const [tab, setTab] = useState<Tab>("ladder");
  const [openCase, setOpenCase] = useState<OpenCase>();
  const hear = (event: ConsoleEvent): void => {
    if (!("callId" in event) || event.callId !== selectedId) return;
    // what was refused a moment ago is no matter any more
    if (event.kind === "question" || event.kind === "call.ended") setError(undefined);
    if (event.kind === "heard" && (event.sound === "speech" || event.sound === "media")) {
      const { text, language, mediaFile } = event;
      player.say({ text, language, ...(mediaFile === undefined ? {} : { mediaFile: `/prompts/${mediaFile}` }) });
    }
    if (event.kind === "answered" || (event.kind === "call.ended" && event.how === "caller-hangup")) player.stop();
  };
  const { model, connected, error: stateError } = useModel(client, hear);
  const act = useCallback(
    async <Value,>(path: string, body: object): Promise<Value | undefined> => {
      const answer = await client.post<Value>(path, body);
      setError(answer.kind === "refused" ? answer.message : undefined);
      return answer.kind === "done" ? answer.value : undefined;
    },
    [client],
  );
  const start = async (path: string, body: object): Promise<void> => {
    const started = await act<Started>(path, body);
    if (started === undefined) return;
    player.stop();
    setOpenCase(undefined);
    setSelectedId(started.id);
  };
  const showCase = async (caseId: string): Promise<void> => {
    const answer = await client.get<CaseLadder>(`/api/cases/${encodeURIComponent(caseId)}`);
    if (answer.kind === "refused") return setError(answer.message);
    setError(undefined);
    setOpenCase(opened(answer.value));
    setTab("ladder");
  };
  const newest = model?.calls[0]?.summary.id;
  // until somebody chooses, the newest call is shown
  useEffect(() => {
    if (selectedId === undefined && newest !== undefined) setSelectedId(newest);
  }, [selectedId, newest]);
  if (model === undefined) return <Waiting error={stateError} />;
  const view = model.calls.find(({ summary }) => summary.id === selectedId);
  const select = (id: string): void => {
    player.stop();
    setOpenCase(undefined);
    setSelectedId(id);
  };
  return (
    <>
      <a class="skip" href="#stage">
        Skip to the ladder
      </a>
      <header>
        <h1>Stayline console</h1>
        <p>Call a flow, break something, and hear the call go on. Twilio is simulated; nothing leaves this machine.</p>
        <p class={connected ? "link on" : "link off"} role="status">
          {connected ? "Connected" : "Not connected: is npm start still running?"}
        </p>
      </header>
      <main>
        <div class={error === undefined ? "error empty" : "error"}>
          <p role="alert">{error}</p>
          <button type="button" onClick={() => setError(undefined)}>
            Close
          </button>
        </div>
        <Phone
          flows={model.flows}
          view={view}
          onStart={(flow, language) => start("/api/calls", { flow, language })}
          onInput={(input) => view && act(`/api/calls/${view.summary.id}/input`, input)}
          onMute={player.mute}
        />
        <div class="side">
          <Breakers breakers={model.breakers} onSet={(name, on) => act(`/api/breakers/${name}`, { on })} />
          <Calls calls={model.calls} selectedId={selectedId} onSelect={select} onNew={() => select(none)} />
        </div>
        <div class="stage" id="stage" tabIndex={-1}>
          <Tabs tabs={model.canTrace ? { ...tabs, real: "Real call" } : tabs} chosen={tab} onChoose={setTab}>
            {tab === "ladder" && (
              <LadderView
                key={openCase?.title ?? selectedId ?? ""}
                view={openCase?.view ?? view}
                openCase={openCase}
                onCloseCase={() => setOpenCase(undefined)}
                onControl={(verb) => view && act(`/api/calls/${view.summary.id}/${verb}`, {})}
                onReplay={(turn) => view && start(`/api/calls/${view.summary.id}/replay`, { turn })}
              />
            )}
            {tab === "flow" && (
              <FlowView
                model={model}
                view={view}
                onRehearse={(flow, dialects) => act("/api/rehearsals", { flow, dialects })}
                onOpenCase={showCase}
              />
            )}
            {tab === "real" && <RealCall onLook={(callSid) => client.get(`/api/trace/${callSid}`)} />}
          </Tabs>
        </div>
      </main>
    </>
  );
}

function Waiting({ error }: { readonly error: string | undefined }) {
  return (
    <main class="waiting">
      <h1>Stayline console</h1>
      <p role={error === undefined ? "status" : "alert"}>{error ?? "Asking the server for its flows."}</p>
    </main>
  );
}
