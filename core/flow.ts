import { problemInDocument } from "./check-verbs.ts";
import type { EndStatus } from "./ended.ts";
import { FlowError } from "./errors.ts";
import type { Input } from "./input.ts";
import { checkLastResort } from "./last-resort.ts";
import { limits } from "./limits.ts";
import { flowName, stepName, whole } from "./names.ts";
import type { Once } from "./once.ts";
import { type Language, languages, type Verb } from "./verbs.ts";

/** What a prompt may depend on besides the data. */
export interface PromptContext {
  /** how often this step was visited in a row, 1 at first; being asked again after a failure does not count */
  readonly visits: number;
  /** 0, or how often this document had to be given again after a failure */
  readonly attempt: number;
  /** an effect of this call may have happened of which we could not learn: say so rather than promise */
  readonly unsure: boolean;
  readonly language: Language;
}

/** What leaving a step may use. Effects happen only here, only through `once`. */
export interface NextContext<Data> {
  readonly input: Input;
  readonly data: Data;
  readonly once: Once;
  readonly visits: number;
  readonly unsure: boolean;
  readonly language: Language;
  readonly call: { readonly sid: string; readonly from: string; readonly to: string };
  /** the environment's `FLOW_*` variables, without the prefix */
  readonly settings: Readonly<Record<string, string>>;
  /** at the step of `redial.offer`: where the caller's last call was. Return it to go on there. */
  readonly before?: GoTo<never, Partial<Data>>;
}

/** What the end of a call may use. */
export interface EndedContext<Data> {
  /** completed, or why the call never was answered [D Call resource] */
  readonly status: EndStatus;
  /** as they were at the last document that the table knows of */
  readonly data: Data;
  /** whose document the caller heard last */
  readonly step: string;
  readonly once: Once;
  readonly unsure: boolean;
  readonly language: Language;
  readonly call: { readonly sid: string; readonly from: string; readonly to: string };
  readonly settings: Readonly<Record<string, string>>;
}

export interface GoTo<Step extends string, Data> {
  readonly step: Step;
  readonly data: Data;
  readonly language: Language | undefined;
}

export type Next<Step extends string, Data> = GoTo<Step, Partial<Data>>;

/**
 * Where an answer leads.
 *
 * @param data merged into the call's data; must survive JSON
 * @param options.language from here on the call speaks this language
 */
export function goTo<Step extends string, Data = Record<never, never>>(
  step: Step,
  data?: Data,
  options: { readonly language?: Language } = {},
): GoTo<Step, Data> {
  return { step, data: data ?? ({} as Data), language: options.language };
}

export interface StepDefinition<Step extends string, Data> {
  /** What the caller hears: pure, may be heard again. */
  prompt(data: Readonly<Data>, context: PromptContext): readonly Verb[];
  /** Where the answer leads. A step without it ends the call with its document. */
  next?(context: NextContext<Data>): Next<Step, Data> | Promise<Next<Step, Data>>;
  /**
   * The caller's answer did not survive and no status callback told it. Default: a gather or a record is asked
   * again, after any other verb the call goes on with `next` and an input of kind `lost`. Never dials again.
   */
  lost?(context: Omit<NextContext<Data>, "once">): Next<Step, Data>;
  /** Where the call goes when a `retry` effect stays in doubt. Default: the last resort. */
  readonly inDoubt?: Step;
}

export interface FlowDefinition<Step extends string, Data> {
  /** part of URLs: lower case letters, digits, hyphens */
  readonly name: string;
  readonly start: Step;
  readonly steps: Readonly<Record<Step, StepDefinition<Step, Data>>>;
  /** The final document: verbs that make no webhook, so that nothing is left to fail. */
  lastResort(language: Language): readonly Verb[];
  /** what the data is before the first step */
  readonly data?: Partial<Data>;
  /** steps of an earlier deployment, and the step that took their place; a call may be in the middle of one */
  readonly renamed?: Readonly<Record<string, Step>>;
  /** default: en */
  readonly language?: Language;
  /**
   * `sealed` (default): each occurrence of a file has a URL that carries the checkpoint. `stable`: it carries flow, step
   * and verb alone, so that Twilio's media cache can keep the file; a file and the table lost together are then too much.
   */
  readonly mediaUrls?: "sealed" | "stable";
  /**
   * Runs when the call is over, once, by whichever leg hears of it first; effects through `once`, as everywhere. It is heard of by
   * the number's status callback, or by an action request after the caller has hung up. Nobody is there to hear anything. It does
   * not run for a call of which the table never heard, nor when the end is told to nobody (the primary gone, in all of Twilio's tries).
   */
  ended?(context: EndedContext<Data>): void | Promise<void>;
  /**
   * A caller who was cut off and calls again within so many seconds begins at the step `offer`, whose `next` may return its
   * context's `before` to go on where the call was. Whoever calls from that number is offered it: say nothing there that only
   * one person may hear.
   */
  readonly redial?: { readonly withinSec: number; readonly offer: Step };
}

type AnyData = Readonly<Record<string, unknown>>;
export type AnyStep = StepDefinition<string, AnyData>;

/** A checked flow, its step names and data no longer typed. */
export interface Flow {
  readonly name: string;
  readonly start: string;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly renamed: ReadonlyMap<string, string>;
  readonly language: Language;
  readonly data: AnyData;
  readonly mediaUrls: "sealed" | "stable";
  readonly ended: ((context: EndedContext<AnyData>) => void | Promise<void>) | undefined;
  readonly redial: { readonly withinSec: number; readonly offer: string } | undefined;
  lastResort(language: Language): readonly Verb[];
}

const stepPattern = whole(stepName);
const flowPattern = whole(flowName);

/**
 * Checks a flow as far as this can be done without a call.
 *
 * @throws FlowError naming the flow and the step
 */
export function defineFlow<Step extends string, Data extends object>(definition: FlowDefinition<Step, Data>): Flow {
  const { name, start, renamed = {} } = definition;
  // Data is what the author's steps agree on; from here on it is JSON that the core only carries.
  const steps = new Map(Object.entries(definition.steps) as unknown as [string, AnyStep][]);
  const fail = (what: string): never => {
    throw new FlowError(`flow ${name}: ${what}`);
  };
  if (!flowPattern.test(name) || name.length > limits.flowNameCharactersMax) fail("name is not like front-desk");
  if (!steps.has(start)) fail(`start step '${start}' does not exist`);
  for (const [step, { inDoubt }] of steps) {
    if (!stepPattern.test(step) || step.length > limits.stepNameCharactersMax) fail(`step '${step}': not a plain name`);
    if (inDoubt !== undefined && !steps.has(inDoubt)) fail(`step '${step}': inDoubt '${inDoubt}' does not exist`);
  }
  for (const [old, step] of Object.entries<string>(renamed)) {
    if (!steps.has(step)) fail(`renamed '${old}': step '${step}' does not exist`);
    if (steps.has(old)) fail(`renamed '${old}': a step of that name still exists`);
  }
  const { ended, redial } = definition;
  if (redial !== undefined && !steps.has(redial.offer)) fail(`redial: step '${redial.offer}' does not exist`);
  if (redial !== undefined && !(redial.withinSec > 0 && redial.withinSec <= limits.itemLifeSec)) {
    fail(`redial: withinSec is more than 0 and at most ${limits.itemLifeSec}`);
  }
  for (const language of languages) {
    const lastly = definition.lastResort(language);
    const problem = checkLastResort(lastly) ?? problemInDocument(lastly, language);
    if (problem !== undefined) fail(`lastResort: ${problem}`);
    for (const [step, { prompt }] of steps) {
      const wrong = problemInPrompt(() => prompt({ ...definition.data }, firstHeard(language)), language);
      if (wrong !== undefined) fail(`step '${step}': ${wrong}`);
    }
  }
  return {
    name,
    start,
    steps,
    renamed: new Map(Object.entries<string>(renamed)),
    language: definition.language ?? "en",
    data: { ...definition.data },
    mediaUrls: definition.mediaUrls ?? "sealed",
    ended: ended && ((context) => ended.call(definition, context as unknown as EndedContext<Data>)),
    redial,
    lastResort: (language) => definition.lastResort(language),
  };
}

const firstHeard = (language: Language): PromptContext => ({ visits: 1, attempt: 0, unsure: false, language });

/**
 * What can be told of a prompt before any call. One that needs data which only a call has may throw here, or give verbs that
 * are not whole; it is looked at when it is rehearsed.
 */
function problemInPrompt(prompt: () => readonly Verb[], language: Language): string | undefined {
  try {
    return problemInDocument(prompt(), language);
  } catch (error) {
    return error instanceof FlowError ? error.message : undefined;
  }
}

/** The step of that name, or the one that took its place; undefined when a deployment removed it. */
export function findStep(flow: Flow, name: string): { readonly name: string; readonly step: AnyStep } | undefined {
  const current = flow.steps.has(name) ? name : flow.renamed.get(name);
  const step = current === undefined ? undefined : flow.steps.get(current);
  return current === undefined || step === undefined ? undefined : { name: current, step };
}
