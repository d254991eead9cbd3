import { useState } from "preact/hooks";
import type { Answer } from "./client.ts";
import type { RealCall as Known } from "./protocol.ts";

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
      <p class="quiet">Read only, with numbers and answers masked. The CallSid is in Twilio's call log.</p>
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
      <div role="status">{answer !== undefined && <Found answer={answer} />}</div>
    </div>
  );
}

function Found({ answer }: { readonly answer: Answer<Known> }) {
  if (answer.kind === "refused") return <p class="bad">{answer.message}</p>;
  const { callSid, known, text } = answer.value;
  if (!known) return <p>Nothing is known of {callSid}: its checkpoints may have expired, or it is of another table.</p>;
  return (
    <>
      <p>
        <a href={`/trace/${callSid}`}>Open as a page of its own</a>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section class="source wide" tabIndex={0} aria-label={`Ladder of ${callSid}`}>
        <pre>{text}</pre>
      </section>
    </>
  );
}
