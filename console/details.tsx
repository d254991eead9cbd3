import { useEffect, useRef } from "preact/hooks";
import type { CallView, Exchange } from "./call-view.ts";
import { overridesIn, turnOf } from "./detail-facts.ts";
import type { Row } from "./ladder-rows.ts";
import type { ShownCheckpoint } from "./protocol.ts";
import { lengthText, requestWords } from "./words.ts";

interface DetailsProps {
  readonly row: Row;
  readonly view: CallView;
  readonly onClose: () => void;
  /** undefined: this call cannot be replayed */
  readonly onReplay: ((turn: number) => void) | undefined;
}

/** All that is known of a row of the ladder. */
export function Details({ row, view, onClose, onReplay }: DetailsProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const exchange = row.request === undefined ? undefined : view.exchanges.get(row.request);
  const { event } = row;
  const checkpoint = exchange?.reply?.checkpoint ?? (event.kind === "turn" ? event.checkpoint : undefined);
  const turn = turnOf(row, exchange);
  return (
    <section
      class="details"
      aria-labelledby="details-title"
      onKeyDown={({ key }) => {
        if (key === "Escape") onClose();
      }}
    >
      <div class="title">
        <h3 id="details-title" tabIndex={-1} ref={title}>
          {exchange?.asked === undefined ? row.label : requestWords[exchange.asked.requestKind]}
        </h3>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {turn !== undefined && onReplay !== undefined && (
        <div class="replay">
          <button type="button" onClick={() => onReplay(turn)}>
            Replay the call from turn {turn}
          </button>
          <p class="warning">
            A new call gives the same answers up to this turn, then asks you. Effects from before may run again.
          </p>
        </div>
      )}
      {exchange === undefined ? <Fields of={plainFacts(row)} /> : <ExchangeDetails exchange={exchange} />}
      {checkpoint !== undefined && <Checkpoint checkpoint={checkpoint} isSealed={exchange !== undefined} />}
    </section>
  );
}

function ExchangeDetails({ exchange }: { readonly exchange: Exchange }) {
  const { asked, reply, twimlBefore } = exchange;
  const overrides = overridesIn((asked ?? reply)?.overrides ?? "");
  return (
    <>
      {asked !== undefined && (
        <p class="url">
          {asked.method} {asked.url}
        </p>
      )}
      {reply === undefined ? (
        <p>No answer yet.</p>
      ) : (
        <p>
          {reply.status === undefined ? "No answer" : `Status ${reply.status}`} in {lengthText(reply.durationMs)}
          {reply.attempts > 1 ? `, ${reply.attempts} tries` : ""}
          {reply.errorCode === undefined ? "" : `; Twilio's error ${reply.errorCode}: ${reply.detail ?? ""}`}
        </p>
      )}
      {reply?.twiml !== undefined && <Source title="TwiML after" text={reply.twiml} />}
      {twimlBefore !== undefined && <Source title="TwiML before" text={twimlBefore} />}
      {asked !== undefined && Object.keys(asked.params).length > 0 && (
        <>
          <h4>Parameters</h4>
          <Fields of={Object.entries(asked.params)} />
        </>
      )}
      <h4>Overrides</h4>
      {overrides.length === 0 ? <p class="quiet">None: Twilio's own times apply.</p> : <Fields of={overrides} />}
    </>
  );
}

interface CheckpointProps {
  readonly checkpoint: ShownCheckpoint;
  /** out of the URLs of a document; else it is the table's */
  readonly isSealed: boolean;
}

function Checkpoint({ checkpoint, isSealed }: CheckpointProps) {
  const { data, ...position } = checkpoint;
  return (
    <>
      <h4>Checkpoint</h4>
      <p class="quiet">
        {isSealed ? "Sealed in the URLs; opened with the throw-away key of this stack." : "As the table has it."}
      </p>
      <Fields of={Object.entries(position).map(([name, value]) => [name, String(value)])} />
      <Source title="Data" text={JSON.stringify(data, undefined, 2)} />
    </>
  );
}

function Source({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section class="source" tabIndex={0} aria-label={title}>
        <pre>{text}</pre>
      </section>
    </>
  );
}

/** Names with their values. */
export function Fields({ of }: { readonly of: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === "" ? "(empty)" : value}</dd>
        </div>
      ))}
    </dl>
  );
}

const known = new Set(["kind", "callId", "call", "checkpoint"]);

function plainFacts({ event }: Row): [string, string][] {
  return Object.entries(event).flatMap(([name, value]): [string, string][] => {
    if (known.has(name) || value === undefined) return [];
    return [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
  });
}
