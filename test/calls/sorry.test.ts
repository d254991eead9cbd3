import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { allowMark } from "../../core/sorry-switch.ts";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import type { CallOptions } from "../../rehearsal/place-call.ts";
import { legOf, send, targetOf } from "../support/signed-request.ts";
import { finished, heldCalls, type SorryStack, sorryStack, toldSorry, words } from "../support/sorry-stack.ts";
import { effectsOf, lastWords, type TestStack } from "../support/stack.ts";

const staff = "+815012345678";

let all: SorryStack;
let stack: TestStack;
beforeAll(async () => {
  all = await sorryStack();
  stack = all.stack;
});
afterAll(() => all?.stop());

describe("each leg has its own switch", () => {
  test("only the primary's is on: whoever fails over before anything was heard gets the flow from the fallback", async () => {
    await all.begin("off");
    await all.turn("on", ["primary"]);
    await stack.primary.restart();
    expect(toldSorry(await all.call())).toBe(true);
    await all.killPrimary();
    expect(finished(await all.call())).toBe(true);
  });

  test("only the fallback's is on: callers of a well primary never notice", async () => {
    await all.begin("off");
    await all.turn("on", ["fallback"]);
    expect(finished(await all.call())).toBe(true);
    await all.killPrimary();
    expect(toldSorry(await all.call())).toBe(true);
  });

  test("a switch that cannot be read is off, and the line works", async () => {
    await all.begin("on");
    await stack.fallback.setVariables({ SORRY: "open it, please" });
    all.ssm.fail("denied");
    await stack.primary.restart();
    expect(finished(await all.call())).toBe(true);
    await all.killPrimary();
    expect(finished(await all.call())).toBe(true);
    all.ssm.fail(undefined);
  });
});

describe("who passes", () => {
  beforeEach(() => stack.tableProxy.clear());

  test("a named number, on both legs", async () => {
    await all.begin("on", { allow: [allowMark(stack.authToken, staff)] });
    expect(finished(await all.call({ from: staff }))).toBe(true);
    expect(toldSorry(await all.call())).toBe(true);
    await all.killPrimary();
    expect(finished(await all.call({ from: staff }))).toBe(true);
    expect(toldSorry(await all.call())).toBe(true);
  });

  test("callers of another flow than the named one", async () => {
    await all.begin("on", { flows: ["survey"] });
    expect(finished(await all.call())).toBe(true);
    await all.begin("on", { flows: ["four"] });
    expect(toldSorry(await all.call())).toBe(true);
    await all.killPrimary();
    expect(toldSorry(await all.call())).toBe(true);
  });

  test("everybody, from the end on", async () => {
    await all.begin("on", { untilMs: Date.now() - 1 });
    expect(finished(await all.call())).toBe(true);
    await all.killPrimary();
    expect(finished(await all.call())).toBe(true);
  });

  test("nobody who is on the line, when all calls are to hear it", async () => {
    await all.begin("off");
    const before = heldCalls(all, 2);
    await expect.poll(before.standing, { timeout: 10_000 }).toBe(2);
    await all.begin("on", { scope: "all" });
    before.open();
    for (const one of await before.calls) {
      expect(one.ended).toBe("hangup");
      expect(lastWords(one)).toBe("Back at five.");
      expect(effectsOf(stack, one)).toEqual([]);
    }
  });
});

describe("the preview", () => {
  const preview = (): Partial<CallOptions> => {
    const { voiceUrl = "", fallbackUrl = "" } = stack.flows.four ?? {};
    return {
      voiceUrl: voiceUrl.replace("#", "?preview=sorry#"),
      fallbackUrl: fallbackUrl.replace("#", "&preview=sorry#"),
    };
  };

  test("is heard while sorry mode is off, from either leg, and nobody else hears it", async () => {
    await all.begin("off");
    expect(toldSorry(await all.call(preview()))).toBe(true);
    expect(finished(await all.call())).toBe(true);
    await all.killPrimary();
    // by the URL that failed, and by the fallback URL's own query
    expect(toldSorry(await all.call({ voiceUrl: preview().voiceUrl ?? "" }))).toBe(true);
    expect(toldSorry(await all.call({ ...preview(), voiceUrl: preview().fallbackUrl ?? "" }))).toBe(true);
  });

  test("takes a signature like every other URL", async () => {
    const url = preview().voiceUrl ?? "";
    await stack.primary.restart();
    const got = await send(legOf(stack, url), targetOf(url), { headers: {}, body: "CallSid=CA1" });
    expect(got.status).toBe(403);
  });
});

describe("a recording", () => {
  const audio = { en: "en/not-understood.mp3" };
  const media: Intercept = (request, go) =>
    request.kind === "media" ? Promise.resolve({ kind: "answer", status: 404, headers: {}, body: "" } as never) : go();

  test("is played in place of the message, and what is known besides is said", async () => {
    await all.begin("on", { audio });
    const one = await all.call();
    expect(one.heard).toEqual([expect.stringContaining("en/not-understood.mp3"), "Back at five."]);
    await all.killPrimary();
    const other = await all.call();
    expect(other.heard).toEqual([expect.stringContaining("en/not-understood.mp3"), "Back at five."]);
  });

  test.each(["on", "off"] as const)(
    "that cannot be fetched is said, also when it was turned %s meanwhile on the other leg",
    async (word) => {
      await all.begin("on", { audio });
      await all.turn(word, ["fallback"], { audio });
      const one = await all.call({ intercept: media });
      expect(one.ended).toBe("hangup");
      expect(one.heard.join(" ")).toBe(words);
    },
  );
});

describe("a browser that opens the public URL", () => {
  const open = (leg: "primary" | "fallback", url: string) =>
    fetch(`${stack[leg].baseUrl}${targetOf(url)}`, { headers: { accept: "text/html,*/*" } });

  test("gets 503, when to come back, a page, and nothing to keep; 403 while it is off", async () => {
    const { voiceUrl = "", fallbackUrl = "" } = stack.flows.four ?? {};
    await all.begin("on", { untilMs: Date.now() + 3_600_000 });
    const got = [await open("primary", voiceUrl), await open("fallback", fallbackUrl)];
    for (const response of got) {
      expect(response.status).toBe(503);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(3_000);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(await response.text()).toContain("The line is closed.");
    }
    await all.begin("off");
    expect((await open("primary", voiceUrl)).status).toBe(403);
    expect((await open("fallback", fallbackUrl)).status).toBe(403);
  });
});

test("each is one log line, without a number, a mark or a word of the message", async () => {
  await all.begin("on", { allow: [allowMark(stack.authToken, staff)] });
  const one = await all.call();
  const other = await all.call({ from: staff });
  const lines = stack.primary.output().split("\n");
  const of = ({ callSid }: CallRecord) =>
    lines.filter((line) => line.includes(callSid)).map((line) => JSON.parse(line));
  expect(of(one)[0]).toMatchObject({ event: "turn.sorry", reason: "new call", status: 200 });
  expect(of(other)[0]).toMatchObject({ event: "turn.answered" });
  for (const hidden of [staff.slice(3), "closed", "閉まって", allowMark(stack.authToken, staff)]) {
    expect(lines.filter((line) => line.includes(hidden))).toEqual([]);
  }
});
