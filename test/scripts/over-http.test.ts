import { expect, inject, test } from "vitest";
import { namedDialects } from "../../rehearsal/explore/dialects.ts";
import { faultKinds } from "../../rehearsal/fault-kinds.ts";
import { counterparts } from "../../scripts/rehearse/http-faults.ts";
import { createMeeting, createSlots } from "../../scripts/rehearse/http-gates.ts";
import { formatReport } from "../../scripts/rehearse/http-report.ts";
import { rehearseOverHttp } from "../../scripts/rehearse/over-http.ts";
import { socketFaults } from "../../scripts/rehearse/socket-faults.ts";
import { flows } from "../flows/index.ts";

test("a caller gets the same over sockets as in process, and a rehearsal in process that lies about a fault is found out", async () => {
  const progress: number[] = [];
  const result = await rehearseOverHttp({
    flows: flows.filter(({ name }) => name === "appointment"),
    scripts: 1,
    dialects: namedDialects.filter(({ name }) => ["default", "d5"].includes(name)),
    // none that waits for a real timeout
    faults: ["refused", "truncated", "duplicate", "reset-after", "table-lose-answer"],
    casesMax: 18,
    seed: 1,
    buildDir: inject("buildDir"),
    onProgress: (done, total) => progress.push(done / total),
    // the lie: a leg that never hears of a request whose answer is lost
    counterparts: { ...counterparts, "reset-after": { inProcess: "hang" } },
  });
  const { cases, differences, faults } = result;
  expect([cases, progress.length, progress.at(-1)]).toEqual([18, 18, 1]);
  expect(Object.keys(faults).length).toBeGreaterThan(4);
  expect(differences.filter((one) => !one.case.includes("reset-after"))).toEqual([]);
  expect(new Set(differences.map(({ what }) => what))).toContain("checkpoint");
  expect(formatReport(result)).toMatch(/ differ {2}connection reset before the first byte of the answer\n/);
}, 60_000);

test.each(socketFaults)("$fault and its counterpart in process leave the leg with the same", ({ fault, handled }) => {
  const { inProcess } = counterparts[fault];
  const kind = faultKinds.request.find(({ name }) => name === inProcess);
  expect(kind?.takes).toBe(handled);
  expect(kind?.lasts).toBe("once");
});

test("only so many requests are under way at once, and one that fails makes room", async () => {
  const slots = createSlots(2);
  let under = 0;
  let most = 0;
  const task = (fails: boolean) => async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setImmediate(resolve));
    under -= 1;
    if (fails) throw new Error("lost");
    return "done";
  };
  const results = await Promise.allSettled([false, true, false, true, false].map((fails) => slots.run(task(fails))));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(most).toBe(2);
});

test("calls wait for each other, but not for one that has left", async () => {
  const events: string[] = [];
  const meeting = createMeeting(() => events.push("all"));
  const [one, other, gone] = [meeting.join(), meeting.join(), meeting.join()];
  const arrive = async (who: string, place: typeof one) => {
    await place.arrive();
    events.push(who);
    place.leave();
  };
  const arrived = [arrive("one", one), arrive("other", other)];
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual([]);
  gone.leave();
  gone.leave();
  await Promise.all(arrived);
  expect(events).toEqual(["all", "one", "other"]);
});
