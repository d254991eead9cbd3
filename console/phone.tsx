import { useEffect, useRef, useState } from "preact/hooks";
import type { CallView } from "./call-view.ts";
import { Captions } from "./captions.tsx";
import { Keypad } from "./keypad.tsx";
import { PlaceCall } from "./place-call.tsx";
import type { CallerInput, FlowInfo, Language } from "./protocol.ts";

interface PhoneProps {
  readonly flows: readonly FlowInfo[];
  readonly view: CallView | undefined;
  readonly onStart: (flow: string, language: Language) => void;
  readonly onInput: (input: CallerInput) => void;
  readonly onMute: (on: boolean) => void;
}

/** The caller's side: place a call, read and hear what is said, answer. */
export function Phone({ flows, view, onStart, onInput, onMute }: PhoneProps) {
  const [muted, setMuted] = useState(false);
  const isOn = view !== undefined && view.summary.state !== "ended";
  useEffect(() => onMute(muted), [muted, onMute]);
  const question = isOn ? view.summary.question : undefined;
  // a pause by the caller has its own button
  const offers = question?.offers.filter(({ input }) => input.kind !== "silence") ?? [];
  const title = useRef<HTMLHeadingElement>(null);
  const wasOn = useRef(isOn);
  useEffect(() => {
    if (wasOn.current === isOn) return;
    wasOn.current = isOn;
    // what was pressed is gone: the keyboard goes on from here
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.matches(":disabled")) title.current?.focus();
  }, [isOn]);
  return (
    <section class="card phone" aria-labelledby="phone-title">
      <div class="title">
        <h2 id="phone-title" tabIndex={-1} ref={title}>
          Phone
        </h2>
        <button type="button" aria-pressed={muted} onClick={() => setMuted(!muted)}>
          Mute
        </button>
      </div>
      {isOn ? <OnCall view={view} /> : <PlaceCall flows={flows} before={view?.summary} onStart={onStart} />}
      <Captions view={view} />
      <p class="quiet asked" role="status">
        {isOn ? waitText(view, offers.length > 0) : "Call, then answer with keys, with words, or not at all."}
      </p>
      {offers.length > 0 && (
        <fieldset class="offers">
          <legend>What comes of it?</legend>
          {offers.map(({ label, input }) => (
            <button key={label} type="button" onClick={() => onInput(input)}>
              {label}
            </button>
          ))}
        </fieldset>
      )}
      <Keypad isOn={isOn} onDigit={(digits) => onInput({ kind: "digits", digits })} />
      <Speak isOn={isOn} onSay={(text) => onInput({ kind: "speech", text })} />
      <div class="pair">
        <button type="button" disabled={question === undefined} onClick={() => onInput({ kind: "silence" })}>
          Say nothing
        </button>
        <button type="button" class="stop" disabled={!isOn} onClick={() => onInput({ kind: "hangup" })}>
          Hang up
        </button>
      </div>
    </section>
  );
}

function OnCall({ view }: { readonly view: CallView }) {
  const { flow, language, step, turn, state } = view.summary;
  const where = step === undefined ? "calling" : `step ${step}${turn === undefined ? "" : `, turn ${turn}`}`;
  return (
    <p>
      On the line with <strong>{flow}</strong> ({language === "ja" ? "Japanese" : "English"}): {where}
      {state === "paused" ? ", paused" : ""}
    </p>
  );
}

/** What the line waits for, so that nobody has to guess. */
function waitText({ summary: { question, state } }: CallView, isOffered: boolean): string {
  if (state === "paused" && question === undefined) return "Paused: resume or step in the ladder.";
  if (question === undefined) return "Listen. Keys can be pressed while a menu is read out.";
  const { takes, numDigits, finishOnKey } = question;
  const keys = numDigits === undefined ? "keys" : numDigits === 1 ? "one key" : `${numDigits} keys`;
  const end = numDigits === undefined && finishOnKey ? `, then ${finishOnKey}` : "";
  const more = isOffered ? ", or choose what comes of it" : "";
  if (takes.keys && takes.speech) return `The line waits: press ${keys}${end}, or say something${more}.`;
  if (takes.keys) return `The line waits: press ${keys}${end}${more}.`;
  if (takes.speech) return "The line waits: say something.";
  return `${question.verb} is waiting: choose what comes of it.`;
}

function Speak({ isOn, onSay }: { readonly isOn: boolean; readonly onSay: (text: string) => void }) {
  const [text, setText] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSay(text.trim());
    setText("");
  };
  return (
    <form class="speak" onSubmit={submit}>
      <label for="speech">Say</label>
      <input
        id="speech"
        value={text}
        maxLength={500}
        autocomplete="off"
        disabled={!isOn}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" disabled={!isOn}>
        Speak
      </button>
    </form>
  );
}
