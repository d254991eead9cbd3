import { limits } from "../core/limits.ts";
import { isGenuine } from "../core/signature.ts";
import type { PublicBase, ReceivedUrl } from "../core/url-shape.ts";
import { checkParams, type Incoming, type Rejected, rejected, toVoiceRequest } from "../core/voice-request.ts";

/** What Twilio Functions hand to a function: query and form parameters in one object, headers beside them. */
export interface FunctionEvent {
  readonly request?: { readonly headers?: Readonly<Record<string, string | undefined>> };
  readonly [parameter: string]: unknown;
}

/** The query parameters of our own URLs, in the order in which `core/action-url.ts` writes them. */
const queryNames = ["c", "flow", "lang", "begin", "preview"];

/**
 * Reads one event of a Twilio Function and checks that Twilio made it. The platform checks signatures of protected
 * functions too, but not in local development, and a gate that one rename of a file removes is not enough.
 * The raw URL is not to be had here; it is put together again from our own fixed path and query parameters.
 *
 * @param path of this function, for example `/voice-fallback`
 */
export function readFunctionEvent(
  event: FunctionEvent,
  path: string,
  base: PublicBase,
  authTokens: readonly string[],
): Incoming | Rejected {
  const { request: _, ...parameters } = event;
  const query = queryNames.flatMap((name): [string, string][] => {
    const value = parameters[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  const form = checkParams(flatten(parameters).filter(([name]) => !queryNames.includes(name)));
  if (form.kind === "rejected") return form;
  const target = withQuery(path, query);
  const genuine = (asked: string, params: Readonly<Record<string, string>>) =>
    base.origins.some((origin) =>
      isGenuine(authTokens, header(event, "x-twilio-signature"), `${origin}${base.path}${asked}`, params),
    );
  if (/^\s*application\/json\b/i.test(header(event, "content-type") ?? "")) {
    // the raw body is not to be had here, so its hash is not compared with it; nothing of the body is used
    const hash: [string, string] = ["bodySHA256", form.params.get("bodySHA256") ?? ""];
    const signed = genuine(withQuery(path, [...query, hash]), {});
    return signed ? rejected(400, "JSON in place of a form") : rejected(403, "signature");
  }
  if (!genuine(target, Object.fromEntries(form.params))) return rejected(403, "signature");
  const read = toVoiceRequest(form.params);
  return "kind" in read ? read : { kind: "request", request: read, target };
}

/** The URL as far as a Function can know it, for the log of a request that was not taken. */
export function receivedUrl(event: FunctionEvent, path: string, domainName: string | undefined): ReceivedUrl {
  const query = queryNames.filter((name) => Object.hasOwn(event, name)).join("&");
  return { scheme: undefined, host: header(event, "host") ?? domainName, path, query };
}

/** A JSON body can put anything in the place of the platform's own `request`. */
export function header({ request }: FunctionEvent, name: string): string | undefined {
  const given: unknown = request?.headers?.[name];
  return typeof given === "string" ? given : undefined;
}

function withQuery(path: string, query: readonly (readonly [string, string])[]): string {
  const search = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${path}${search && `?${search}`}`;
}

/** Undoes what a body parser makes of `a[b]=c`, and repeats a name that it gathered into a list. */
function flatten(value: unknown, name = "", depth = 0): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((one) => flatten(one, name, depth + 1));
  if (typeof value !== "object" || value === null) return [[name, String(value ?? "")]];
  if (depth > limits.parameterDepthMax) return [[name, ""]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, name === "" ? key : `${name}[${key}]`, depth + 1),
  );
}
