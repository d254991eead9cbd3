/**
 * Errors, one class per outcome. On the primary leg every error becomes a 5xx, which sends the call to the fallback;
 * there it becomes the last resort. Expected outcomes (a lost race, a table that is down) are not here: they are
 * unions, returned by the functions that meet them.
 */
export abstract class StaylineError extends Error {
  /** written out in each class: a minifier renames classes, and operators read these names */
  abstract override readonly name: string;
}

/** A flow is wrong as written: unknown step, invalid verb, data too large. Mend the flow. */
export class FlowError extends StaylineError {
  override readonly name = "FlowError";
}

/** The environment lacks a variable or holds one that cannot be used. Mend the configuration. */
export class ConfigurationError extends StaylineError {
  override readonly name = "ConfigurationError";
}

/** A step that this build does not have, nor a `renamed` entry for it: the other leg may still have it. */
export class UnknownStepError extends StaylineError {
  override readonly name = "UnknownStepError";
}

/**
 * For authors of effects: throw it when the outside service refuses an idempotency key because it came with other
 * arguments before. The effect is then in doubt, not failed: something was done under that key.
 */
export class KeyRefusedError extends StaylineError {
  override readonly name = "KeyRefusedError";
}

/** The answer that a claim pinned was sealed with a key that this leg does not have. */
export class PinUnreadableError extends StaylineError {
  override readonly name = "PinUnreadableError";
}

/** The effect's call took longer than `limits.effectTimeoutMs`: whether it happened is not known. */
export class EffectTimeoutError extends StaylineError {
  override readonly name = "EffectTimeoutError";
}

/** The table did not answer in the time that a webhook has for it. */
export class TableTimeoutError extends StaylineError {
  override readonly name = "TableTimeoutError";
}

/**
 * One line about an error that is safe to log. Our own messages never hold values from outside; of others' errors, whose
 * messages may, only the class and the place in the code are told.
 */
export function describe(error: unknown): string {
  if (error instanceof StaylineError) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return "error";
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "Error";
  const [, place] = /\n\s+at [^\n]*?([\w.-]+:\d+:\d+)\)?(?:\n|$)/.exec(error.stack ?? "") ?? [];
  return place === undefined ? name : `${name} at ${place}`;
}
