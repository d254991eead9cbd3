/**
 * A rehearsed call is a function of what is chosen on its way: which fault meets which operation, which answer Twilio's
 * open questions have. Each is chosen where it matters, so two calls that never meet a question are one call.
 */
export interface ChoicePoint {
  /** `fault`: something goes wrong; `dialect`: an open question about Twilio; `caller`: what the caller does. */
  readonly what: "fault" | "dialect" | "caller";
  /** What was about to happen: the kind of operation, or the question. */
  readonly name: string;
  /** The first is what happens when nothing was chosen. */
  readonly options: readonly string[];
  readonly chosen: string;
}

/** Choices other than the first option, by the number of their point. */
export type Chosen = ReadonlyMap<number, string>;

/** Chooses at a point that nothing was said about. */
export type Otherwise = (point: Omit<ChoicePoint, "chosen">, at: number) => string;

export interface Choices {
  choose(what: ChoicePoint["what"], name: string, options: readonly string[]): string;
  readonly points: readonly ChoicePoint[];
}

/** Thrown when a case names a choice that the call does not have: the flow or the rehearsal has changed since. */
export class ChoiceError extends Error {
  override readonly name = "ChoiceError";
}

export function createChoices(chosen: Chosen, otherwise: Otherwise = ({ options }) => options[0] ?? ""): Choices {
  const points: ChoicePoint[] = [];
  return {
    points,
    choose(what, name, options) {
      const at = points.length;
      const told = chosen.get(at);
      if (told !== undefined && !options.includes(told)) {
        throw new ChoiceError(`point ${at} is ${what} '${name}', which has no '${told}': ${options.join(", ")}`);
      }
      const taken = told ?? otherwise({ what, name, options }, at);
      points.push({ what, name, options, chosen: taken });
      return taken;
    },
  };
}
