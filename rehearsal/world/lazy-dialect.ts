import { type Dialect, dialectAnswers } from "../dialect.ts";

/** Answers to some of the questions, given beforehand. */
export type Settled = Partial<Dialect>;

type OnRead = (question: string) => void;
type Choose = (question: string, options: readonly string[]) => string;

/** Made once: a class with a getter for each question, since one is needed for every call. */
class LazyDialect {
  readonly #settled: Settled;
  readonly #choose: Choose;
  readonly #known = new Map<string, unknown>();
  readonly #onRead: OnRead;

  constructor(settled: Settled, choose: Choose, onRead: OnRead) {
    this.#settled = settled;
    this.#choose = choose;
    this.#onRead = onRead;
  }

  static {
    for (const [question, answers] of Object.entries(dialectAnswers)) {
      const options = answers.map(String);
      Object.defineProperty(LazyDialect.prototype, question, {
        get(this: LazyDialect) {
          return this.#answer(question, answers, options);
        },
      });
    }
  }

  #answer(question: string, answers: readonly unknown[], options: readonly string[]): unknown {
    this.#onRead(question);
    const given = this.#settled[question as keyof Dialect] ?? this.#known.get(question);
    if (given !== undefined) return given;
    const chosen = answers[options.indexOf(this.#choose(question, options))];
    this.#known.set(question, chosen);
    return chosen;
  }
}

/**
 * A dialect that is asked only where an answer matters: each question is chosen when it is first met, and then stays for
 * the call. Two dialects that differ only in what a call never meets are one call.
 *
 * @param onRead told each time that an answer is asked for
 */
export function lazyDialect(settled: Settled, choose: Choose, onRead: OnRead): Dialect {
  return new LazyDialect(settled, choose, onRead) as unknown as Dialect;
}
