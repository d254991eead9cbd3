import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CaseLadder, ConsoleEvent } from "../../../console/protocol.ts";
import { startRehearsal } from "../../../scripts/console/inputs.ts";
import { type Served, servedConsole } from "./served.ts";

let served: Served;
let folder = "";
const before = process.cwd();
beforeAll(async () => {
  // the coverage that a rehearsal leaves behind is not the developer's
  folder = await mkdtemp(path.join(tmpdir(), "stayline-console-"));
  process.chdir(folder);
  served = await servedConsole();
});
afterAll(async () => {
  await served.stop();
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

type Done = Extract<ConsoleEvent, { kind: "rehearsal.done" }>;
const rehearsed = (flow: string) =>
  served.events.until(
    (event): event is Done => event.kind === "rehearsal.done" && event.rehearsal.flow === flow,
    0,
    90_000,
  );

test("a flow is rehearsed with progress, a matrix at the end, and coverage for its picture", {
  timeout: 120_000,
}, async () => {
  expect(await served.post("/api/rehearsals", { flow: "survey", dialects: "few" })).toMatchObject({ status: 202 });
  expect(await served.post("/api/rehearsals", { flow: "survey" })).toMatchObject({ status: 409 });
  const { rehearsal } = await rehearsed("survey");
  expect(rehearsal).toMatchObject({ state: "done", dialects: "few", failed: 0, progress: 1, failures: [] });
  expect(rehearsal.cases).toBeGreaterThan(100);
  expect(rehearsal.matrix?.length).toBeGreaterThan(10);
  expect(served.events.ofKind("rehearsal.progress").length).toBeGreaterThan(0);
  const { flows, rehearsal: latest } = await served.state();
  expect(latest).toMatchObject({ state: "done", id: rehearsal.id });
  const survey = flows.find(({ name }) => name === "survey");
  expect(survey?.coverage).toMatchObject({ faults: "single" });
  expect(survey?.graph.steps.length).toBeGreaterThan(2);
  expect(flows.find(({ name }) => name === "appointment")).not.toHaveProperty("coverage");
});

test("a case is opened as a ladder, and one that is none is told", async () => {
  const caseId = "appointment/en/1,1/default/1=refused";
  const response = await fetch(`${served.origin}/api/cases/${encodeURIComponent(caseId)}`);
  const ladder = (await response.json()) as CaseLadder;
  expect(response.status).toBe(200);
  expect(ladder).toMatchObject({ caseId, findings: [] });
  expect(ladder.text).toContain("FAILOVER");
  const kinds = ladder.events.map(({ kind }) => kind);
  for (const kind of ["request", "reply", "failover", "heard", "answered", "effect"] as const)
    expect(kinds).toContain(kind);
  const effect = ladder.events.findIndex(({ kind }) => kind === "effect");
  const end = ladder.events.findIndex(({ kind }) => kind === "call.ended");
  expect(effect).toBeLessThan(end);
  const replies = ladder.events.flatMap((event) =>
    event.kind === "reply" && event.requestKind !== "media" ? [event] : [],
  );
  expect(replies.some(({ twiml, checkpoint }) => twiml?.includes("<Gather") && checkpoint?.step === "confirm")).toBe(
    true,
  );
  for (const bad of ["nothing", "appointment/en/9,9,9/default/1=refused", "%"]) {
    const path = bad === "%" ? "%" : encodeURIComponent(bad);
    expect((await fetch(`${served.origin}/api/cases/${path}`)).status).toBe(404);
  }
});

test("only a flow of the list is rehearsed", async () => {
  expect(await served.post("/api/rehearsals", { flow: "four" })).toMatchObject({ status: 404 });
  expect(v.safeParse(startRehearsal, { flow: "../etc" }).success).toBe(false);
  expect(v.safeParse(startRehearsal, { flow: "survey", dialects: "d1" }).success).toBe(false);
  expect(v.parse(startRehearsal, { flow: "survey" }).dialects).toBe("few");
});
