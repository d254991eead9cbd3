import { type Clock, within } from "../core/clock.ts";
import { describe } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { sorryPage } from "../core/sorry-page.ts";
import { readSorry, type SorrySwitch, sorryOff } from "../core/sorry-switch.ts";
import { toResult } from "./adapter.ts";
import type { PageFor } from "./door.ts";
import type { ParameterNames, ParameterOptions, Values } from "./parameters.ts";

export interface SorryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly parameterReader: (names: ParameterNames, options: ParameterOptions) => () => Promise<Values>;
  /** Told in one line when the switch could not be read. */
  readonly warn: (line: string) => void;
}

export interface Sorry {
  readonly now: () => SorrySwitch | Promise<SorrySwitch>;
  readonly pageFor: PageFor;
}

/**
 * The switch of the primary leg: the SSM parameter that `SORRY_PARAMETER` names, or `SORRY` itself. It is read when this is made and
 * again beside the webhooks, at most once in `limits.sorryRefreshMs`; a webhook waits for it only on an instance that has just
 * started or has had nothing to do for long. What was known stays while it cannot be read; where nothing was, it is off.
 */
export function createSorry({ env, clock, parameterReader, warn }: SorryOptions): Sorry {
  const { SORRY_PARAMETER: name, SORRY: given } = env;
  let known = taken(given ?? "off") ?? sorryOff;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let notBeforeMs = name ? 0 : Number.POSITIVE_INFINITY;
  let reading: Promise<SorrySwitch> | undefined;
  const { secretsAttemptMs: attemptMs, secretsRetryMs } = limits;
  const reader = name ? parameterReader({ SORRY: name }, { refreshMs: 0, attemptMs, attempts: 1 }) : undefined;

  function taken(text: string): SorrySwitch | undefined {
    const read = readSorry(text);
    if (read === undefined) warn("the switch of sorry mode is not taken: it begins with on or off");
    return read;
  }
  async function read(): Promise<SorrySwitch> {
    try {
      const { SORRY = "" } = (await reader?.()) ?? {};
      known = taken(SORRY) ?? known;
      readAtMs = clock.nowMs();
      notBeforeMs = readAtMs + limits.sorryRefreshMs;
    } catch (error) {
      notBeforeMs = clock.nowMs() + secretsRetryMs;
      warn(`the switch of sorry mode cannot be read, it stays ${known.on ? "on" : "off"}: ${describe(error)}`);
    }
    reading = undefined;
    return known;
  }
  function readOnce(): Promise<SorrySwitch> {
    reading ??= read();
    return reading;
  }
  function now(): SorrySwitch | Promise<SorrySwitch> {
    const nowMs = clock.nowMs();
    if (nowMs < notBeforeMs) return known;
    const next = readOnce();
    if (nowMs - readAtMs < limits.sorryStaleMs) return known;
    return within(
      clock,
      limits.sorryWaitMs,
      () => next,
      () => known,
    );
  }
  if (reader !== undefined) void readOnce();

  return {
    now,
    async pageFor({ headers, requestContext }) {
      if (requestContext.http.method !== "GET") return undefined;
      const page = sorryPage(await now(), clock.nowMs(), headers["x-twilio-signature"]);
      if (page === undefined) return undefined;
      const { headers: own, ...result } = toResult(page.status, page.contentType, page.body);
      return { ...result, headers: { ...own, ...page.headers } };
    },
  };
}
