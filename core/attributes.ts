/** What an attribute of a TwiML element may be: the type checker's view of it and the check of its value, from one place. */
export type Spec =
  | { readonly kind: "whole"; readonly min: number; readonly max: number; readonly or: string | undefined }
  | { readonly kind: "flag" }
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | { readonly kind: "someOf"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly max: number }
  | { readonly kind: "keys"; readonly max: number }
  | { readonly kind: "url"; readonly scheme: "https" | "wss" };

/** A whole number, or one word that Twilio takes in its place. */
export const whole = <const Or extends string | undefined = undefined>(min: number, max: number, or?: Or) =>
  ({ kind: "whole", min, max, or: or as Or }) as const;
export const flag = { kind: "flag" } as const;
export const oneOf = <const V extends readonly string[]>(...values: V) => ({ kind: "oneOf", values }) as const;
/** Several of these; Twilio separates them by spaces. */
export const someOf = <const V extends readonly string[]>(...values: V) => ({ kind: "someOf", values }) as const;
/** @param max characters */
export const text = (max: number) => ({ kind: "text", max }) as const;
/** Keys of a telephone; none at all where `finishOnKey=""` means that no key ends it. */
export const keys = (max: number) => ({ kind: "keys", max }) as const;
/** An absolute URL of the author's own: nothing in TwiML is relative here. */
export const url = { kind: "url", scheme: "https" } as const;
export const socketUrl = { kind: "url", scheme: "wss" } as const;

type ValueOf<S> = S extends { kind: "whole"; or: infer Or }
  ? number | Exclude<Or, undefined>
  : S extends { kind: "flag" }
    ? boolean
    : S extends { kind: "oneOf"; values: readonly (infer V)[] }
      ? V
      : S extends { kind: "someOf"; values: readonly (infer V)[] }
        ? readonly V[]
        : string;

export type Specs = Readonly<Record<string, Spec>>;
/** The attributes of an element as an author writes them. */
export type AttributesOf<S extends Specs> = { readonly [K in keyof S]?: ValueOf<S[K]> };
export type AttributeValue = string | number | boolean | readonly string[];

const urlCharactersMax = 4_000;

/** @returns what is wrong with a value, in words that follow the attribute's name; undefined when nothing is */
export function problemWith(spec: Spec, value: unknown): string | undefined {
  switch (spec.kind) {
    case "whole": {
      const fits = Number.isInteger(value) && Number(value) >= spec.min && Number(value) <= spec.max;
      if (fits || (spec.or !== undefined && value === spec.or)) return undefined;
      const other = spec.or === undefined ? "" : ` or "${spec.or}"`;
      return `is not a whole number from ${spec.min} to ${spec.max}${other}`;
    }
    case "flag":
      return typeof value === "boolean" ? undefined : "is neither true nor false";
    case "oneOf":
      return spec.values.includes(String(value)) ? undefined : `is none of ${spec.values.join(", ")}`;
    case "someOf":
      return Array.isArray(value) && value.length > 0 && value.every((one) => spec.values.includes(one))
        ? undefined
        : `is no list of ${spec.values.join(", ")}`;
    case "text":
      return typeof value === "string" && value.length <= spec.max ? undefined : `is no text of ${spec.max} characters`;
    case "keys":
      return typeof value === "string" && value.length <= spec.max && /^[0-9*#]*$/.test(value)
        ? undefined
        : `is not made of at most ${spec.max} of the keys 0-9 * #`;
    case "url": {
      const parsed = typeof value === "string" && value.length <= urlCharactersMax ? URL.parse(value) : null;
      // http is for development; what is secret or spoken should not travel so
      const schemes = spec.scheme === "https" ? ["https:", "http:"] : ["wss:", "ws:"];
      return parsed !== null && schemes.includes(parsed.protocol) ? undefined : `is no absolute ${spec.scheme} URL`;
    }
  }
}
