import { describe, expect, test } from "vitest";
import { FlowError } from "../../core/errors.ts";
import { defineFlow, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import { type CallParameters, type Calls, placeCall } from "../../core/place-call.ts";
import { gather, hangup, say } from "../../core/verb-builders.ts";
import { action, twoLegs } from "../support/legs.ts";

interface Data {
  readonly day?: string;
}
const reminder = defineFlow<"ask" | "end", Data>({
  name: "reminder",
  start: "ask",
  data: { day: "some day" },
  steps: {
    ask: { prompt: ({ day }) => [gather({ numDigits: 1 }, say(`see you on ${day}?`))], next: () => goTo("end") },
    end: { prompt: ({ day }) => [say(`${day}, bye`), hangup()] },
  },
  lastResort: () => [say("sorry"), hangup()],
});

const call = { flow: "reminder", to: "+815011112222", from: "+815099998888", key: "r-1", data: { day: "Monday" } };

/** Twilio's Calls resource as `placeCall` knows it, and the calls that it placed. */
function switchboard() {
  const placed: CallParameters[] = [];
  const state = { refuses: false, losesAnswers: false, blind: false };
  const calls: Calls = {
    async create(parameters) {
      if (state.refuses) return { refused: "21211 invalid number" };
      placed.push(parameters);
      if (state.losesAnswers) throw new Error("timeout");
      return { sid: `CA${placed.length}` };
    },
    async find(to) {
      if (state.blind) throw new Error("down");
      const found = placed.filter((one) => one.to === to);
      return found.length === 1 ? "CA1" : undefined;
    },
  };
  return { calls, placed, state };
}

describe("a call that we place", () => {
  test("begins its flow on the primary with the data that it was given", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    expect(await placeCall(legs.primary, calls, call)).toEqual({ kind: "placed", callSid: "CA1" });
    const url = placed[0]?.url ?? "";
    const asked = await legs.ask(url, { Direction: "outbound-api" });
    expect(asked.said).toEqual(["see you on Monday?"]);
    expect((await legs.ask(action(asked), { Digits: "1" })).said).toEqual(["Monday, bye"]);
  });

  test("begins on the fallback when its first request is lost, by the fallback's own URL", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    await placeCall(legs.primary, calls, call);
    const { url = "", fallbackUrl = "" } = placed[0] ?? {};
    expect(url).toMatch(/#ct=\d+&rt=\d+/);
    expect(fallbackUrl).toMatch(/rp=all$/);
    for (const errorUrl of [url, url.replace(/\?.*/, "")]) {
      const heard = await legs.failAt(fallbackUrl, errorUrl);
      expect(heard.said).toEqual(["see you on Monday?"]);
    }
  });

  test("tells nothing of its data in a URL", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    await placeCall(legs.primary, calls, call);
    expect(JSON.stringify(placed)).not.toContain("Monday");
  });

  test("is placed once for each key, whoever asks again and on whichever leg", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    await placeCall(legs.primary, calls, call);
    expect(await placeCall(legs.fallback, calls, call)).toEqual({ kind: "already", callSid: "CA1" });
    await placeCall(legs.primary, calls, { ...call, key: "r-2" });
    expect(placed).toHaveLength(2);
  });

  test("is placed once by two that ask at once: one of them hears that it is not known yet, or which call it is", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    const both = await Promise.all([placeCall(legs.primary, calls, call), placeCall(legs.fallback, calls, call)]);
    expect(placed).toHaveLength(1);
    expect(both.map(({ kind }) => kind).sort()).toEqual(["already", "placed"]);
  });

  test("is looked for when Twilio's answer is lost, and never placed again", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed, state } = switchboard();
    state.losesAnswers = true;
    state.blind = true;
    expect(await placeCall(legs.primary, calls, call)).toMatchObject({ kind: "in-doubt" });
    expect(await placeCall(legs.primary, calls, call)).toMatchObject({ kind: "in-doubt" });
    state.blind = false;
    expect(await placeCall(legs.primary, calls, call)).toEqual({ kind: "already", callSid: "CA1" });
    expect(placed).toHaveLength(1);
  });

  test("that Twilio refuses stays refused under its key", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed, state } = switchboard();
    state.refuses = true;
    expect(await placeCall(legs.primary, calls, call)).toEqual({ kind: "refused", reason: "21211 invalid number" });
    state.refuses = false;
    expect(await placeCall(legs.primary, calls, call)).toMatchObject({ kind: "refused" });
    expect(placed).toHaveLength(0);
  });

  test("is not placed while the table does not answer", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    legs.gates.primary.refuse("claim");
    expect(await placeCall(legs.primary, calls, call)).toMatchObject({ kind: "unavailable" });
    expect(placed).toHaveLength(0);
  });

  test.each([
    ["a flow that is not there", { ...call, flow: "nothing" }],
    ["data that no URL can carry", { ...call, data: { text: "x".repeat(limits.urlDataBytesMax) } }],
  ])("is an error with %s", async (_, wrong) => {
    const legs = twoLegs(reminder);
    const { calls } = switchboard();
    await expect(placeCall(legs.primary, calls, wrong)).rejects.toThrow(FlowError);
  });

  test("whose data cannot be opened fails on the primary and has the last resort on the fallback", async () => {
    const legs = twoLegs(reminder);
    const { calls, placed } = switchboard();
    await placeCall(legs.primary, calls, call);
    const foreign = (url = "") => url.replace(/begin=k1/, "begin=k9");
    expect((await legs.ask(foreign(placed[0]?.url))).answer).toMatchObject({ kind: "failed" });
    const heard = await legs.failAt(foreign(placed[0]?.fallbackUrl), foreign(placed[0]?.url));
    expect(heard.answer).toMatchObject({ outcome: "last-resort" });
  });
});
