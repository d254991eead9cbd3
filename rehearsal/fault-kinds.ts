/** Where an operation of a call can break. */
export type Place = "primary" | "fallback" | "media" | "status" | "table" | "effect" | "clock";

export interface FaultKind<Name extends string = string> {
  readonly name: Name;
  /** Before the operation takes effect, after it did, or later than anybody waits for. */
  readonly takes: "before" | "after" | "late";
  readonly lasts: "once" | "from here on";
  /** One line: what happens. */
  readonly what: string;
}

type Make = <Name extends string>(name: Name, what: string) => FaultKind<Name>;
const before: Make = (name, what) => ({ name, takes: "before", lasts: "once", what });
const after: Make = (name, what) => ({ name, takes: "after", lasts: "once", what });
const late: Make = (name, what) => ({ name, takes: "late", lasts: "once", what });
const fromHereOn: Make = (name, what) => ({ name, takes: "before", lasts: "from here on", what });

const webhookFaults = [
  before("refused", "the connection is refused"),
  before("dns", "the host name is not found"),
  before("tls", "the TLS handshake fails"),
  before("no-connection", "no connection within the connect timeout"),
  before("hang", "accepted, never passed on, no answer within the read timeout"),
  before("status-404", "404 from a server that does not know the path"),
  before("status-429", "429: throttled before the handler"),
  before("status-500", "500 before the handler"),
  before("gateway-502", "502 from a gateway, the handler never ran"),
  before("redirect-loop", "redirected more than ten times"),
  after("answer-lost", "handled; the connection is reset before the answer"),
  after("answer-late", "handled; the answer comes later than Twilio waits"),
  after("answer-cut", "handled; the connection breaks in the middle of the answer"),
  after("gateway-502-after", "handled; a gateway answers 502"),
  after("empty", "handled; 200 with nothing in it"),
  after("truncated", "handled; 200 with the first half of the TwiML"),
  after("malformed", "handled; 200 with an unescaped &"),
  after("wrong-type", "handled; 200 as application/json"),
  after("oversize", "handled; 200 with more than 64 kB"),
  after("slow", "handled; the answer comes just in time"),
  after("twice", "delivered twice, one after the other"),
  after("at-once", "delivered twice at once"),
  late("late-beside", "the handler starts when Twilio has given up, beside the fallback's"),
  late("late-behind", "the handler starts when the fallback has answered"),
  late("late-turn", "the handler starts some turns later"),
  before("hung-up-before", "the caller hangs up before the request is handled"),
  after("hung-up-after", "the caller hangs up while the request is handled"),
  fromHereOn("down", "this leg refuses every connection from here on"),
  fromHereOn("hangs", "this leg hangs from here on"),
  fromHereOn("flaps", "this leg refuses every other request from here on"),
  fromHereOn("deployed", "both legs are deployed anew here, every step under another name"),
  fromHereOn("deployed-fallback", "the fallback leg is deployed anew here, every step under another name"),
] as const;

/** Every way in which an operation can break, by the kind of operation. */
export const faultKinds = {
  call: [
    fromHereOn("fallback-clock-ahead", "the fallback's clock is an hour ahead"),
    fromHereOn("fallback-clock-behind", "the fallback's clock is an hour behind"),
    fromHereOn("table-down", "the table is gone for the whole call"),
  ],
  request: webhookFaults,
  fallback: webhookFaults,
  media: [
    before("status-404", "the file is not there"),
    before("refused", "the media host refuses the connection"),
    before("hang", "the media host does not answer"),
    after("wrong-type", "the file comes as text/html"),
    fromHereOn("host-down", "this media host is gone from here on"),
  ],
  status: [
    before("lost", "the status callback is never delivered"),
    late("late", "the status callback comes after the next document"),
    late("at-the-end", "the status callback comes after the call"),
    after("twice", "the status callback is delivered twice"),
  ],
  read: [
    before("refused", "the table refuses at once"),
    before("timeout", "the table does not answer in time"),
    after("slow", "the table answers just in time"),
    after("stale", "a replica answers that lacks the last write"),
    before("crash", "the process dies before reading"),
    before("stopped-short", "the process is suspended, and wakes just before another one reads or writes"),
    before("stopped-behind", "the process is suspended, and wakes when another one has answered"),
    before("stopped-long", "the process is suspended, and wakes some turns later"),
    fromHereOn("table-down", "the table is gone from here on"),
    fromHereOn("table-down-here", "the table is gone from here on, for this leg"),
  ],
  write: [
    before("refused", "the table refuses or throttles at once"),
    before("timeout", "the table does not answer in time, nothing is written"),
    after("slow", "the table answers just in time"),
    after("unheard", "written; the answer is lost"),
    late("late", "the table does not answer in time, and writes a second later"),
    before("crash", "the process dies before writing"),
    after("crash-after", "written; the process dies"),
    before("stopped-short", "the process is suspended, and wakes just before another one reads or writes"),
    before("stopped-behind", "the process is suspended, and wakes when another one has answered"),
    before("stopped-long", "the process is suspended, and wakes some turns later"),
    after("stopped-after", "written; the process is suspended, and wakes some turns later"),
    fromHereOn("table-down", "the table is gone from here on"),
    fromHereOn("table-down-here", "the table is gone from here on, for this leg"),
  ],
  effect: [
    before("refused", "the outside service refuses the connection"),
    before("status-500", "the outside service answers 500, nothing is done"),
    after("status-500-after", "done; the outside service answers 500"),
    before("hang", "the outside service does not answer, nothing is done"),
    after("unheard", "done; the answer never comes"),
    late("late", "no answer; done when nobody waits any more"),
    after("slow", "done; the answer comes just in time"),
    before("crash", "the process dies before the effect"),
    after("crash-after", "done; the process dies"),
    fromHereOn("service-down", "the outside service is gone from here on"),
    fromHereOn("service-hangs", "the outside service hangs from here on"),
  ],
} as const satisfies Record<string, readonly FaultKind[]>;

export type PointKind = keyof typeof faultKinds;
export type FaultName<Kind extends PointKind> = (typeof faultKinds)[Kind][number]["name"];

/** What can be chosen at a point of each kind; the first is that nothing happens. */
export const faultOptions: { readonly [Kind in PointKind]: readonly ("-" | FaultName<Kind>)[] } = {
  call: options("call"),
  request: options("request"),
  fallback: options("fallback"),
  media: options("media"),
  status: options("status"),
  read: options("read"),
  write: options("write"),
  effect: options("effect"),
};

function options<Kind extends PointKind>(kind: Kind): readonly ("-" | FaultName<Kind>)[] {
  return ["-", ...faultKinds[kind].map(({ name }) => name)];
}

/**
 * Faults after which a leg cannot tell which it was, each by the one that stands for it: Twilio tells one error code for all
 * of transport (5.6 of the facts about Twilio: 11200), or one of a class (112xx) that the core reads as one.
 */
const indistinct: Readonly<Record<string, string>> = {
  ...{ dns: "refused", tls: "refused", "status-404": "refused", "status-429": "refused", "status-500": "refused" },
  ...{ "gateway-502": "refused", "gateway-502-after": "answer-lost", truncated: "empty", malformed: "empty" },
};
/** The fallback URL is retried, but not after this. */
const notRetried: Readonly<Record<string, string>> = { "answer-cut": "answer-lost" };

/** @returns the fault that stands for this one in a search */
export function standsFor(point: string, fault: string): string {
  if (point !== "request" && point !== "fallback") return fault;
  return indistinct[fault] ?? (point === "request" ? notRetried[fault] : undefined) ?? fault;
}
