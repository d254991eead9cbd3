import { afterEach, beforeEach, expect, test } from "vitest";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { UsageError } from "../../scripts/command-line.ts";
import { FlowTroubleError, scriptsOf } from "../../scripts/rehearse/rehearsable.ts";
import { replay, replayText } from "../../scripts/rehearse/replay.ts";
import { flows } from "./rehearse/sound-flows.ts";
import { flows as troubled } from "./rehearse/troubled-flows.ts";

let openNetwork = () => {};
beforeEach(() => {
  openNetwork = closeNetwork();
});
afterEach(() => openNetwork());

test("a case id places its call again: the fault is told, and what the outside did", async () => {
  const replayed = await replay(flows, {}, "sound/en/1/default/1=refused");
  expect(replayed.findings).toEqual([]);
  const text = replayText(replayed);
  expect(text).toMatch(/FAILOVER at #0: ErrorCode 11200/);
  expect(text).toContain(
    "went wrong     request refused (primary, before the first document): the connection is refused\n",
  );
  expect(text).toContain("outside did    POST /BOOKINGS_URL/book {}");
});

test("a dialect is replayed by the answers in the id", async () => {
  const { call, dialect } = await replay(flows, {}, "sound/en/1/~errorUrl=relative/1=refused");
  expect(dialect.dialect.errorUrl).toBe("relative");
  expect(call.record.requests.find(({ kind }) => kind === "fallback")?.params.ErrorUrl).toMatch(/^\//);
});

test.each([
  ["nonsense", /^--case nonsense: a case id is flow\/language\/script\/dialect\/choices/],
  ["other/en/1/default/-", /^there is no flow 'other'; there are sound$/],
  ["sound/en/9,9/default/-", /flow 'sound' has no script '9,9' in en now$/],
  ["sound/en/1/d999/-", /there is no dialect 'd999'$/],
  ["sound/en/1/default/1=mouse", /point 1 is fault 'request', which has no 'mouse'/],
  ["sound/en/1/default/999=refused", /there is no point 999: the call has only \d+ now$/],
])("%s no longer fits, and one line says why", async (id, why) => {
  const replaying = replay(flows, {}, id);
  await expect(replaying).rejects.toThrow(UsageError);
  await expect(replaying).rejects.toThrow(why);
});

test.each([
  ["broken-prompt", "step 'say': its prompt throws: no word to say"],
  ["wants-a-number", "step 'ask': its next throws: FLOW_COPIES is not a number"],
  ["fixed-address", "step 'ask': effect 'book' fails without a fault: a rehearsed flow asked https://bookings.example"],
  ["leads-nowhere", "step 'ask': it leads nowhere: the flow has no step 'gone'"],
])("flow %s breaks without a fault: step and reason are named", async (name, why) => {
  const flow = troubled.find((one) => one.name === name);
  if (flow === undefined) throw new Error(`no flow ${name}`);
  await expect(scriptsOf(flow, {})).rejects.toThrow(FlowTroubleError);
  await expect(scriptsOf(flow, {})).rejects.toThrow(`flow '${name}' cannot be rehearsed: ${why}`);
});
