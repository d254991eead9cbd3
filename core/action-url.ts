import type { Leg } from "./checkpoint.ts";
import { limits } from "./limits.ts";
import { flowName, sealedText, stepName, whole } from "./names.ts";
import { type Language, languages } from "./verbs.ts";

/** What a URL of ours is, read from its path and query. */
export interface ParsedUrl {
  /** voice: the voice webhook before any checkpoint; fallback: the fallback URL itself */
  readonly kind: "voice" | "action" | "aside" | "media" | "status" | "fallback";
  readonly leg: Leg;
  readonly flow?: string;
  readonly language?: Language;
  readonly sealed?: string;
  /** of a call that we placed: the data with which it begins, sealed */
  readonly begin?: string;
  /** of a media URL: the file below `prompts/` */
  readonly file?: string;
  /** of a stable media URL: where in a flow the file is played */
  readonly place?: MediaPlace;
}

/** A verb of a step, as stable media URLs name it. */
export interface MediaPlace {
  readonly flow: string;
  readonly step: string;
  readonly index: number;
}

/** Makes and reads the URLs of both legs. All are absolute; all webhook URLs end with connection overrides. */
export interface Urls {
  /** @param begin sealed data of a call that we place */
  voice(flow: string, language?: Language, begin?: string): string;
  fallback(flow: string, language?: Language, begin?: string): string;
  callStatus(flow: string): string;
  action(leg: Leg, flow: string, sealed: string): string;
  /** of a whisper or wait document: a path of its own, by which it is known even where its seal cannot be opened */
  aside(leg: Leg, flow: string, sealed: string): string;
  status(leg: Leg, flow: string, sealed: string): string;
  /** @param mark a sealed checkpoint, or a `stableMark` */
  media(leg: Leg, file: string, mark: string): string;
  /** @param url absolute, or relative to either leg (ErrorUrl is not documented to be absolute) */
  parse(url: string): ParsedUrl | undefined;
}

const webhookOverrides = fragment({
  ct: limits.webhookConnectTimeoutMs,
  rt: limits.webhookReadTimeoutMs,
  tt: limits.webhookTotalTimeoutMs,
  rc: limits.webhookRetries,
});
/** On action URLs of the fallback leg: its own deadlines, so that its last resort is waited for. */
const awayOverrides = fragment({
  ct: limits.fallbackConnectTimeoutMs,
  rt: limits.fallbackReadTimeoutMs,
  tt: limits.awayTotalTimeoutMs,
  rc: limits.webhookRetries,
});
/** On the number's status callback, which may come twice and must not be lost. */
const endOverrides = fragment({
  ct: limits.webhookConnectTimeoutMs,
  rt: limits.webhookReadTimeoutMs,
  tt: limits.twilioWaitMs,
  rc: limits.endRetries,
  rp: "all",
});
const fallbackOverrides = fragment({
  ct: limits.fallbackConnectTimeoutMs,
  rt: limits.fallbackReadTimeoutMs,
  tt: limits.fallbackTotalTimeoutMs,
  rc: limits.fallbackRetries,
  rp: "all",
});

// a slash that somebody typed behind the flow's name changes the signature, not the meaning
const primaryVoice = whole(`/voice/(${flowName})(?:/(.*))?`);
const primaryAside = whole(`/voice/(${flowName})/([^/]+)/aside`);
const primaryStatus = whole(`/status/(${flowName})(?:/(.*))?`);
const primaryMedia = /^\/media\/([^/]+)\/(.+)$/;
const fallbackMedia = /^\/prompts\/(.+)$/;
const sealedQuery = whole(sealedText);
const flowQuery = whole(flowName);
const placePattern = whole(`(${flowName})~(${stepName})~([0-9]{1,3})`);

/** The mark of a media URL that is the same in every call: flow, step, verb; nothing that is secret. */
export function stableMark({ flow, step, index }: MediaPlace): string {
  return `${flow}~${step}~${index}`;
}

/**
 * The primary carries the sealed checkpoint in the path (rule 7: a query can be dropped); Functions have fixed
 * paths, so the fallback carries it in the query.
 *
 * @param bases absolute URLs without a trailing slash; a path prefix (an API stage) is kept
 */
export function createUrls(bases: { readonly primary: string; readonly fallback: string }): Urls {
  const { primary, fallback } = bases;
  const query = (named: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(named).filter(([, value]) => value !== undefined);
    return given.length === 0 ? "" : `?${given.map(([name, value]) => `${name}=${value}`).join("&")}`;
  };
  const hosts = [primary, fallback].map((base) => new URL(base).host);
  const prefixes = [primary, fallback].map((base) => new URL(base).pathname.replace(/\/$/, ""));
  return {
    voice: (flow, lang, begin) => `${primary}/voice/${flow}${query({ lang, begin })}${webhookOverrides}`,
    fallback: (flow, lang, begin) => `${fallback}/voice-fallback${query({ flow, lang, begin })}${fallbackOverrides}`,
    callStatus: (flow) => `${primary}/status/${flow}${endOverrides}`,
    action: (leg, flow, sealed) =>
      leg === "primary"
        ? `${primary}/voice/${flow}/${sealed}${webhookOverrides}`
        : `${fallback}/voice-webhook?c=${sealed}${awayOverrides}`,
    aside: (leg, flow, sealed) =>
      leg === "primary"
        ? `${primary}/voice/${flow}/${sealed}/aside${webhookOverrides}`
        : `${fallback}/voice-aside?c=${sealed}${awayOverrides}`,
    status: (leg, flow, sealed) =>
      leg === "primary"
        ? `${primary}/status/${flow}/${sealed}${webhookOverrides}`
        : `${fallback}/status-callback?c=${sealed}${awayOverrides}`,
    media: (leg, file, mark) =>
      // whether Twilio honours overrides on media is not documented; where it does, a host that hangs costs less
      leg === "primary"
        ? `${primary}/media/${mark}/${file}${webhookOverrides}`
        : `${fallback}/prompts/${file}?c=${mark}${webhookOverrides}`,
    parse(text) {
      if (text.length > limits.errorUrlCharactersMax || !URL.canParse(text, primary)) return undefined;
      const { host, pathname, searchParams } = new URL(text, primary);
      // the scheme may be told otherwise than it was asked [O]; another host is not ours, whatever its paths look like
      if (!hosts.includes(host)) return undefined;
      const prefix = prefixes.find((path) => path !== "" && pathname.startsWith(`${path}/`)) ?? "";
      return parsePath(pathname.slice(prefix.length), searchParams);
    },
  };
}

function parsePath(path: string, query: URLSearchParams): ParsedUrl | undefined {
  // what stands in the place of a sealed checkpoint and is none, is treated as none
  const aside = primaryAside.exec(path);
  if (aside !== null) return known({ kind: "aside", leg: "primary", flow: aside[1], ...marked(aside[2]) });
  const voice = primaryVoice.exec(path);
  if (voice !== null) {
    const kind = voice[2] ? "action" : "voice";
    return {
      ...known({ kind, leg: "primary", flow: voice[1], ...marked(voice[2]) }),
      ...language(query),
      ...begin(query),
    };
  }
  const status = primaryStatus.exec(path);
  if (status !== null) return known({ kind: "status", leg: "primary", flow: status[1], ...marked(status[2]) });
  const media = primaryMedia.exec(path);
  if (media !== null) return known({ kind: "media", leg: "primary", file: media[2], ...marked(media[1]) });
  const sealed = matching(query.get("c"), sealedQuery);
  const flow = matching(query.get("flow"), flowQuery);
  const asset = fallbackMedia.exec(path);
  if (asset !== null) return known({ kind: "media", leg: "fallback", file: asset[1], ...marked(query.get("c")) });
  const said = { ...language(query), ...begin(query) };
  switch (path) {
    case "/voice-fallback":
      return { ...known({ kind: "fallback", leg: "fallback", flow }), ...said };
    case "/voice-webhook":
      // without its query this may be any turn of a call: only `flow=` marks the voice URL
      return { ...known({ kind: flow && !sealed ? "voice" : "action", leg: "fallback", flow, sealed }), ...said };
    case "/voice-aside":
      return known({ kind: "aside", leg: "fallback", sealed });
    case "/status-callback":
      return known({ kind: "status", leg: "fallback", flow, sealed });
    default:
      return undefined;
  }
}

function marked(mark: string | null | undefined): { sealed?: string; place?: MediaPlace } {
  const [, flow, step, index] = placePattern.exec(mark ?? "") ?? [];
  if (flow !== undefined && step !== undefined) return { place: { flow, step, index: Number(index) } };
  const sealed = matching(mark ?? null, sealedQuery);
  return sealed === undefined ? {} : { sealed };
}

function known(url: { [K in keyof ParsedUrl]: ParsedUrl[K] | undefined }): ParsedUrl {
  const all: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(url)) if (value !== undefined) all[name] = value;
  return all as unknown as ParsedUrl;
}

function language(query: URLSearchParams): { language: Language } | undefined {
  const lang = languages.find((one) => one === query.get("lang"));
  return lang && { language: lang };
}

function begin(query: URLSearchParams): { begin?: string } {
  const sealed = matching(query.get("begin"), sealedQuery);
  return sealed === undefined ? {} : { begin: sealed };
}

function matching(text: string | null, pattern: RegExp): string | undefined {
  return text !== null && pattern.test(text) ? text : undefined;
}

/** Connection overrides as Twilio reads them off a URL; the fragment is not sent and not signed. */
function fragment(overrides: Readonly<Record<string, string | number>>): string {
  return `#${Object.entries(overrides)
    .map(([key, value]) => `${key}=${value}`)
    .join("&")}`;
}
