/**
 * The forms that a value must have to get into a trace. Everything in a trace passes one of them, also what our own code wrote:
 * a log file or an item may be from another build, or not be ours at all.
 */
import { flowName, stepName, whole } from "../../core/names.ts";
import { shortenSeals } from "../../rehearsal/redact.ts";

const forms = {
  flow: whole(`(?=.{1,32}$)${flowName}`),
  step: whole(`(?=.{1,48}$)${stepName}`),
  /** of a verb or an effect: without a run of digits that could be somebody's number */
  name: /^(?!.*\d{4})[A-Za-z][\w.-]{0,47}$/,
  /** of a log line's outcome */
  event: /^[a-z]{1,20}\.[a-z-]{1,30}$/,
  build: /^(?!.*\d{9})[\w.-]{1,40}$/,
  errorCode: /^\d{4,6}$/,
} as const;

/** @returns the text if it has the form; else undefined */
export function formed(form: keyof typeof forms, value: unknown): string | undefined {
  return typeof value === "string" && forms[form].test(value) ? value : undefined;
}

/** @returns a whole number from 0 to `max`; also one that is written as text */
export function counted(value: unknown, max: number): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 && number <= max
    ? number
    : undefined;
}

export function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find((word) => word === value);
}

const url = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;
/** a number, however it is grouped */
const digits = /\+?\d(?:[\s().-]?\d){3,}/g;
/** long and with a digit in it, or longer than any class of error is named */
const token = /(?=[A-Za-z_+/=-]*\d)[A-Za-z0-9_+/=-]{16,}|[A-Za-z0-9_+/=-]{41,}/g;

/** A reason in the code's own words: URLs, long numbers, seals and tokens in it become `…`. */
export function worded(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const text = shortenSeals(value.slice(0, 400).replace(url, "…")).replace(token, "…").replace(digits, "…");
  return text.replace(/[^\x20-\x7e…]+/g, "…").slice(0, 120);
}

/** Leaves out what is undefined. */
export function given<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
