import { type Dialect, defaultDialect, dialectAnswers } from "../dialect.ts";

export interface NamedDialect {
  readonly name: string;
  readonly dialect: Dialect;
}

type Row = Map<string, unknown>;

/**
 * The dialects of an exhaustive search: the most plausible one first, then as few as it takes for every answer to every
 * open question to meet every answer to every other one (a covering array of strength two, chosen greedily).
 */
export const namedDialects: readonly NamedDialect[] = coveringRows().map((row, at) => ({
  name: at === 0 ? "default" : `d${at}`,
  dialect: Object.fromEntries(row) as unknown as Dialect,
}));

/** Does the fallback request drop the query of the failed URL, and does it repeat the parameters: in every way. */
const deciding = [
  { fallbackRepeatsParams: false, errorUrl: "absolute" },
  { fallbackRepeatsParams: true, errorUrl: "relative" },
  { fallbackRepeatsParams: false, errorUrl: "no-query" },
  { fallbackRepeatsParams: true, errorUrl: "no-query" },
] as const;

/**
 * The dialects of a search for pairs of faults, which is long: every way in which the two questions meet that decide how a
 * lost request is resumed, and every answer to every other question in one of them.
 */
export const fewDialects: readonly NamedDialect[] = deciding.map((answers, at) => ({
  name: at === 0 ? "default" : `f${at}`,
  dialect: { ...fewRow(at), ...answers },
}));

/** The first row is the most plausible dialect; the others share what else may be true. */
function fewRow(at: number): Dialect {
  const row: Record<string, unknown> = { ...defaultDialect };
  if (at === 0) return defaultDialect;
  for (const [k, [question, answers]] of Object.entries(
    dialectAnswers as Record<string, readonly unknown[]>,
  ).entries()) {
    const other = answers.findIndex((_, nth) => nth > 0 && 1 + ((k + nth) % (deciding.length - 1)) === at);
    if (other !== -1) row[question] = answers[other];
  }
  return row as unknown as Dialect;
}

/** A dialect of either list by its name. */
export function findDialect(name: string): NamedDialect | undefined {
  return [...namedDialects, ...fewDialects].find((one) => one.name === name);
}

/** @returns the answers in which a dialect differs from the most plausible one */
export function describeDialect({ dialect }: NamedDialect): string {
  const differing = Object.entries(dialect).filter(
    ([name, answer]) => answer !== defaultDialect[name as keyof Dialect],
  );
  return differing.map(([name, answer]) => `${name}=${answer}`).join(", ");
}

function coveringRows(): Row[] {
  const questions = Object.entries(dialectAnswers as Record<string, readonly unknown[]>);
  const missing = new Set<string>();
  for (const [at, [one, its]] of questions.entries()) {
    for (const [other, others] of questions.slice(at + 1)) {
      for (const a of its) for (const b of others) missing.add(pairOf(one, a, other, b));
    }
  }
  const rows: Row[] = [new Map(Object.entries(defaultDialect))];
  const cover = (row: Row): void => {
    const entries = [...row];
    for (const [at, [one, a]] of entries.entries()) {
      for (const [other, b] of entries.slice(at + 1)) missing.delete(pairOf(one, a, other, b));
    }
  };
  cover(orderedLike(questions, rows[0] ?? new Map()));
  while (missing.size > 0) {
    const row: Row = new Map();
    // each row begins with a pair that is still missing, so it ends
    const [first] = missing;
    const [one = "", a, other = "", b] = JSON.parse(first ?? "[]") as [string, unknown, string, unknown];
    row.set(one, a).set(other, b);
    for (const [question, answers] of questions) {
      if (!row.has(question)) row.set(question, bestAnswer(question, answers, row, missing, questions));
    }
    const ordered = orderedLike(questions, row);
    rows.push(ordered);
    cover(ordered);
  }
  return rows.map((row) => orderedLike(questions, row));
}

/** The answer that covers most of what is missing, together with what the row holds already. */
function bestAnswer(
  question: string,
  answers: readonly unknown[],
  row: Row,
  missing: ReadonlySet<string>,
  questions: readonly (readonly [string, readonly unknown[]])[],
): unknown {
  const order = questions.map(([name]) => name);
  const gain = (answer: unknown): number => {
    let covered = 0;
    for (const [other, its] of row) {
      const before = order.indexOf(other) < order.indexOf(question);
      if (missing.has(before ? pairOf(other, its, question, answer) : pairOf(question, answer, other, its)))
        covered += 1;
    }
    return covered;
  };
  return answers.reduce((best, answer) => (gain(answer) > gain(best) ? answer : best), answers[0]);
}

function orderedLike(questions: readonly (readonly [string, readonly unknown[]])[], row: Row): Row {
  return new Map(questions.map(([question]) => [question, row.get(question)]));
}

function pairOf(one: string, a: unknown, other: string, b: unknown): string {
  return JSON.stringify([one, a, other, b]);
}
