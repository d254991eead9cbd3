import type { Flow, PromptContext } from "../../core/flow.ts";
import { type Language, languages, type Verb } from "../../core/verbs.ts";
import type { Walk } from "../../rehearsal/graph/walk-flow.ts";
import { type WatchedWorld, watchWorld } from "./watch-world.ts";

/** A document that a step gives, in every language of the core. */
export interface HeardDocument {
  readonly step: string;
  /** the step has a `next` */
  readonly goesOn: boolean;
  readonly verbs: Readonly<Record<Language, readonly Verb[]>>;
}

export interface PromptEffect {
  readonly step: string;
  readonly what: string;
}

export interface Heard {
  readonly documents: readonly HeardDocument[];
  readonly effects: readonly PromptEffect[];
}

type Data = Readonly<Record<string, unknown>>;
type Circumstances = Omit<PromptContext, "language">;

/**
 * Hears every step as it may be heard: as the walk met it, given again after a failure, with an effect in doubt; each
 * twice, with data of its own, in a world that tells what was used of it.
 */
export function hearAll(flow: Flow, { states }: Walk): Heard {
  const documents: HeardDocument[] = [];
  const effects: PromptEffect[] = [];
  const add = (step: string, what: string): void => {
    if (!effects.some((known) => known.step === step && known.what === what)) effects.push({ step, what });
  };
  const world = watchWorld();
  try {
    for (const { state, guessed } of states) {
      const { step, visits, data } = state;
      const definition = flow.steps.get(step);
      if (definition === undefined) continue;
      for (const [attempt, unsure] of [
        [0, false],
        [1, false],
        [1, true],
      ] as const) {
        const hear = (language: Language) =>
          hearTwice(definition, data, { visits, attempt, unsure }, { language, world, add: (what) => add(step, what) });
        const verbs = Object.fromEntries(languages.map((language) => [language, guessed ? [] : hear(language)]));
        documents.push({ step, goesOn: definition.next !== undefined, verbs: verbs as HeardDocument["verbs"] });
      }
    }
  } finally {
    world.restore();
  }
  return { documents, effects };
}

interface Ear {
  readonly language: Language;
  readonly world: WatchedWorld;
  add(what: string): void;
}

/** @returns the verbs; none where the prompt throws or gives no list */
function hearTwice(
  definition: { prompt(data: Data, context: PromptContext): readonly Verb[] },
  data: Data,
  circumstances: Circumstances,
  { language, world, add }: Ear,
): readonly Verb[] {
  const given = JSON.stringify(data);
  const hearings = [0, 1].map(() => {
    const own = JSON.parse(given) as Data;
    try {
      const verbs: unknown = definition.prompt(own, { ...circumstances, language });
      noteChanges(given, own, add);
      return Array.isArray(verbs) ? (verbs as readonly Verb[]) : undefined;
    } catch {
      noteChanges(given, own, add);
      return undefined;
    }
  });
  const used = world.takeUsed();
  for (const name of used) add(`it uses ${name}`);
  const [first, second] = hearings;
  // the world's answers differ by themselves
  if (used.length === 0 && textOf(first) !== textOf(second)) add("it says something else when it is heard again");
  return first ?? [];
}

function noteChanges(before: string, data: Data, add: (what: string) => void): void {
  if (JSON.stringify(data) === before) return;
  const was = JSON.parse(before) as Data;
  const names = [...new Set([...Object.keys(was), ...Object.keys(data)])];
  const changed = names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(data[name]));
  for (const name of changed) add(`it changes data.${name}`);
}

function textOf(verbs: readonly Verb[] | undefined): string {
  return JSON.stringify(verbs, (_, value: unknown) => (typeof value === "symbol" ? String(value) : value)) ?? "";
}
