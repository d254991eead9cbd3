import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestsMax } from "../../core/limits.ts";
import type { Intercept, OutgoingRequest } from "../../rehearsal/call-record.ts";
import { resumeDialects } from "../../rehearsal/dialect.ts";
import { failed } from "../../rehearsal/reply.ts";
import { effectsOf, place, type TestStack, testStack, usual } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

const asksForTwiml = ({ kind }: OutgoingRequest) => kind !== "media" && kind !== "status";

/** From TwiML request k on, every request fails; with `after`, each has taken effect before its answer is lost. */
function allFrom(k: number, options: { fallbackToo: boolean; after: boolean }): Intercept {
  let asked = 0;
  return async (request, send) => {
    if (!asksForTwiml(request) || (request.isFallback && !options.fallbackToo)) return send();
    if (request.attempt === 0) asked += 1;
    if (asked <= k) return send();
    if (options.after) await send();
    return failed(11205, "lost", "rt");
  };
}

/** Both answers to each question; every combination is tried where one webhook is lost. */
const someDialects = resumeDialects.filter((_, index) => [0, 5].includes(index));

describe.each(someDialects)("when $name", ({ dialect }) => {
  test.each(Object.keys(usual) as (keyof typeof usual)[])(
    "a call of %s whose every request fails from some request on ends within the stated number of requests",
    async (flow) => {
      const faultless = await place(stack, flow, { dialect });
      const bound = requestsMax(faultless.requestCount);
      const ways = [
        { fallbackToo: true, after: false },
        { fallbackToo: true, after: true },
        { fallbackToo: false, after: false },
        { fallbackToo: false, after: true },
      ];
      const every = Array.from({ length: faultless.requestCount }, (_, k) => ways.map((way) => ({ k, ...way }))).flat();
      const calls = await Promise.all(
        every.map(async (way) => ({
          way,
          call: await place(stack, flow, { dialect, intercept: allFrom(way.k, way) }),
        })),
      );
      for (const { way, call } of calls) {
        const what = JSON.stringify(way);
        expect.soft(call.attemptCount, what).toBeLessThanOrEqual(bound);
        // with both legs gone Twilio itself ends the call; with the fallback alive nobody hears its apology
        expect.soft(call.ended, what).toBe(way.fallbackToo ? "apology" : "hangup");
        const effects = effectsOf(stack, call);
        expect.soft(new Set(effects).size, what).toBe(effects.length);
      }
    },
  );
});
