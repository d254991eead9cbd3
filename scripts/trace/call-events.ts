import { setTimeout as sleep } from "node:timers/promises";
import { createUrls, type ParsedUrl } from "../../core/action-url.ts";
import { RestError, readRestError, restClient } from "../twilio/rest.ts";
import type { AskedRequest, Source } from "./known.ts";
import { counted, formed, given, oneOf } from "./mask.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** More than a call can make: its turns, replays and status callbacks together. */
const eventsMax = 1_000;
const answerMs = 10_000;
const elapsedMsMax = 10 * 60_000;

const verbs = ["Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Redirect", "Hangup", "Reject"];
const moreVerbs = ["Pay", "Connect", "Refer", "Sms", "Message", "Start", "Stop", "Prompt"];
/** Of the parameters of a request these may be told to have been there; what they held is the caller's. */
const fromCaller = { digits: "digits", speechresult: "speech", recordingurl: "a recording" } as const;
const callStatuses = ["ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"] as const;

/**
 * Asks Twilio which requests it made for a call. It tells a quarter of an hour after the call has ended. [D Call Event resource]
 */
export async function readCallEvents(
  callSid: string,
  env: Env,
): Promise<{ readonly source: Source; readonly asked?: readonly AskedRequest[] }> {
  const not = (what: string) => ({ source: { name: "Call Events", had: false, what } as const });
  try {
    const listed = restClient(env).calls(callSid).events.list({ limit: eventsMax });
    // whoever comes too late is heard by nobody
    listed.catch(() => {});
    const events = await Promise.race([listed, sleep(answerMs, undefined, { ref: false })]);
    if (events === undefined) return not(`Twilio's REST API did not answer within ${answerMs / 1000} s`);
    if (events.length === 0) return not("Twilio lists none: it does so 15 minutes after the end of a call");
    const asked = events.map((event) => toAsked(event, env)).filter((one) => one !== undefined);
    const what = `${asked.length} requests`;
    return { source: { name: "Call Events", had: true, what }, asked: asked.toSorted((a, b) => a.atMs - b.atMs) };
  } catch (error) {
    if (error instanceof RestError) return not(error.message);
    const { kind } = readRestError(error);
    const { status, code } = error as { status?: unknown; code?: unknown };
    const number = counted(code, 99_999) ?? counted(status, 999) ?? "no code";
    return not(kind === "refused" ? `Twilio refuses (${number})` : "Twilio's REST API cannot be reached");
  }
}

/**
 * What may be told of one event: kinds, codes and times. The request's parameters come in snake case [D Call Event resource];
 * either case is read.
 *
 * @returns undefined for an event without a time
 */
export function toAsked(event: { request: unknown; response: unknown }, env: Env): AskedRequest | undefined {
  const request = recordOf(event.request);
  const response = recordOf(event.response);
  const parameters = recordOf(request.parameters);
  const noted = Date.parse(String(response.date_created ?? ""));
  if (!Number.isFinite(noted)) return undefined;
  const named = new Map(Object.entries(parameters).map(([name, value]) => [plainName(name), value]));
  const url = urlOf(request.url, env);
  const failed = named.has("errorurl") ? urlOf(named.get("errorurl"), env) : undefined;
  return given<AskedRequest>({
    leg: url?.leg,
    url: url?.kind ?? "other",
    atMs: noted,
    elapsedMs: counted(response.request_duration, elapsedMsMax),
    status: counted(response.response_code, 999) || undefined,
    errorCode: formed("errorCode", String(named.get("errorcode") ?? "")),
    failed: failed && `${failed.kind} URL of the ${failed.leg}`,
    callStatus: oneOf(callStatuses, named.get("callstatus")),
    brought: Object.entries(fromCaller).flatMap(([name, what]) => (named.get(name) ? [what] : [])),
    verbs: verbsIn(response.response_body),
  });
}

/** @returns what a URL of ours is: by the legs' addresses if they are known, else by its path alone */
function urlOf(text: unknown, env: Env): Pick<ParsedUrl, "kind" | "leg"> | undefined {
  if (typeof text !== "string" || !URL.canParse(text)) return undefined;
  const { PRIMARY_BASE_URL: primary, FALLBACK_BASE_URL: fallback } = env;
  const { origin } = new URL(text);
  const known = primary && fallback && URL.canParse(primary) && URL.canParse(fallback);
  return createUrls(known ? { primary, fallback } : { primary: origin, fallback: origin }).parse(text);
}

function verbsIn(body: unknown): string[] {
  if (typeof body !== "string") return [];
  const tags = [...body.slice(0, 64_000).matchAll(/<([A-Z][A-Za-z]{1,20})\b/g)].map(([, tag]) => tag ?? "");
  return tags.filter((tag) => verbs.includes(tag) || moreVerbs.includes(tag)).slice(0, 30);
}

const plainName = (name: string) => name.replaceAll("_", "").toLowerCase();

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
