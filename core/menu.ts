/**
 * What every phone menu needs, as plain functions that return steps. Each has a limit of tries, counted as visits in
 * a row, and says what follows when they are spent.
 */
import type { GoTo, Next, NextContext, PromptContext, StepDefinition } from "./flow.ts";
import { goTo } from "./flow.ts";
import { limits } from "./limits.ts";
import { gather } from "./verb-builders.ts";
import type { GatherAttributes, GatherVerb } from "./verbs.ts";

type Prompts = GatherVerb["prompts"];

interface Asked<Step extends string, Data> {
  /** the question; `context.visits` above 1 means that the last answer did not fit */
  readonly ask: (data: Readonly<Data>, context: PromptContext) => Prompts;
  /** visits in a row before `otherwise` follows; default `limits.triesDefault` */
  readonly tries?: number;
  /** what follows when the tries are spent */
  readonly otherwise: Step;
  readonly timeout?: number;
}

/** Asks, and stays on the step until an answer fits or the tries are spent. */
function asking<Step extends string, Data>(
  self: Step,
  options: Asked<Step, Data>,
  attributes: GatherAttributes,
  answer: (context: NextContext<Data>) => Next<Step, Data> | undefined | Promise<Next<Step, Data> | undefined>,
): StepDefinition<Step, Data> {
  const { tries = limits.triesDefault, otherwise, timeout } = options;
  const all = timeout === undefined ? attributes : { ...attributes, timeout };
  return {
    prompt: (data, context) => [gather(all, ...options.ask(data, context))],
    next: async (context) => {
      const led = await answer(context);
      if (led !== undefined) return led;
      return context.visits >= tries ? goTo(otherwise) : goTo(self);
    },
  };
}

/**
 * A menu: one key, one way on.
 *
 * @param self the step's own name, to which a wrong key or silence leads back
 * @param options.choices key → step, or key → what `goTo` returned
 */
export function menu<Step extends string, Data>(
  self: Step,
  options: Asked<Step, Data> & { readonly choices: Readonly<Record<string, Step | GoTo<Step, Partial<Data>>>> },
): StepDefinition<Step, Data> {
  return asking(self, options, { numDigits: 1 }, ({ input }) => {
    // own keys only: what the caller "presses" comes from outside and may be any text
    const known = input.kind === "digits" && Object.hasOwn(options.choices, input.digits);
    const chosen = known ? options.choices[input.digits] : undefined;
    return typeof chosen === "string" ? goTo(chosen) : chosen;
  });
}

/** Yes by key 1 or a spoken yes, no by key 2 or a spoken no. */
export function yesNo<Step extends string, Data>(
  self: Step,
  options: Asked<Step, Data> & {
    readonly yes: (context: NextContext<Data>) => Next<Step, Data> | Promise<Next<Step, Data>>;
    readonly no: (context: NextContext<Data>) => Next<Step, Data> | Promise<Next<Step, Data>>;
    /** default: keys only */
    readonly speech?: boolean;
  },
): StepDefinition<Step, Data> {
  const attributes: GatherAttributes = options.speech
    ? { numDigits: 1, input: "dtmf speech", hints: "yes, no, はい, いいえ" }
    : { numDigits: 1 };
  return asking(self, options, attributes, (context) => {
    const said = yesOrNo(context.input);
    return said === undefined ? undefined : options[said](context);
  });
}

/** Reads yes or no from a key or from speech in either language. */
export function yesOrNo(input: NextContext<unknown>["input"]): "yes" | "no" | undefined {
  if (input.kind === "digits") return input.digits === "1" ? "yes" : input.digits === "2" ? "no" : undefined;
  if (input.kind !== "speech") return undefined;
  const said = input.text.trim().toLowerCase();
  if (/^(?:(?:no|nope)(?![a-z])|いいえ|いや)/.test(said)) return "no";
  return /^(?:(?:yes|yeah|yep)(?![a-z])|はい|ええ|うん)/.test(said) ? "yes" : undefined;
}

/**
 * N digits with validation.
 *
 * @param options.count exactly this many digits, or `{ min, max }` ended by the # key or a pause
 * @param options.accept where valid digits lead
 */
export function digits<Step extends string, Data>(
  self: Step,
  options: Asked<Step, Data> & {
    readonly count: number | { readonly min: number; readonly max: number };
    readonly valid?: (digits: string, data: Readonly<Data>) => boolean;
    readonly accept: (digits: string, context: NextContext<Data>) => Next<Step, Data> | Promise<Next<Step, Data>>;
  },
): StepDefinition<Step, Data> {
  const { count, valid = () => true } = options;
  const { min, max } = typeof count === "number" ? { min: count, max: count } : count;
  return asking(self, options, { numDigits: max, finishOnKey: "#" }, (context) => {
    const { input, data } = context;
    if (input.kind !== "digits" || !/^\d+$/.test(input.digits)) return undefined;
    if (input.digits.length < min || input.digits.length > max || !valid(input.digits, data)) return undefined;
    return options.accept(input.digits, context);
  });
}
