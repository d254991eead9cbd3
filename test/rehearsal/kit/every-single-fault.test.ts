import { describe, expect, test } from "vitest";
import { defineFlow, gather, goTo, hangup, say } from "../../../core/index.ts";
import { appointment } from "../../../flows/appointment.ts";
import { faultKinds } from "../../../rehearsal/fault-kinds.ts";
import { everySingleFault } from "../../../rehearsal/kit/index.ts";

interface Data {
  readonly count: number;
}
/** Leaves its only question by an effect; what it keeps, how it ends and whether it claims the effect is up to the test. */
const ordering = (leave: "once" | "bare" | "told by the clock", inDoubt?: "end") =>
  defineFlow<"ask" | "end", Data>({
    name: "ordering",
    start: "ask",
    steps: {
      ask: {
        ...(inDoubt && { inDoubt }),
        prompt: () => [gather({ numDigits: 1 }, say("How many?"))],
        next: async ({ input, once, settings }) => {
          if (input.kind !== "digits") return goTo("ask");
          const { digits } = input;
          const send = async (key: string) => {
            const body = JSON.stringify({ digits });
            const answer = await fetch(`${settings.ORDERS_URL}/order`, {
              method: "POST",
              headers: { "idempotency-key": key },
              body,
            });
            if (!answer.ok) throw new Error("not ordered");
          };
          if (leave === "bare") await send(`${Math.random()}`);
          else await once("order", send, { inDoubt: "retry" });
          return goTo("end", { count: leave === "told by the clock" ? performance.now() : Number(digits) });
        },
      },
      end: { prompt: () => [say("Done."), hangup()] },
    },
    lastResort: () => [say("Sorry."), hangup()],
  });

describe("every single fault", () => {
  test("is survived by a flow that keeps the rules, in one call for each fault and one without", async () => {
    const calls = await everySingleFault(ordering("once", "end"), "3", { kinds: ["request"] });
    const hangUps = 2;
    expect(calls).toBe(1 + 2 * (faultKinds.request.length - hangUps));
    expect(await everySingleFault(ordering("once", "end"), "3", { kinds: ["media"] })).toBe(1);
    expect(await everySingleFault(ordering("once", "end"), "3")).toBeGreaterThan(calls);
  });

  test("names each fault after which an effect is done twice, with the ladder of the first", async () => {
    const failing = everySingleFault(ordering("bare"), "3", { kinds: ["request", "write"] });
    await expect(failing).rejects.toThrow(/'ordering' to survive \d+ faults, it does not survive \d+:/);
    await expect(failing).rejects.toThrow(
      /request twice on the primary leg after 'ask': done besides: POST \/ORDERS_URL\/order/,
    );
    await expect(failing).rejects.toThrow(/\n {2}and \d+ more\n|request at-once/);
    await expect(failing).rejects.toHaveProperty(
      "stack",
      expect.stringMatching(/\n {4}at .*every-single-fault\.test\.ts/),
    );
    await expect(failing).rejects.toThrow(/presses 3[\s\S]*the call has ended/);
  });

  test("finds a call that ends otherwise, and one that is not done", async () => {
    await expect(everySingleFault(ordering("told by the clock"), "3", { kinds: ["request"] })).rejects.toThrow(
      /no fault: ends with hangup at 'end' \{"count":[\d.]+}, not with/,
    );
    const giving = defineFlow<"ask" | "end", Record<never, never>>({
      name: "giving-up",
      start: "ask",
      steps: {
        ask: {
          prompt: () => [gather({ numDigits: 1 }, say("Order?"))],
          next: async ({ once, settings }) => {
            await once("order", () => fetch(`${settings.ORDERS_URL}/order`).then(() => 1), { inDoubt: "give-up" });
            return goTo("end");
          },
        },
        end: { prompt: () => [say("Done."), hangup()] },
      },
      lastResort: () => [say("Sorry."), hangup()],
    });
    await expect(everySingleFault(giving, "3", { kinds: ["write"] })).rejects.toThrow(
      /write \S+ on the .*: not done: GET/,
    );
    expect(await everySingleFault(giving, "3", { kinds: ["media"] })).toBe(1);
  });

  test("asks of every call what the test asks besides", async () => {
    let seen = 0;
    await everySingleFault(appointment, "1,1", {
      kinds: ["request", "effect"],
      check: (call) => {
        seen += 1;
        call.did("book", { day: "monday" });
        call.ended("hangup");
      },
    });
    expect(seen).toBe(1 + 3 * (faultKinds.request.length - 2));
    const strict = everySingleFault(appointment, "1,1", { kinds: ["request"], check: (call) => call.on("primary") });
    await expect(strict).rejects.toThrow(
      "request answer-lost on the primary leg after 'chooseDay': the call on the primary leg, it is on the fallback leg\n",
    );
  });

  test("needs exactly the answers of the call, in the caller's syntax", async () => {
    await expect(everySingleFault(appointment, "1")).rejects.toThrow("an answer to every question in '1'");
    await expect(everySingleFault(appointment, "1,1,1")).rejects.toThrow("no answers after 2 in '1,1,1'");
    await expect(everySingleFault(appointment, "one")).rejects.toThrow(/"one" is not digits/);
  });
});
