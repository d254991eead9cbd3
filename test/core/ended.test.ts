import { describe, expect, test } from "vitest";
import { defineFlow, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import type { Run } from "../../core/once.ts";
import { gather, hangup, record, say } from "../../core/verb-builders.ts";
import { action, callSid, twoLegs } from "../support/legs.ts";

type Step = "ask" | "message" | "end";
interface Data {
  readonly color?: string;
  readonly message?: string;
}

/** A call that is summed up in one note when it is over, however it ended. */
function flowWith(write: (summary: string, key: string) => Promise<unknown>, inDoubt: "retry" | "give-up" = "retry") {
  return defineFlow<Step, Data>({
    name: "summed-up",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("which?"))],
        next: ({ input }) => goTo("message", { color: input.kind === "digits" ? input.digits : "none" }),
      },
      message: {
        prompt: () => [say("speak"), record({ maxLength: 10 })],
        next: ({ input }) => goTo("end", { message: input.kind === "recording" ? input.endedBy : "none" }),
      },
      end: { prompt: () => [say("bye"), hangup()] },
    },
    lastResort: () => [say("sorry"), hangup()],
    ended: async ({ data, step, status, once }) => {
      const run: Run<string> = async (key) => {
        await write(`${status} at ${step}: ${JSON.stringify(data)}`, key);
        return "written";
      };
      if (inDoubt === "retry") await once("summary", run, { inDoubt: "retry" });
      else await once("summary", run, { inDoubt: "give-up" });
    },
  });
}

function notes() {
  const written: string[] = [];
  const keys = new Set<string>();
  const write = async (summary: string, key: string) => {
    if (!keys.has(key)) written.push(summary);
    keys.add(key);
  };
  return { written, keys, write };
}

async function inTheMiddle(legs: ReturnType<typeof twoLegs>) {
  return legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "2" });
}

describe("when the call is over", () => {
  test.each(["primary", "fallback"] as const)(
    "the flow hears of it once, with what was said until then, on the %s",
    async (leg) => {
      const { written, keys, write } = notes();
      const legs = twoLegs(flowWith(write));
      await inTheMiddle(legs);
      expect(await legs.ends(leg)).toEqual({ kind: "stored", turn: undefined });
      expect(written).toEqual(['completed at message: {"color":"2"}']);
      expect([...keys]).toEqual([`${callSid}:${limits.turnsMax + 1}:summary`]);
      expect((await legs.item()).endedAtMs).toBe(legs.clock.nowMs());
    },
  );

  test("whoever hears of it later finds it done, on either leg", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    await inTheMiddle(legs);
    await legs.ends("primary");
    expect(await legs.ends("fallback")).toEqual({ kind: "ignored" });
    expect(await legs.ends("primary")).toEqual({ kind: "ignored" });
    expect(written).toHaveLength(1);
  });

  test("both legs may hear of it at once", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    await inTheMiddle(legs);
    await Promise.all([legs.ends("primary"), legs.ends("fallback")]);
    expect(written).toEqual(['completed at message: {"color":"2"}']);
  });

  test("the action request of a caller who hung up tells of it too, before any status callback, after its turn", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    const asked = await inTheMiddle(legs);
    const RecordingUrl = "https://api.twilio.com/r/RE1";
    await legs.ask(action(asked), { RecordingUrl, Digits: "hangup", CallStatus: "completed" });
    expect(written).toEqual(['completed at end: {"color":"2","message":"hangup"}']);
    expect(await legs.ends("primary")).toEqual({ kind: "ignored" });
  });

  test("and so does its fallback request", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    const asked = await inTheMiddle(legs);
    await legs.fail(action(asked), { RecordingUrl: "https://api.twilio.com/r/RE1", CallStatus: "completed" });
    expect(written).toEqual(['completed at end: {"color":"2","message":"silence"}']);
  });

  test("a called person's leg that ends is not the end of the call", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    await inTheMiddle(legs);
    expect(await legs.ends("primary", { ParentCallSid: `CA${"9".repeat(32)}` })).toEqual({ kind: "ignored" });
    expect(written).toEqual([]);
  });

  test("a service that fails is asked again by the next who hears of it, under the same key", async () => {
    const keys: string[] = [];
    const legs = twoLegs(
      flowWith(async (_, key) => {
        keys.push(key);
        if (keys.length === 1) throw new Error("down");
      }),
    );
    await inTheMiddle(legs);
    expect(await legs.ends("primary")).toMatchObject({ kind: "unavailable" });
    expect((await legs.item()).endedAtMs).toBeUndefined();
    expect(await legs.ends("primary")).toMatchObject({ kind: "stored" });
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });

  test("an effect that must never run twice does not, though nobody knows whether it happened", async () => {
    let runs = 0;
    const legs = twoLegs(
      flowWith(async () => {
        runs += 1;
        throw new Error("down");
      }, "give-up"),
    );
    await inTheMiddle(legs);
    await legs.ends("primary");
    await legs.ends("fallback");
    expect(runs).toBe(1);
  });

  test("the flow's own error does not keep the call from being over, and is told", async () => {
    const legs = twoLegs(
      defineFlow({
        name: "wrong",
        start: "end",
        steps: { end: { prompt: () => [say("bye"), hangup()] } },
        lastResort: () => [hangup()],
        ended: () => {
          throw new TypeError("x");
        },
      }),
    );
    await legs.ask(legs.voiceUrl);
    expect(await legs.ends("primary")).toMatchObject({ kind: "stored", reason: expect.stringMatching(/^TypeError/) });
    expect((await legs.item()).endedAtMs).toBeDefined();
  });

  test("a table that cannot be read leaves the end to the next who hears of it", async () => {
    const { written, write } = notes();
    const legs = twoLegs(flowWith(write));
    await inTheMiddle(legs);
    legs.gates.primary.refuse("read");
    expect(await legs.ends("primary")).toMatchObject({ kind: "unavailable" });
    await legs.ends("fallback");
    expect(written).toHaveLength(1);
  });
});
