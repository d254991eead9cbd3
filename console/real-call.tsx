import { useState } from "preact/hooks";
import type { Answer } from "./client.ts";
import { RealCallLadder, Summary } from "./real-call-ladder.tsx";
import type { RealCall as Known } from "./real-call-protocol.ts";

/** Looks a call of the deployed stack up by its CallSid; changes nothing. */
export function RealCall({ onLook }: { readonly onLook: (callSid: string) => Promise<Answer<Known>> }) {
  const [callSid, setCallSid] = useState("");
  const [answer, setAnswer] = useState<Answer<Known>>();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setAnswer(await onLook(callSid.trim()));
    setIsBusy(false);
  };
  return (
    <div class="real-call">
      <h2>A call of the deployed stack</h2>
      <p class="quiet">
        Read only, with numbers and answers masked. The CallSid is in Twilio's call log. Table and log files are read
        again at each look.
      </p>
      <form class="speak" onSubmit={submit}>
        <label for="call-sid">CallSid</label>
        <input
          id="call-sid"
          value={callSid}
          required
          pattern="\s*CA[0-9a-f]{32}\s*"
          title="CA and 32 hexadecimal digits"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setCallSid(currentTarget.value)}
        />
        <button type="submit" disabled={isBusy}>
          {isBusy ? "Looking" : "Show its ladder"}
        </button>
      </form>
      <div role="status">{answer !== undefined && <Outcome answer={answer} />}</div>
      {answer?.kind === "done" && answer.value.known && (
        <RealCallLadder key={answer.value.callSid} call={answer.value} />
      )}
    </div>
  );
}

function Outcome({ answer }: { readonly answer: Answer<Known> }) {
  if (answer.kind === "refused") return <p class="bad">{answer.message}</p>;
  const { callSid, known, rows, summary } = answer.value;
  if (!known) {
    return (
      <>
        <p>
          Nothing is known of {callSid}: its checkpoints may have expired, or it is of another table, or of other days
          than the log files.
        </p>
        <Summary sections={summary.filter(({ title }) => title === "Sources")} />
      </>
    );
  }
  return (
    <p class="unseen">
      {rows.length} rows of {callSid}
    </p>
  );
}
