/** Reading what others wrote: names in any spelling, headers in any form, times in any notation. */
import { parseJson } from "../../core/checkpoint.ts";

export type Fields = Readonly<Record<string, unknown>>;

const headersMax = 100;
const textCharactersMax = 64 * 1024;
const atMsMin = Date.UTC(2015, 0, 1);
const atMsMax = Date.UTC(2100, 0, 1);
const callSid = /^CA[0-9A-Za-z]{32}$/;

export function recordOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The same record, its names in small letters and without separators: `Error Code`, `error_code` and `errorCode` are one. */
export function plainly(value: unknown): Fields {
  const named = Object.entries(recordOf(value)).slice(0, headersMax);
  return Object.fromEntries(named.map(([name, one]) => [name.toLowerCase().replace(/[^a-z0-9]/g, ""), one]));
}

export function textOf(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === "string" && value !== "") return value.slice(0, textCharactersMax);
    if (typeof value === "number") return String(value);
  }
  return undefined;
}

export function callSidOf(value: unknown): string | undefined {
  return typeof value === "string" && callSid.test(value) ? value : undefined;
}

/** @returns milliseconds since the epoch, from ISO 8601, RFC 2822, or seconds or milliseconds since the epoch */
export function timeOf(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const ms = value instanceof Date ? value.getTime() : readTime(textOf(value) ?? "");
    if (Number.isFinite(ms) && ms >= atMsMin && ms < atMsMax) return Math.round(ms);
  }
  return undefined;
}

function readTime(text: string): number {
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  // without a zone it is UTC: all that Twilio and AWS write is
  const zoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text);
  return text.length > 64 ? Number.NaN : Date.parse(zoneless ? `${text.replace(" ", "T")}Z` : text);
}

/** Headers from an object, from JSON, from a form (`Name=value&…`) or from lines (`Name: value`), by their small names. */
export function headersOf(value: unknown): ReadonlyMap<string, string> {
  const text = typeof value === "string" ? value.slice(0, textCharactersMax) : undefined;
  const object = text === undefined ? value : parseJson(text);
  const pairs: (readonly [string, unknown])[] =
    typeof object === "object" && object !== null
      ? Object.entries(object)
      : /^[^\n:=&]+: /.test(text ?? "")
        ? (text ?? "").split(/\r?\n/).map((line) => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1)])
        : [...new URLSearchParams(text ?? "")];
  const named = pairs.slice(0, headersMax).map(([name, one]) => {
    const first = Array.isArray(one) ? one[0] : one;
    return [name.trim().toLowerCase(), String(first ?? "").trim()] as const;
  });
  return new Map(named);
}
