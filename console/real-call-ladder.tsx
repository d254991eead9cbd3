import { useEffect, useRef, useState } from "preact/hooks";
import { Fields } from "./details.tsx";
import { Ladder } from "./ladder.tsx";
import type { MomentDetails, RealCall } from "./real-call-protocol.ts";

/** The ladder of a real call, with what is known of the row that was chosen, what became of it all, and the same as text. */
export function RealCallLadder({ call }: { readonly call: RealCall }) {
  const [openId, setOpenId] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  const { callSid, rows, moments, summary, text } = call;
  const moment = moments[rows.find(({ id }) => id === openId)?.moment ?? -1];
  const close = (): void => {
    setOpenId(undefined);
    frame.current?.querySelector<HTMLElement>(`[data-row="${openId}"]`)?.focus();
  };
  return (
    <div class="real-call" ref={frame}>
      <p>
        <a href={`/trace/${callSid}`}>Open as a page of its own</a>
      </p>
      <div class={moment === undefined ? "split" : "split open"}>
        <Ladder rows={rows} openId={openId} isLive={false} onOpen={setOpenId} />
        {moment !== undefined && <Moment key={openId} moment={moment} onClose={close} />}
      </div>
      <Summary sections={summary} />
      <details>
        <summary>As text</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <section class="source wide" tabIndex={0} aria-label={`Ladder of ${callSid} as text`}>
          <pre>{text}</pre>
        </section>
      </details>
    </div>
  );
}

/** What is said about the call as a whole, in the words of `trace`. */
export function Summary({ sections }: { readonly sections: RealCall["summary"] }) {
  return (
    <>
      {sections.map(({ title, lines }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {lines.map((line, at) => (
              <li key={`${at} ${line}`}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface MomentProps {
  readonly moment: MomentDetails;
  readonly onClose: () => void;
}

function Moment({ moment: { who, what, sections }, onClose }: MomentProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section
      class="details"
      aria-labelledby="moment-title"
      onKeyDown={({ key }) => {
        if (key === "Escape") onClose();
      }}
    >
      <div class="title">
        <h3 id="moment-title" tabIndex={-1} ref={title}>
          {who}
        </h3>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <p>{what}</p>
      {sections.map(({ title: name, facts }) => (
        <div key={name}>
          <h4>{name}</h4>
          <Fields of={facts} />
        </div>
      ))}
    </section>
  );
}
