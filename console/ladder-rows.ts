import type { LadderRow, Lane, Tone } from "./ladder-row.ts";
import type { ConsoleEvent, Leg, RequestInfo, Target } from "./protocol.ts";
import { breakerWords, endText, inputText, isGoodEnd, lengthText, requestWords } from "./words.ts";

/** One line of the ladder of a call that the console saw. */
export type Row = LadderRow & {
  /** the request and reply that it belongs to, for its details */
  readonly request?: number;
  readonly event: ConsoleEvent;
};

type Drawn = Omit<Extract<Row, { kind: "arrow" }>, "id" | "atMs" | "event" | "kind">;

/**
 * How an event is drawn; undefined where it is not, because another one tells the same.
 *
 * @param leg that was asked last: an effect does not tell whose it is
 */
export function rowOf(event: ConsoleEvent, id: number, leg: Leg): Row | undefined {
  const { atMs } = event;
  const base = { id, atMs, event };
  const arrow = (drawn: Partial<Drawn> & Pick<Drawn, "from" | "to" | "label">): Row => ({
    ...base,
    kind: "arrow",
    tone: "plain",
    dashed: false,
    lost: false,
    ...drawn,
  });
  const banner = (label: string, tone: Tone): Row => ({ ...base, kind: "banner", label, tone });
  switch (event.kind) {
    case "call.began": {
      const { replayOf, flow } = event.call;
      return banner(`call to ${flow}${replayOf === undefined ? "" : `, replayed from turn ${replayOf.turn}`}`, "quiet");
    }
    case "heard":
      return arrow({ from: "twilio", to: "caller", label: heardText(event), tone: "quiet", ...spokenIn(event) });
    case "answered":
      return arrow({ from: "caller", to: "twilio", label: inputText(event.input) });
    case "request":
      return arrow({ from: "twilio", to: laneOf(event.leg), label: askedText(event), ...of(event) });
    case "reply":
      return arrow({ from: laneOf(event.leg), to: "twilio", label: repliedText(event), ...of(event), ...howOf(event) });
    case "failover":
      return banner(`FAILOVER: error ${event.errorCode}, Twilio asks the fallback`, "failover");
    case "turn": {
      const isLost = event.saved === false;
      const saved = event.saved === undefined ? "" : isLost ? ", not saved" : ", saved";
      const at = event.turn === undefined ? "" : `turn ${event.turn} ${event.step ?? ""} `;
      const label = `${at.trimEnd()}${at === "" ? "" : ": "}${event.outcome}${saved}`;
      return arrow({ from: event.leg, to: "table", label, tone: isLost ? "bad" : "quiet", lost: isLost });
    }
    case "effect":
      return arrow({
        from: leg,
        to: "effects",
        label: `${event.effect}: ${event.state}`,
        tone: event.state === "again" ? "bad" : "plain",
      });
    case "silence": {
      const lengthMs = Math.max(0, event.toMs - event.fromMs);
      const label = `silence, ${lengthText(lengthMs)}`;
      return { ...base, kind: "silence", atMs: event.fromMs, lengthMs, label, tone: "quiet" };
    }
    case "alert":
      return banner(`error ${event.errorCode}: ${event.detail}`, event.level === "ERROR" ? "bad" : "quiet");
    case "call.ended":
      return banner(`call ended: ${endText(event.how)}`, isGoodEnd(event.how) ? "quiet" : "bad");
    case "breaker":
      return banner(`breaker ${event.on ? "on" : "off"}: ${breakerWords[event.name].label}`, "failover");
    default:
      return undefined;
  }
}

type Of<Kind extends ConsoleEvent["kind"]> = Extract<ConsoleEvent, { kind: Kind }>;

function laneOf(target: Target): Lane {
  return target === "elsewhere" ? "effects" : target;
}

function of({ request, requestKind }: RequestInfo): { request: number; tone: Tone } {
  return { request, tone: requestKind === "media" || requestKind === "status" ? "quiet" : "plain" };
}

function spokenIn({ language }: Of<"heard">): Pick<Row, "language"> {
  return language === "en" ? {} : { language };
}

function heardText({ sound, text, lengthMs, mediaFile }: Of<"heard">): string {
  if (sound === "pause") return `pause, ${lengthText(lengthMs)}`;
  if (sound === "tones") return `tones ${text}`;
  return text === "" ? (mediaFile ?? "audio") : `"${text}"`;
}

/** Parameters that tell what the caller did. */
const answers = ["Digits", "SpeechResult", "DialCallStatus", "QueueResult", "RecordingDuration", "Result"] as const;

function askedText({ requestKind, leg, attempt, params, url }: Of<"request">): string {
  const where = leg === "elsewhere" ? " elsewhere" : "";
  const again = attempt === 0 ? "" : `, try ${attempt + 1}`;
  const file = requestKind === "media" ? ` ${url.slice(url.lastIndexOf("/") + 1).split("?", 1)[0]}` : "";
  const brought = answers.flatMap((name) => (params[name] === undefined ? [] : [`${name} ${params[name]}`]));
  return [`${requestWords[requestKind]}${where}${file}${again}`, ...brought].join(" · ");
}

function repliedText({ status, errorCode, durationMs, checkpoint, verbs }: Of<"reply">): string {
  const told = status === undefined ? "no answer" : `${status}`;
  const error = errorCode === undefined ? "" : `, error ${errorCode}`;
  const turn = checkpoint === undefined ? [] : [`turn ${checkpoint.turn} ${checkpoint.step}`];
  const heard = verbs === undefined || verbs.length === 0 ? [] : [verbs.join(" ")];
  return [`${told} in ${lengthText(durationMs)}${error}`, ...turn, ...heard].join(" · ");
}

function howOf({ status, errorCode, requestKind }: Of<"reply">): Partial<Drawn> {
  const failed = status === undefined || status >= 400 || errorCode !== undefined;
  const quiet = requestKind === "media" || requestKind === "status";
  return { dashed: true, lost: status === undefined, tone: failed ? "bad" : quiet ? "quiet" : "plain" };
}
