import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loseAnswerAt } from "../../rehearsal/faults.ts";
import { type MarkerName, markerNames, markers, markersIn, sealsIn } from "../support/markers.ts";
import { type MarkedNight, markedNight } from "../support/markers-night.ts";

/** The message of sorry mode is for everybody who calls, and is shown to the operator who set it; nowhere else. */
const said: readonly MarkerName[] = ["sorryMessage"];

let night: MarkedNight;
let lost: string;
beforeAll(async () => {
  night = await markedNight();
  const { requests, place, stack, killPrimary } = night;
  const choices = ["1", "2", "3", "4", "5", "6", "7"];
  await Promise.all(choices.flatMap((choice) => [requests.call("primary", choice), requests.call("fallback", choice)]));
  await place(loseAnswerAt(1));
  lost = (await place(killPrimary)).callSid;
  await stack.primary.restart();
  await requests.strangers();
  await night.exported();
}, 90_000);
afterAll(() => night?.stop());

afterEach(() => {
  night.outputs.texts.length = 0;
});

/** Every line and page that was written since the last look; each must have said something. */
function expectNothing(allowed: readonly MarkerName[] = []): void {
  const { texts, leaks } = night.outputs;
  expect(texts.filter(({ text }) => text.trim().length < 10)).toEqual([]);
  expect(leaks(allowed)).toEqual([]);
}

describe("a night of calls in which everything that people say and every secret is marked", () => {
  test("fails in all the ways that the flow has, and every stranger is refused", async () => {
    const statuses = night.requests.asked.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(night.failed().length).toBeGreaterThan(4);
    for (const status of await night.requests.strangers()) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    const events = Object.values(night.lines)
      .flat()
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line).event);
    for (const event of ["answered", "resumed", "failed", "last-resort"]) expect(events).toContain(`turn.${event}`);
    expect(events).toContain("request.rejected");
  });

  test("leaves nothing in a line of either leg", () => {
    for (const leg of ["primary", "fallback"] as const) {
      expect(night.lines[leg].length).toBeGreaterThan(20);
      night.outputs.add(`what the ${leg} leg wrote`, night.lines[leg].join("\n"));
    }
    expectNothing();
  });

  test("leaves nothing in the table that can be read without the key", async () => {
    const items = await night.scan();
    expect(JSON.parse(items).Items.length).toBeGreaterThan(14);
    expect(markersIn(items)).toEqual([]);
    // what is of people is there, sealed
    expect(sealsIn(items).length).toBeGreaterThan(14);
  });

  test("leaves nothing in a trace: text, JSON, page, followed", async () => {
    const { folder, command, withRest } = night;
    const logs = ["--logs", path.join(folder, "primary.log"), path.join(folder, "fallback.log")];
    const html = path.join(folder, "trace.html");
    const marked = night.failed()[0]?.params.CallSid ?? "";
    const [text, json] = await Promise.all([
      command(["trace", lost, ...logs, "--html", html], withRest),
      command(["trace", marked, ...logs, "--json"], withRest),
      command(["trace", marked, ...logs], withRest),
      command(["trace", marked, "--follow", ...logs]),
    ]);
    expect(text.out).toContain("FAILOVER");
    expect(JSON.parse(json.out).sources.map(({ had }: { had: boolean }) => had)).toEqual([true, true, true, true]);
    night.outputs.add("the page of a trace", readFileSync(html, "utf8"));
    expectNothing();
  });

  test("leaves nothing in a triage: text, JSON, live, probe, and the archive for support", async () => {
    const { folder, command, withRest } = night;
    const bundle = path.join(folder, "support.tar.gz");
    const probe = ["--probe", "--times", "2", "--every", "100ms"];
    const [text, json, , , probed] = await Promise.all([
      command(["triage", "--dir", folder, ...probe, "--bundle", bundle]),
      command(["triage", "--dir", folder, "--json"]),
      command(["triage", "--live", "--json"], withRest),
      command(["triage", "--live"], withRest),
      command(["triage", ...probe, "--json"]),
    ]);
    expect(text).toMatchObject({ code: 0, err: expect.stringContaining("files") });
    expect(JSON.parse(json.out).requests.length).toBeGreaterThan(4);
    expect(JSON.parse(probed.out).ways.length).toBe(2);
    const names = execFileSync("tar", ["-tzf", bundle], { encoding: "utf8" }).trim().split("\n");
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const file = execFileSync("tar", ["-xzOf", bundle, name], { encoding: "utf8" });
      night.outputs.add(`${name} of the archive`, file);
    }
    expectNothing();
  });

  test("leaves nothing in what is told of the outbox, also when the carrier refuses or is gone", async () => {
    const { command, deliver, withRest } = night;
    await deliver();
    const all = await Promise.all([
      command(["outbox", "status"], withRest),
      command(["outbox", "status", "--json"], withRest),
    ]);
    expect(all.map(({ code }) => code)).toEqual([1, 1]);
    const { counts, letters } = JSON.parse(all[1]?.out ?? "");
    expect(counts.inDoubt).toBeGreaterThan(0);
    expect(counts.givenUp).toBeGreaterThan(0);
    const { key } = letters.find(({ state }: { state: string }) => state === "given up");
    await Promise.all([command(["outbox", "drop", key], withRest), command(["outbox", "status"])]);
    const items = await night.scan();
    expect(markersIn(items)).toEqual([]);
    expectNothing();
  });

  test("leaves nothing in what sorry mode logs and tells but its message, which is for everybody", async () => {
    const { command, stack, serverless, ssm, requests, lines } = night;
    const on = ["sorry", "on", "--message", markers.sorryMessage, "--until", "2h", "--allow", markers.allowed];
    const atTwilio = { ...serverless.env, TWILIO_API_BASE_URL: "", FALLBACK_BASE_URL: `https://${serverless.domain}` };
    expect(await command(on, atTwilio, "sorry on")).toMatchObject({ code: 0 });
    expect(await command(["sorry", "status"], atTwilio)).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 number"),
    });
    await stack.fallback.setVariables(Object.fromEntries(serverless.variables));
    await stack.primary.restart();
    const before = lines.primary.length + lines.fallback.length;
    expect((await night.place()).heard.join(" ")).toContain(markers.sorryMessage);
    await Promise.all([requests.strangers(), fetch(`${stack.primary.baseUrl}/voice/careless?${markers.rejectedUrl}`)]);
    await expect.poll(() => lines.primary.length + lines.fallback.length).toBeGreaterThan(before);
    night.outputs.add("what the legs wrote in sorry mode", [...lines.primary, ...lines.fallback].join("\n"));
    expect(night.outputs.texts.at(-1)?.text).toContain("turn.sorry");
    ssm.fail("denied");
    await command(["sorry", "off"], atTwilio);
    ssm.fail(undefined);
    night.outputs.add(
      "what the switches hold of numbers",
      `${ssm.get("/test/sorry")} ${serverless.variables.get("SORRY")}`,
    );
    expectNothing(said);
  });

  test("had every marker in an input that was used", () => {
    const used = night.inputs.markers();
    expect(markerNames.filter((name) => !used.has(name))).toEqual([]);
    // and the sealed checkpoints of real calls
    expect(sealsIn(night.inputs.texts.map(({ text }) => text).join("\n")).length).toBeGreaterThan(20);
  });
});
