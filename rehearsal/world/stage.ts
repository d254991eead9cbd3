import { createUrls, type ParsedUrl, type Urls } from "../../core/action-url.ts";
import type { Leg } from "../../core/checkpoint.ts";
import type { AnyStep, Flow } from "../../core/flow.ts";
import type { Sealer } from "../../core/seal.ts";
import type { Language, Verb } from "../../core/verbs.ts";
import { memoSealer } from "./memo-sealer.ts";
import { nameBefore, renamedFlow } from "./renamed-flow.ts";

/** The same in every call that is rehearsed, whatever others were before it, so that the same moment of two calls is the same text. */
export const callSid = `CA${"5".repeat(32)}`;
export const bases = { primary: "https://primary.rehearsal.invalid", fallback: "https://fallback.rehearsal.invalid" };
const sealKeys = `k1:${Buffer.alloc(32, 7).toString("base64")}`;

const urlsMax = 50_000;
const documentsMax = 20_000;

/** What stays the same from call to call of one flow. */
export interface Stage {
  readonly flow: Flow;
  /** The flow before and after a deployment in mid-call. */
  readonly flows: Readonly<Record<"before" | "after", ReadonlyMap<string, Flow>>>;
  readonly sealer: Sealer;
  readonly urls: Urls;
  /** What each leg gave before, by version of the flow. */
  documentsOf(leg: Leg, version: "before" | "after"): Map<string, string>;
  /** Environment of the flow that the rehearsal does not make up. */
  readonly settings: Readonly<Record<string, string>>;
  /** Texts of the prompts that are played, by file, as far as a call has met them. */
  readonly spoken: ReadonlyMap<string, string>;
  urlsOf(language: Language): { voiceUrl: string; fallbackUrl: string; statusCallbackUrl: string };
}

export function createStage(flow: Flow, settings: Readonly<Record<string, string>> = {}): Stage {
  const urls = rememberParsed(createUrls(bases));
  const spoken = new Map<string, string>();
  const heard = listening(flow, spoken);
  const documents = new Map<string, Map<string, string>>();
  const told = (language: Language) => (language === flow.language ? undefined : language);
  return {
    flow,
    flows: { before: new Map([[flow.name, heard]]), after: new Map([[flow.name, renamedFlow(heard)]]) },
    sealer: memoSealer(sealKeys),
    documentsOf: (leg, version) => {
      const key = `${leg} ${version}`;
      const kept = documents.get(key);
      if (kept !== undefined && kept.size < documentsMax) return kept;
      const made = new Map<string, string>();
      documents.set(key, made);
      return made;
    },
    urls,
    settings,
    spoken,
    urlsOf: (language) => ({
      voiceUrl: urls.voice(flow.name, told(language)),
      fallbackUrl: urls.fallback(flow.name, told(language)),
      statusCallbackUrl: urls.callStatus(flow.name),
    }),
  };
}

/** The same flow, whose prompts are listened to for the texts of what they play. */
function listening(flow: Flow, spoken: Map<string, string>): Flow {
  const met = new WeakSet<object>();
  const listen = (verb: Verb): void => {
    if (verb.verb === "gather") for (const prompt of verb.prompts) listen(prompt);
    if (verb.verb !== "play" || met.has(verb.media)) return;
    met.add(verb.media);
    for (const { file, text } of Object.values(verb.media)) spoken.set(file, text);
  };
  const steps = new Map(
    [...flow.steps].map(([name, step]): [string, AnyStep] => [
      name,
      {
        ...step,
        prompt: (data, context) => {
          const verbs = step.prompt(data, context);
          for (const verb of verbs) listen(verb);
          return verbs;
        },
      },
    ]),
  );
  const { ended } = flow;
  // a leg that is not deployed anew yet may be told of a step by its new name
  return { ...flow, steps, ended: ended && ((context) => ended({ ...context, step: nameBefore(context.step) })) };
}

/** Reading a URL is a pure function too, and the same URLs come in thousands of calls. */
function rememberParsed(urls: Urls): Urls {
  const known = new Map<string, ParsedUrl | undefined>();
  return {
    ...urls,
    parse(url) {
      if (known.has(url)) return known.get(url);
      const parsed = urls.parse(url);
      if (known.size >= urlsMax) known.clear();
      known.set(url, parsed);
      return parsed;
    },
  };
}
