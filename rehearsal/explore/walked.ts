import { dropsQuery } from "../world/met-questions.ts";
import type { NamedDialect } from "./dialects.ts";

/** Open questions about Twilio that a call met, and those that the calls behind it met. */
export interface Met {
  readonly questions: ReadonlySet<string>;
  readonly below: Met[];
}

/** Remembers what was walked behind each first fault, and under which answers. */
export interface Walked {
  /** Was this walked under a dialect that gives the same answers to all that was met there? */
  has(first: string, dialect: NamedDialect): boolean;
  add(first: string, dialect: NamedDialect, met: Met): void;
}

export function createWalked(): Walked {
  const entries = new Map<string, { dialect: NamedDialect; met: Met; questions?: ReadonlySet<string> }[]>();
  return {
    has: (first, dialect) =>
      entries.get(first)?.some((entry) => {
        entry.questions ??= allOf(entry.met);
        return [...entry.questions].every(
          (question) => answerOf(entry.dialect, question) === answerOf(dialect, question),
        );
      }) ?? false,
    add: (first, dialect, met) => entries.set(first, [...(entries.get(first) ?? []), { dialect, met }]),
  };
}

/** Asked only when the walk under one dialect is over: what is below is complete then. */
function allOf(met: Met): ReadonlySet<string> {
  const questions = new Set<string>();
  const visited = new Set<Met>();
  const left = [met];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (visited.has(next)) continue;
    visited.add(next);
    for (const question of next.questions) questions.add(question);
    left.push(...next.below);
  }
  return questions;
}

function answerOf({ dialect }: NamedDialect, question: string): unknown {
  if (question === dropsQuery) return dialect.errorUrl === "no-query";
  return dialect[question as keyof typeof dialect];
}
