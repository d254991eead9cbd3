import { faultPlans, type SocketFault } from "../stack/socket-fault.ts";

export interface SocketFaultKind {
  fault: SocketFault;
  /** What happens, as the report says it. */
  description: string;
  /** Whether it strikes before the leg handles the request, or after. */
  handled: "before" | "after";
  /** Twilio gets a document that it can use: the call must not go to the fallback. */
  isSurvived: boolean;
}

const descriptions: Readonly<Record<SocketFault, string>> = {
  refused: "connection refused: nobody listens",
  "reset-before": "connection reset before the leg has the request",
  "reset-after": "connection reset before the first byte of the answer",
  cut: "connection ended in the middle of the answer",
  "cut-reset": "connection reset in the middle of the answer",
  "hang-before": "no answer, the leg never has the request",
  "hang-after": "no answer, although the leg gave one",
  drip: "the answer comes byte by byte, longer than Twilio waits",
  slow: "the answer comes late, within the deadlines",
  "gateway-502-before": "502 of a gateway that does not reach the leg",
  "gateway-502-after": "502 of a gateway that loses the answer",
  "status-404": "404, the leg is not asked",
  "status-429": "429, the leg is not asked",
  "status-500": "500, the leg is not asked",
  empty: "200 with nothing in it",
  truncated: "200 with half of the document",
  malformed: "200 with an & that is not escaped",
  "wrong-type": "200 with the content type of JSON",
  "no-type": "200 without content type",
  oversize: "200 with more than 64 kB of valid TwiML",
  "redirect-loop": "302 to itself",
  garbage: "something that is not HTTP",
  duplicate: "the request is delivered twice, one after the other",
  "duplicate-at-once": "the request is delivered twice at once",
};

const survived: ReadonlySet<SocketFault> = new Set(["slow", "duplicate", "duplicate-at-once"]);

/** Every fault that a leg's proxy can make, for rehearsals over HTTP. */
export const socketFaults: readonly SocketFaultKind[] = (Object.keys(descriptions) as SocketFault[]).map((fault) => ({
  fault,
  description: descriptions[fault],
  handled: fault === "refused" || faultPlans[fault].asks === "never" ? "before" : "after",
  isSurvived: survived.has(fault),
}));
