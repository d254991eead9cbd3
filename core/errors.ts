/**
 * Errors, one class per outcome. `retryable` says whether the same request may succeed elsewhere or later: on the
 * primary leg a retryable error becomes a 5xx, which sends the call to the fallback. Expected outcomes (a lost
 * race, a table that is down) are not here: they are unions, returned by the functions that meet them.
 */
export abstract class StaylineError extends Error {
  abstract readonly retryable: boolean;
  /** written out in each class: a minifier renames classes, and operators read these names */
  abstract override readonly name: string;
}

/** A flow is wrong as written: unknown step, invalid verb, data too large. Mend the flow. */
export class FlowError extends StaylineError {
  override readonly name = "FlowError";
  readonly retryable = false;
}

/** The environment lacks a variable or holds one that cannot be used. Mend the configuration. */
export class ConfigurationError extends StaylineError {
  override readonly name = "ConfigurationError";
  readonly retryable = false;
}

/** A step that this build does not have, nor a `renamed` entry for it: the other leg may still have it. */
export class UnknownStepError extends StaylineError {
  override readonly name = "UnknownStepError";
  readonly retryable = true;
}

/**
 * For authors of effects: throw it when the outside service refuses an idempotency key because it came with other
 * arguments before. The effect is then in doubt, not failed: something was done under that key.
 */
export class KeyRefusedError extends StaylineError {
  override readonly name = "KeyRefusedError";
  readonly retryable = false;
}

/** The effect's call took longer than `limits.effectTimeoutMs`: whether it happened is not known. */
export class EffectTimeoutError extends StaylineError {
  override readonly name = "EffectTimeoutError";
  readonly retryable = true;
}

/** One line about an error that is safe to log: our own messages never hold values from outside, others' may. */
export function describe(error: unknown): string {
  if (error instanceof StaylineError) return `${error.name}: ${error.message}`;
  return error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "error";
}
