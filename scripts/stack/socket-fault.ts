import type { WireAnswer, WireRequest } from "./http-bytes.ts";
import { toAnswer } from "./http-bytes.ts";

/** What goes back to the client, and how the connection ends. */
export type Delivery =
  | { kind: "send"; bytes: Buffer; lateMs?: number }
  /** `fin` ends the connection in good order, `reset` as a machine does that knows nothing of it. */
  | { kind: "cut"; bytes: Buffer; by: "fin" | "reset" }
  /** The head at once, the body byte by byte without its last one. */
  | { kind: "drip"; answer: WireAnswer }
  /** Nothing, until the client leaves. */
  | { kind: "hang" };

/** How often the leg gets the request, and what is made of its (last) answer. */
export type FaultPlan =
  | { asks: "never"; deliver: (request: WireRequest) => Delivery }
  | { asks: "once" | "twice" | "twice-at-once"; deliver: (answer: WireAnswer, slowMs: number) => Delivery };

/** Twilio refuses more than 64 kB with error 11750. [D ERR 11750] */
const tooLongBytes = 65 * 1024;
/** Stands in the query of a redirected request, so that the loop needs no memory and ends with the request that met it. */
const loopMark = "redirected=again";
const badGateway = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

/** Faults of one request; `refused` stands apart, because a closed port has no requests. */
export const faultPlans = {
  none: whenAnswered(({ bytes }) => send(bytes)),
  "reset-before": never(() => reset),
  "reset-after": whenAnswered(() => reset),
  cut: whenAnswered((answer) => ({ kind: "cut", bytes: halfOf(answer), by: "fin" })),
  "cut-reset": whenAnswered((answer) => ({ kind: "cut", bytes: halfOf(answer), by: "reset" })),
  "hang-before": never(() => ({ kind: "hang" })),
  "hang-after": whenAnswered(() => ({ kind: "hang" })),
  drip: whenAnswered(({ status, headers, body }) => ({ kind: "drip", answer: toAnswer(status, headers, body) })),
  slow: whenAnswered(({ bytes }, slowMs) => ({ kind: "send", bytes, lateMs: slowMs })),
  "gateway-502-before": never(() => html("502 Bad Gateway", badGateway)),
  "gateway-502-after": whenAnswered(() => html("502 Bad Gateway", badGateway)),
  "status-404": never(() => html("404 Not Found", "Not Found")),
  "status-429": never(() => html("429 Too Many Requests", "Too Many Requests")),
  "status-500": never(() => html("500 Internal Server Error", "Internal Server Error")),
  empty: whenAnswered(() => answered("200 OK", [["content-type", "text/xml"]], "")),
  truncated: whenAnswered((answer) => changed(answer, { body: answer.body.subarray(0, half(answer.body)) })),
  malformed: whenAnswered((answer) => changed(answer, { body: beforeItsEnd(answer, "<Say>fish & chips</Say>") })),
  "wrong-type": whenAnswered((answer) => changed(answer, { type: "application/json" })),
  "no-type": whenAnswered((answer) => changed(answer, { type: "none" })),
  oversize: whenAnswered((answer) =>
    changed(answer, { body: beforeItsEnd(answer, `<!--${" ".repeat(tooLongBytes)}-->`) }),
  ),
  "redirect-loop": never(({ target }) => answered("302 Found", [["location", loopOf(target)]], "")),
  garbage: never(() => send(Buffer.from("220 mail.example ESMTP ready\r\n"))),
  duplicate: { asks: "twice", deliver: ({ bytes }) => send(bytes) },
  "duplicate-at-once": { asks: "twice-at-once", deliver: ({ bytes }) => send(bytes) },
} as const satisfies Readonly<Record<string, FaultPlan>>;

export type RequestFault = Exclude<keyof typeof faultPlans, "none">;
export type SocketFault = RequestFault | "refused";

/** A request that an earlier redirect of the loop asked for: it stays in the loop, whatever fault is next. */
export function isInLoop(target: string): boolean {
  return target.includes(loopMark);
}

function never(deliver: (request: WireRequest) => Delivery) {
  return { asks: "never", deliver } as const;
}

function whenAnswered(deliver: (answer: WireAnswer, slowMs: number) => Delivery) {
  return { asks: "once", deliver } as const;
}

function send(bytes: Buffer): Delivery {
  return { kind: "send", bytes };
}

const reset: Delivery = { kind: "cut", bytes: Buffer.alloc(0), by: "reset" };

function answered(...answer: Parameters<typeof toAnswer>): Delivery {
  return send(toAnswer(...answer).bytes);
}

function html(status: string, body: string): Delivery {
  return answered(status, [["content-type", "text/html"]], body);
}

/** The same answer with another body or content type; `none` takes the header away. */
function changed({ status, headers, body }: WireAnswer, to: { body?: Buffer; type?: string }): Delivery {
  const others = headers.filter(([name]) => to.type === undefined || name.toLowerCase() !== "content-type");
  const type = to.type === undefined || to.type === "none" ? [] : [["content-type", to.type] as const];
  return answered(status, [...others, ...type], to.body ?? body);
}

const half = (body: Buffer): number => Math.floor(body.length / 2);

/** Head and half of the body, `content-length` that of the whole. */
function halfOf({ status, headers, body }: WireAnswer): Buffer {
  const { bytes } = toAnswer(status, headers, body);
  return bytes.subarray(0, bytes.length - body.length + half(body));
}

function beforeItsEnd({ body }: WireAnswer, text: string): Buffer {
  const endAt = body.lastIndexOf("</Response>");
  // `<Response/>`, or no TwiML at all: a document of its own
  if (endAt < 0) return Buffer.from(`<Response>${text}</Response>`);
  return Buffer.concat([body.subarray(0, endAt), Buffer.from(text), body.subarray(endAt)]);
}

function loopOf(target: string): string {
  const markAt = target.indexOf(loopMark);
  if (markAt >= 0) return target.slice(0, markAt + loopMark.length);
  return `${target}${target.includes("?") ? "&" : "?"}${loopMark}`;
}
