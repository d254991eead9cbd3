import { type Dialect, defaultDialect, dialectAnswers } from "../dialect.ts";
import { dropsQuery } from "../world/met-questions.ts";
import { describeDialect, findDialect, type NamedDialect } from "./dialects.ts";

const questions = Object.entries(dialectAnswers as Record<string, readonly unknown[]>);

/**
 * Reads how a case id or an argument names a dialect: `default`, `d3`, or by the answers in which it differs from the most
 * plausible one, `~errorUrl=relative,playFailure=skip`.
 *
 * @returns undefined for what names none
 */
export function dialectOf(text: string): NamedDialect | undefined {
  if (!text.startsWith("~")) return findDialect(text);
  const answers = new Map<string, unknown>();
  for (const part of text.slice(1).split(",")) {
    const [question = "", told, ...rest] = part.split("=");
    const [, known = []] = questions.find(([name]) => name === question) ?? [];
    const answer = known.find((one) => String(one) === told);
    if (answer === undefined || rest.length > 0 || answers.has(question)) return undefined;
    answers.set(question, answer);
  }
  return namedByAnswers({ ...defaultDialect, ...Object.fromEntries(answers) });
}

/** A dialect by its answers; the most plausible one keeps its name. */
export function namedByAnswers(dialect: Dialect): NamedDialect {
  const differing = describeDialect({ name: "", dialect }).replaceAll(", ", ",");
  return { name: differing === "" ? "default" : `~${differing}`, dialect };
}

/** The same dialect as far as a call met its questions, the most plausible answer to all others: a call like it is the same. */
export function narrowed(dialect: Dialect, met: ReadonlySet<string>): NamedDialect {
  const answers = Object.entries(dialect).filter(
    ([question]) => met.has(question) || (question === "errorUrl" && met.has(dropsQuery)),
  );
  return namedByAnswers({ ...defaultDialect, ...Object.fromEntries(answers) });
}
