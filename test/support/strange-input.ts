import fc from "fast-check";
import type { Stack } from "../../scripts/stack/start-stack.ts";

/** Inputs that nobody thought of, for properties that hold for all of them. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a genuine request does not have
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
/** What the local runtime, or our own URLs, take for themselves. */
const reserved = new Set(["request", "c", "flow", "lang", "CallSid", "ErrorUrl", "ErrorCode", "ParentCallSid"]);

export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ maxLength: 300 }),
);
/** Text that a form can carry and that has no control characters. */
export const plainText = anyText.filter((text) => !control.test(text) && text.isWellFormed());

const strangeNames = ["__proto__", "constructor", "toString", "a[b]", "a[]", "request", "c", "flow", "CallSid[x]", ""];
const values = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
);
/** Parameters as a careless or a hostile sender would write them. */
export const anyParams: fc.Arbitrary<Record<string, string | string[]>> = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...strangeNames),
    fc.string({ unit: "binary", maxLength: 20 }).filter((name) => name.isWellFormed()),
  ),
  values,
  { maxKeys: 8 },
);

/** Parameters beyond the usual, as Twilio adds them from time to time. */
export const validParams: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  plainText
    .map((name) => name.slice(0, 20))
    .filter((name) => name !== "" && name.isWellFormed() && !reserved.has(name)),
  plainText,
  { maxKeys: 5 },
);

/** JSON that pretends to be what the runtime itself adds to a function's event. */
export const forgedJson = fc.oneof(
  fc.jsonValue(),
  fc.record({
    CallSid: fc.jsonValue(),
    flow: fc.jsonValue(),
    c: fc.jsonValue(),
    request: fc.oneof(
      fc.jsonValue(),
      fc.record({ headers: fc.oneof(fc.jsonValue(), fc.record({ "x-twilio-signature": fc.jsonValue() })) }),
    ),
  }),
);

export const errorCodes = fc.oneof(
  fc.constantFrom("11200", "11205", "11750", "12100", "12300", "12400", "13224", "82002", "0", "", "1e9"),
  plainText,
);

const base64url = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString("base64url"));

/**
 * What Twilio could name as the URL that failed: anything at all, URLs of others, and URLs of ours with a seal that is
 * random or, now and then, right.
 */
export function errorUrls({ primary, fallback }: Stack, actionUrl: string): fc.Arbitrary<string> {
  const right = /k1\.[\w-]+/.exec(actionUrl)?.[0] ?? "";
  const seals = fc.oneof(
    base64url.map((text) => `k1.${text}`),
    base64url.map((text) => `${right}${text.slice(0, 3)}`),
    fc.constant(right),
    plainText,
  );
  const bases = fc.constantFrom(primary.baseUrl, fallback.baseUrl, "", "https://elsewhere.example.com");
  const ours = fc
    .tuple(bases, seals, fc.constantFrom("four", "appointment", "no-such", "%2e%2e"))
    .chain(([base, seal, flow]) =>
      fc.constantFrom(
        `${base}/voice/${flow}`,
        `${base}/voice/${flow}/${seal}`,
        `${base}/voice/${flow}/${seal}#rt=1`,
        `${base}/media/${seal}/en/not-understood.mp3`,
        `${base}/media/${seal}/${"x".repeat(200)}`,
        `${base}/prompts/en/not-understood.mp3?c=${seal}`,
        `${base}/voice-webhook?c=${seal}`,
        `${base}/voice-webhook`,
        `${base}/voice-fallback?flow=${flow}`,
        `${base}/status/${flow}/${seal}`,
        `${base}/status-callback?c=${seal}&c=${seal}`,
      ),
    );
  const others = fc.webUrl({ withQueryParameters: true, withFragments: true });
  const broken = fc.constantFrom("", "/", "//", "http://", "http://[::1", "javascript:alert(1)", "/%", "?c=%E0%A4%A");
  const long = fc.constantFrom("x".repeat(5_000), `${primary.baseUrl}/voice/four/k1.${"A".repeat(5_000)}`);
  return fc.oneof(ours, ours, plainText, others, broken, long);
}
