import { limits } from "./limits.ts";

/** A webhook request as the core sees it: Twilio's PascalCase ends here. */
export interface VoiceRequest {
  readonly callSid: string;
  /** of a status callback about a dialled leg: the call that dialled */
  readonly parentCallSid: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly callStatus: string;
  /** both present: a fallback request. One alone is not (ConversationRelay sends an ErrorCode). [D conversationrelay] */
  readonly errorCode: string | undefined;
  readonly errorUrl: string | undefined;
  /** all of Twilio's parameters, by Twilio's names */
  readonly params: ReadonlyMap<string, string>;
}

/** A request whose signature was checked, and the path and query by which Twilio asked for it. */
export interface Incoming {
  readonly kind: "request";
  readonly request: VoiceRequest;
  readonly target: string;
}

export type Rejected = {
  readonly kind: "rejected";
  readonly status: 400 | 403 | 405 | 413;
  /** from a closed list, safe to log and to answer */
  readonly reason: string;
};

export type ParsedForm = { readonly kind: "form"; readonly params: ReadonlyMap<string, string> } | Rejected;

/** Sids are opaque, so the form is not insisted on; the length is bounded because it becomes a key of the table. */
const callSidPattern = new RegExp(`^CA[0-9A-Za-z]{1,${limits.callSidCharactersMax - 2}}$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const controlCharacters = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

const strictly = new TextDecoder("utf-8", { fatal: true });

export const rejected = (status: Rejected["status"], reason: string): Rejected => ({
  kind: "rejected",
  status,
  reason,
});

/**
 * Parses a form body strictly: what cannot be one of Twilio's requests is refused with a clear 4xx.
 *
 * @param body raw bytes of `application/x-www-form-urlencoded`
 */
export function parseForm(body: Uint8Array): ParsedForm {
  if (body.byteLength > limits.bodyBytesMax) return rejected(413, "body too large");
  let text: string;
  try {
    text = strictly.decode(body);
  } catch {
    return rejected(400, "body is not UTF-8");
  }
  const pairs = text === "" ? [] : text.split("&");
  if (pairs.length > limits.parametersMax) return rejected(413, "too many parameters");
  const params: [string, string][] = [];
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = formDecode(at === -1 ? pair : pair.slice(0, at));
    const value = formDecode(at === -1 ? "" : pair.slice(at + 1));
    if (name === undefined || value === undefined) return rejected(400, "malformed percent-encoding");
    params.push([name, value]);
  }
  return checkParams(params);
}

/** The same checks for parameters that a platform has parsed already. */
export function checkParams(params: readonly (readonly [string, string])[]): ParsedForm {
  if (params.length > limits.parametersMax) return rejected(413, "too many parameters");
  let bytes = -1; // no & before the first pair
  const map = new Map<string, string>();
  for (const [name, value] of params) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
    if (name === "") return rejected(400, "parameter without a name");
    if (map.has(name)) return rejected(400, "duplicated parameter");
    if (controlCharacters.test(name) || controlCharacters.test(value)) return rejected(400, "control character");
    if (!name.isWellFormed() || !value.isWellFormed()) return rejected(400, "body is not UTF-8");
    map.set(name, value);
  }
  if (bytes > limits.bodyBytesMax) return rejected(413, "body too large");
  return { kind: "form", params: map };
}

/** @returns the request, or a 400 when it is not about a call */
export function toVoiceRequest(params: ReadonlyMap<string, string>): VoiceRequest | Rejected {
  const callSid = params.get("CallSid") ?? "";
  const parentCallSid = params.get("ParentCallSid");
  if (!callSidPattern.test(callSid)) return rejected(400, "CallSid missing or malformed");
  if (parentCallSid !== undefined && !callSidPattern.test(parentCallSid)) {
    return rejected(400, "ParentCallSid malformed");
  }
  return {
    callSid,
    parentCallSid,
    from: params.get("From") ?? "",
    to: params.get("To") ?? "",
    callStatus: params.get("CallStatus") ?? "",
    errorCode: params.get("ErrorCode"),
    errorUrl: params.get("ErrorUrl"),
    params,
  };
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
