import type { Leg } from "../../core/checkpoint.ts";

/** Which URL it was: origin and pattern only. */
export interface Place {
  readonly kind: "turn" | "first" | "aside" | "status" | "media" | "fallback" | "other";
  readonly leg?: Leg;
  /** e.g. `https://host/voice/{flow}/{sealed}`; undefined: not told */
  readonly shown?: string;
  /** of the host, where its name tells: an AWS region */
  readonly region?: string;
  /** Twilio's edge, from the connection overrides */
  readonly edge?: string;
}

const edges = "ashburn dublin frankfurt sao-paulo singapore sydney tokyo umatilla".split(" ");
const interconnects = "ashburn-ix frankfurt-ix london-ix san-jose-ix singapore-ix".split(" ");
const audio = /\.(?:mp3|wav|wave|aiff?|aifc|gsm|ulaw)$/i;
const plainHost = /^(?!.*\d{7})[a-z0-9.-]{1,120}(?::\d{1,5})?$/;

type Route = readonly [RegExp, Pick<Place, "kind" | "leg">, string];
/** A stage or another prefix may stand before all of them. */
const routes: readonly Route[] = [
  [/\/voice\/[^/]+\/[^/]+\/aside$/, { kind: "aside", leg: "primary" }, "/voice/{flow}/{sealed}/aside"],
  [/\/voice\/[^/]+\/[^/]+$/, { kind: "turn", leg: "primary" }, "/voice/{flow}/{sealed}"],
  [/\/voice\/[^/]+\/?$/, { kind: "first", leg: "primary" }, "/voice/{flow}"],
  [/\/status\/[^/]+\/[^/]+$/, { kind: "status", leg: "primary" }, "/status/{flow}/{sealed}"],
  [/\/status\/[^/]+\/?$/, { kind: "status", leg: "primary" }, "/status/{flow}"],
  [/\/media\/.+$/, { kind: "media", leg: "primary" }, "/media/{sealed}/{file}"],
  [/\/prompts\/.+$/, { kind: "media", leg: "fallback" }, "/prompts/{file}"],
  [/\/voice-fallback$/, { kind: "fallback", leg: "fallback" }, "/voice-fallback"],
  [/\/voice-webhook$/, { kind: "turn", leg: "fallback" }, "/voice-webhook"],
  [/\/voice-aside$/, { kind: "aside", leg: "fallback" }, "/voice-aside"],
  [/\/status-callback$/, { kind: "status", leg: "fallback" }, "/status-callback"],
];

/** Reads a URL as Twilio tells it. Neither credentials, path, query nor seal come out. */
export function placeOf(text: unknown): Place {
  if (typeof text !== "string" || text.length > 8_000) return { kind: "other" };
  const url = URL.parse(text.trim()) ?? URL.parse(text.trim(), "relative://relative");
  if (url === null) return { kind: "other" };
  const relative = url.protocol === "relative:";
  const origin = relative ? "" : originOf(url);
  const edge = edgeIn(url.hash);
  const region = /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(relative ? "" : url.hostname)?.[1];
  const more = { ...(edge && { edge }), ...(region && { region }) };
  for (const [pattern, place, shown] of routes) {
    if (pattern.test(url.pathname)) return { ...place, ...more, shown: `${origin}${shown}` };
  }
  if (audio.test(url.pathname)) return { kind: "media", ...more, shown: `${origin}/{media}` };
  return { kind: "other", ...more, shown: `${origin}/{other}` };
}

/** Of an access log, which has routes and no paths. */
export function placeOfRoute(routeKey: unknown): Place["kind"] {
  const [, name] = /^\S+ \/(voice|status|media)\b/.exec(typeof routeKey === "string" ? routeKey : "") ?? [];
  if (name === "voice") return "turn";
  return name === "status" || name === "media" ? name : "other";
}

/** Do both name the same kind of request, as far as an access log can tell? */
export function sameRoute(route: Place["kind"], { kind }: Place): boolean {
  if (route === "turn") return kind === "turn" || kind === "first" || kind === "aside";
  return route === kind;
}

function originOf({ protocol, host }: URL): string {
  const scheme = protocol === "http:" || protocol === "https:" ? protocol : "{scheme}:";
  return `${scheme}//${plainHost.test(host) ? host : "{host}"}`;
}

function edgeIn(hash: string): string | undefined {
  const named = new URLSearchParams(hash.slice(1)).get("e")?.split(",") ?? [];
  return [...edges, ...interconnects].find((edge) => edge === named[0]);
}
