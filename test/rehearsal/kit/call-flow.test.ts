import { describe, expect, test } from "vitest";
import { defineFlow, dial, gather, goTo, hangup, say } from "../../../core/index.ts";
import { appointment } from "../../../flows/appointment.ts";
import { frontDesk } from "../../../flows/front-desk.ts";
import type { FaultName } from "../../../rehearsal/fault-kinds.ts";
import { CallAssertionError, callFlow, everySingleFault, type FlowCall } from "../../../rehearsal/kit/index.ts";
import { verbFlows } from "../../flows/verbs.ts";

/** Before any call was placed. */
const realFetch = globalThis.fetch;

const messageOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof CallAssertionError) return error.message;
    throw error;
  }
  return "nothing was thrown";
};

/** Does not say where a call goes whose effect stays in doubt. */
const careless = defineFlow<"ask" | "end", Record<never, never>>({
  name: "careless",
  start: "ask",
  steps: {
    ask: {
      prompt: () => [gather({ numDigits: 1 }, say("Shall we?"))],
      next: async ({ once, settings }) => {
        await once("do", () => fetch(`${settings.SERVICE_URL}/do`).then(() => true), { inDoubt: "retry" });
        return goTo("end");
      },
    },
    end: { prompt: () => [say("Done."), hangup()] },
  },
  lastResort: () => [say("Please hold for a person."), dial("+815012345678"), hangup()],
});

async function booked(options: Parameters<typeof callFlow>[1] = {}): Promise<FlowCall> {
  const call = await callFlow(appointment, options);
  await call.press("1");
  await call.press("1");
  return call;
}

describe("a call in a test", () => {
  test("stands where the caller is asked, and nothing that comes later has happened", async () => {
    const call = await callFlow(frontDesk);
    await call.press("2");
    expect(call).toMatchObject({ step: "voicemail", turn: 2, leg: "primary", effects: [] });
    // a call given up at a recording would hand the message over
    call.didNothingElse();
    expect(call.ladder()).toContain("the call waits for the caller (Record) at 'voicemail', turn 2, primary leg");
    expect(call.ladder()).not.toMatch(/hangs up|call ended/);
  });

  test("is the same every time", async () => {
    const [one, other] = [await booked(), await booked()];
    expect(one.ladder()).toBe(other.ladder());
    expect(one.effects).toEqual(other.effects);
  });

  test("may be placed beside others, and the network is there again afterwards", async () => {
    const calls = await Promise.all([booked(), booked(), callFlow(frontDesk)]);
    expect(calls.map(({ step }) => step)).toEqual(["booked", "booked", "choose"]);
    expect(globalThis.fetch).toBe(realFetch);
  });

  test("shows what the caller heard as words, also in the other language", async () => {
    const call = await callFlow(appointment, { language: "ja" });
    expect(call.heard).toEqual([expect.stringContaining("月曜日をご希望の方は1を")]);
  });

  test("shows each effect with what it was asked for and under which key", async () => {
    const { effects } = await booked();
    expect(effects).toEqual([
      {
        name: "book",
        arguments: { day: "monday" },
        method: "POST",
        path: "/BOOKINGS_URL/book",
        idempotencyKey: expect.stringMatching(/^CA5+:2:book$/),
      },
    ]);
  });

  test("gives the flow the settings of the test, and takes Twilio to behave as the test says", async () => {
    const away = await callFlow(appointment, { settings: { BOOKINGS_URL: "http://gone.outside.invalid" } });
    await away.press("1");
    await away.press("1");
    away.at("unsettled");
    for (const fallbackRepeatsParams of [true, false]) {
      const call = await callFlow(appointment, { dialect: { fallbackRepeatsParams } });
      call.breaks("request", "refused");
      await call.press("1");
      call.at(fallbackRepeatsParams ? "confirm" : "chooseDay");
    }
  });

  test("comes to the last resort like to any other place, and to Twilio's own apology", async () => {
    const call = await callFlow(careless);
    call.breaks("effect", "service-down");
    await call.press("1");
    call.hears("Please hold for a person");
    call.at("last resort");
    expect(call.ladder()).toContain("waits for the caller (Dial) at the last resort, turn");
    await call.dialEnds("completed");
    call.ended("hangup");

    const gone = await callFlow(careless, { breaks: { request: "empty", fallback: "down" } });
    gone.hears("an application error has occurred");
    gone.ended("apology");
  });
});

describe("what is to break", () => {
  test("meets the next operation of its kind, not one that is over", async () => {
    const call = await callFlow(appointment);
    call.breaks("request", "answer-lost");
    await call.press("1");
    call.on("fallback");
    expect(call.ladder().match(/FAILOVER/g)).toHaveLength(1);
    expect(call.ladder()).toContain("FAILOVER at #1");
  });

  test("waits for its operation over several answers", async () => {
    const call = await callFlow(appointment);
    call.breaks("effect", "crash-after");
    await call.press("1");
    call.on("primary");
    await call.press("1");
    call.on("fallback");
    call.did("book", { day: "monday" });
    call.ended("hangup");
  });

  test("can let operations go well first, and meet one after the other", async () => {
    const claimOrCommit = async (skip: number) => {
      const call = await callFlow(appointment);
      await call.press("1");
      call.breaks("write", "crash", { skip });
      await call.press("1");
      return call.effects.length;
    };
    expect(await claimOrCommit(0)).toBe(0);
    expect(await claimOrCommit(1)).toBe(1);

    const call = await callFlow(appointment);
    call.breaks("request", "refused");
    call.breaks("request", "refused");
    await call.press("1");
    expect(call.ladder()).toContain("FAILOVER at #1");
    await call.press("1");
    expect(call.ladder()).toContain("FAILOVER at #2");
  });

  test("can break before the first word", async () => {
    const call = await callFlow(appointment, { breaks: { request: "refused", media: "status-404" } });
    call.hears("To come on Monday, press 1");
    call.on("fallback");
    expect(call.ladder().match(/FAILOVER/g)).toHaveLength(2);
  });

  test("fails the test when nothing met it", async () => {
    const call = await callFlow(appointment);
    await call.press("1");
    call.breaks("media", "host-down");
    await call.press("1");
    expect(messageOf(() => call.ended("hangup"))).toContain("something to break that never happened: media host-down");
  });

  test("is a kind and a fault that exist, and a call that goes on", async () => {
    const call = await callFlow(appointment);
    expect(() => call.breaks("media", "crash" as FaultName<"media">)).toThrow(
      /'media' cannot break by 'crash': .*host-down/,
    );
    expect(() => call.breaks("webhook" as "request", "hang")).toThrow(/no operation is called 'webhook': .*request/);
    await call.hangUp();
    expect(() => call.breaks("request", "hang")).toThrow("a call in which request can break");
  });
});

describe("an expectation that does not hold says what is, with the ladder", () => {
  const ladder = /│── presses 1 ─+▶│[\s\S]*── #2 action \/voice\/appointme/;

  test.each<[string, (call: FlowCall) => void, RegExp]>([
    [
      "hears",
      (call) => call.hears("Tuesday is yours"),
      /to hear "Tuesday is yours", heard since.*\n {2}"Monday is yours/,
    ],
    ["what was heard before", (call) => call.hears("To book Monday"), /to hear "To book Monday"/],
    [
      "neverHeard",
      (call) => call.neverHeard(/press \d/g),
      /never to hear \/press \\d\/g, heard "Welcome to the clinic/,
    ],
    [
      "did, another effect",
      (call) => call.did("cancel"),
      /'cancel' to be done exactly once, done:\n {2}book \{"day":"monday"}/,
    ],
    ["did, other arguments", (call) => call.did("book", { day: /^tues/ }), /'book \{"day":"\/\^tues\/"}' to be done/],
    ["did, more arguments", (call) => call.did("book", { day: "monday", hour: 9 }), /exactly once/],
    ["didNothingElse", (call) => call.didNothingElse(), /nothing to be done, done:\n {2}book/],
    [
      "at, another step",
      (call) => call.at("confirm"),
      /the call at 'confirm', it is at 'booked' with \{"day":"monday"/,
    ],
    ["at, other data", (call) => call.at("booked", { day: "tuesday" }), /at 'booked' with \{"day":"tuesday"}, it is/],
    ["on", (call) => call.on("fallback"), /on the fallback leg, it is on the primary leg/],
    [
      "ended",
      (call) => call.ended("end-of-document"),
      /to end with end-of-document, the call has ended \(hangup\) at 'booked'/,
    ],
  ])("%s", async (_, expectation, message) => {
    const call = await booked();
    const said = messageOf(() => expectation(call));
    expect(said).toMatch(message);
    expect(said).toMatch(ladder);
  });

  test("the stack begins at the test", async () => {
    const call = await booked();
    const stackOf = async (run: () => unknown): Promise<string> => {
      try {
        await run();
      } catch (error) {
        return (error as Error).stack?.split("\n").find((line) => line.startsWith("    at ")) ?? "";
      }
      return "";
    };
    expect(await stackOf(() => call.hears("nothing"))).toContain("call-flow.test.ts");
    expect(await stackOf(() => call.press("1"))).toContain("call-flow.test.ts");
  });

  test("an answer to a question that was not put is one too", async () => {
    const call = await callFlow(appointment);
    await expect(call.dialEnds("busy")).rejects.toThrow(
      /wait at Dial when the caller is connected: busy[\s\S]*waits for the caller \(Gather\)/,
    );
    await expect(call.record(5)).rejects.toThrow("wait at Record when the caller speaks");
    await call.hangUp();
    call.ended("caller-hangup");
    await expect(call.press("1")).rejects.toThrow(
      /wait at Gather or Record when the caller presses 1[\s\S]*has ended \(caller-hangup\)/,
    );
    await expect(call.keepSilent()).rejects.toThrow("be asked something when the caller is silent");
  });

  test("what broke stands in the message", async () => {
    const call = await callFlow(appointment);
    call.breaks("request", "hang");
    await call.press("1");
    expect(messageOf(() => call.at("confirm"))).toContain(
      "broken:\n  request hang on the primary leg after 'chooseDay'",
    );
  });
});

describe("documents beside the call", () => {
  test("the person called hears a whisper, and is connected by its key", async () => {
    const call = await callFlow(verbFlow("verbs-dial"));
    await call.dialEnds("completed");
    call.hears("a call for you");
    await call.press("1");
    call.at("room", { called: "reached 10 s" });
    const declined = await callFlow(verbFlow("verbs-dial"));
    await declined.dialEnds("completed");
    await declined.keepSilent();
    declined.at("sip", { called: "nobody" });
  });

  test("who waits in a queue hears its document, and leaves by its key", async () => {
    const call = await callFlow(verbFlow("verbs-queue"));
    await call.queueEnds("bridged", 60);
    call.hears("you are next");
    await call.keepSilent();
    await call.press("9");
    call.hears("waiting: leave");
    call.at("desk", { waited: "leave" });
  });

  test("a payment and a session end as the test says", async () => {
    const call = await callFlow(verbFlow("verbs-pay"));
    await call.pays("success");
    call.did("ship");
    call.ended("hangup");
    const agent = await callFlow(verbFlow("verbs-agent"));
    await agent.sessionEnds("ended", "to billing");
    agent.hears("agent: ended to billing no error");
    await expect(agent.pays("success")).rejects.toThrow(CallAssertionError);
  });

  test("a file that fails beside the call costs nothing but itself", async () => {
    const files = { kinds: ["media"] } as const;
    expect(await everySingleFault(verbFlow("verbs-queue"), "queue:bridged:10:-", files)).toBeGreaterThan(5);
    const whispered = "dial:completed,1,dial:completed";
    expect(await everySingleFault(verbFlow("verbs-dial"), whispered, files)).toBeGreaterThan(5);
  });
});

function verbFlow(name: string) {
  const flow = verbFlows.find((one) => one.name === name);
  if (flow === undefined) throw new Error(`no flow '${name}'`);
  return flow;
}
