import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LogLine } from "../../core/log.ts";
import { atBooking, type Target } from "../support/mid-call.ts";
import { ask, form, formBody, itemOf, legOf, signatureOf, targetOf } from "../support/signed-request.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterEach(() => stack.tableProxy.clear());
afterAll(() => stack?.stop());

/** The line of the first request after the call came to its booking. */
async function lineAfter(leg: "primary" | "fallback", { params: { CallSid = "" } }: Target, before: number) {
  await expect.poll(() => linesOf(leg, CallSid).length, { timeout: 8_000 }).toBe(before + 1);
  return linesOf(leg, CallSid)[before];
}

function linesOf(leg: "primary" | "fallback", callSid: string): LogLine[] {
  const lines = stack[leg].output().split("\n");
  return lines.filter((line) => line.startsWith("{") && line.includes(callSid)).map((line) => JSON.parse(line));
}

/** Asks as Twilio does, and closes the connection when `meanwhile` is done; resolves when it is closed. */
function askAndLeave({ url, params }: Target, meanwhile: Promise<void>): Promise<void> {
  const { hostname, port } = new URL(legOf(stack, url));
  const body = formBody(params);
  const headers = {
    ...{ "content-type": form, "content-length": String(Buffer.byteLength(body)) },
    "x-twilio-signature": signatureOf(stack.authToken, url, params),
  };
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, method: "POST", path: targetOf(url), headers, agent: false });
    asking.on("error", () => {});
    asking.on("close", resolve);
    asking.on("response", () => reject(new Error("the leg answered before the connection was closed")));
    asking.end(body);
    void meanwhile.then(() => asking.destroy());
  });
}

describe.each(["primary", "fallback"] as const)("on the %s leg over HTTP", (leg) => {
  test("neither timed out: Twilio got the answer", async () => {
    const target = await atBooking(stack, leg);
    const before = linesOf(leg, target.params.CallSid ?? "").length;
    expect((await ask(stack, target.url, target.params)).status).toBe(200);
    const line = await lineAfter(leg, target, before);
    expect(line).toMatchObject({ event: "turn.answered", status: 200, leg });
    expect(line?.tableMs).toBeGreaterThanOrEqual(0);
    expect(line?.tableMs).toBeLessThanOrEqual(line?.elapsedMs ?? 0);
  });

  test("only the table timed out: that is no 499, for Twilio was still there", async () => {
    const target = await atBooking(stack, leg);
    const before = linesOf(leg, target.params.CallSid ?? "").length;
    stack.tableProxy.fault("hang", { leg });
    const { status } = await ask(stack, target.url, target.params);
    // rule 9: the primary sends the call to the fallback, which goes on unclaimed
    const told = leg === "primary" ? { event: "turn.failed" } : { event: "turn.answered", saved: false };
    const line = await lineAfter(leg, target, before);
    expect(line).toMatchObject({ ...told, table: expect.any(String), status });
    expect(status).toBe(leg === "primary" ? 503 : 200);
    expect(line?.tableMs).toBeGreaterThan(300);
  });

  test("only Twilio went away, and its socket closed: a 499, and the turn is taken all the same", async () => {
    const target = await atBooking(stack, leg);
    const callSid = target.params.CallSid ?? "";
    const before = linesOf(leg, callSid).length;
    let reached = () => {};
    let release = () => {};
    const atEffect = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const remove = stack.effects.onRequest((phase, call) => {
      if (phase !== "before" || call.callSid !== callSid) return;
      reached();
      return released;
    });
    await askAndLeave(target, atEffect);
    release();
    const line = await lineAfter(leg, target, before);
    remove();
    expect(line).toMatchObject({ event: "request.client-closed", inside: "turn.answered", status: 499, saved: true });
    expect((await itemOf(stack, callSid))?.checkpoint).toMatchObject({ step: line?.step, turn: line?.turn });
  });

  test("both: the table timed out for a request whose socket had closed, a 499 that keeps why", async () => {
    const target = await atBooking(stack, leg);
    const before = linesOf(leg, target.params.CallSid ?? "").length;
    stack.tableProxy.reset();
    stack.tableProxy.fault("hang", { leg });
    const atTable = expect.poll(() => stack.tableProxy.counts()[leg].UpdateItem ?? 0).toBeGreaterThan(0);
    await askAndLeave(target, atTable);
    const inside = leg === "primary" ? "turn.failed" : "turn.answered";
    const closed = { event: "request.client-closed", inside, status: 499, table: expect.any(String) };
    expect(await lineAfter(leg, target, before)).toMatchObject(closed);
  });
});
