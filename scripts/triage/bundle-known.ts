/**
 * The last net under the closed lists of fields: what stood in the sources as somebody's number, digits, words or name, and the
 * secrets of this environment, is looked for in everything that is written, and put out.
 */
const personal = [
  "From",
  "To",
  "Caller",
  "Called",
  "ForwardedFrom",
  "CallerName",
  "Digits",
  "FinishedOnKey",
  "SpeechResult",
  "UnstableSpeechResult",
  "StableSpeechResult",
  "TranscriptionText",
  "RecordingUrl",
  "(?:From|To|Caller|Called)(?:City|State|Zip)",
  "x-twilio-signature",
  "authorization",
];
/** `SpeechResult`, `speech_result` and `speechresult` are one; case counts nowhere. */
const names = personal.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_?")).join("|");
/** In JSON, also in JSON that is text inside of JSON. */
const inJson = new RegExp(`"(?:${names})\\\\*"\\s*:\\s*\\\\*"([^"\\\\]{1,400})`, "gi");
/** In a form, also inside of JSON or CSV. */
const inForm = new RegExp(`(?:^|[?&"',\\s])(?:${names})=([^&"',\\s\\\\]{1,400})`, "gi");
const valuesMax = 20_000;

/** Shorter ones are words and numbers of ordinary use, which stand everywhere. */
const charactersMin = 7;
/** In free text, of which nothing has to stay. */
const inProseMin = 3;

/** Values of personal parameters in the texts of sources, as they stand there and decoded. */
export function personalValues(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const pattern of [inJson, inForm]) {
      for (const [, value = ""] of text.matchAll(pattern)) {
        if (found.size >= valuesMax) return [...found];
        for (const one of [value, decoded(value)]) found.add(one.trim());
      }
    }
  }
  return [...found];
}

export interface Scrub {
  /** for lines of fields that have forms */
  readonly record: (text: string) => string;
  /** for sentences */
  readonly prose: (text: string) => string;
}

/** Puts `…` for every known value. */
export function scrubOf(known: readonly string[]): Scrub {
  const longest = known.toSorted((a, b) => b.length - a.length);
  return { record: replacer(longest, charactersMin), prose: replacer(longest, inProseMin) };
}

/** One pass over the text, however many values there are: they are found by their first `min` characters. */
function replacer(longest: readonly string[], min: number): (text: string) => string {
  const byStart = new Map<string, string[]>();
  for (const value of longest) {
    if (value.length < min) continue;
    const start = value.slice(0, min);
    const others = byStart.get(start);
    if (others === undefined) byStart.set(start, [value]);
    else others.push(value);
  }
  return (text) => {
    let clean = "";
    let done = 0;
    for (let at = 0; at + min <= text.length; ) {
      const found = byStart.get(text.slice(at, at + min))?.find((value) => text.startsWith(value, at));
      if (found === undefined) {
        at += 1;
        continue;
      }
      clean += `${text.slice(done, at)}…`;
      at += found.length;
      done = at;
    }
    return clean + text.slice(done);
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}

/** Names of variables whose values are secrets. */
const secretName = /TOKEN|SECRET|SEAL_KEYS|PASSWORD|API_KEY|ACCESS_KEY/;

/** Secrets of an environment, each by itself where several stand in one variable. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(env).flatMap(([name, value]) => (secretName.test(name) && value ? [value] : []));
  const single = values
    .flatMap((value) => value.split(","))
    .flatMap((one) => [one, one.replace(/^[a-z0-9]{1,8}:/, "")]);
  return single.map((one) => one.trim()).filter(({ length }) => length >= charactersMin);
}
