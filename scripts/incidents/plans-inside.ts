import { calls, everything, type IncidentPlan, logsAndAlerts, type PlannedCall } from "./plan.ts";
import { strikes } from "./strikes.ts";

const exports = logsAndAlerts;

/** Calls to the flow that breaks; the caller presses the key in some. */
function pressed(nine: readonly number[], count: number, everySec: number): PlannedCall[] {
  return calls(count, everySec, "brittle").map((one, k) => (nine.includes(k) ? { ...one, key: "9" } : one));
}

/** A leg of ours fails, or is too late. */
export const inside: readonly IncidentPlan[] = [
  {
    name: "handler-throws",
    what: "A bug of the flow threw for those who pressed a certain key; the fallback leg, with another setting, went on.",
    fault: "throw",
    calls: pressed([1, 2], 3, 300),
    meets: strikes([1, 2], "action", { verdict: "failed-in-handler" }),
    exports,
    breaks: "throw",
  },
  {
    name: "handler-exits",
    what: "A bug of the flow ended the process in the middle of a request: no line of ours, only the platform's.",
    fault: "exit",
    calls: pressed([2], 3, 300),
    meets: strikes([2], "action", { verdict: "failed-before-handler" }),
    exports,
    breaks: "exit",
  },
  {
    name: "out-of-memory",
    what: "A request took all memory and the runtime was ended before our line; the words of the report are AWS's for the process that really ended.",
    fault: "memory",
    calls: pressed([1], 3, 300),
    meets: strikes([1], "action", { verdict: "failed-before-handler" }),
    exports,
    breaks: "memory",
  },
  {
    name: "handler-blocked",
    what: "A bug of the flow stood still with its thread, so that our own deadline could not strike and Lambda's did.",
    fault: "block",
    calls: pressed([1], 3, 300),
    meets: strikes([1], "action", { verdict: "failed-in-handler" }),
    exports,
    breaks: "block",
  },
  {
    name: "handler-blocked-json",
    what: "As handler-blocked, with the platform's lines in JSON.",
    fault: "block",
    calls: pressed([0], 2, 300),
    meets: strikes([0], "action", { verdict: "failed-in-handler" }),
    exports,
    breaks: "block",
    format: "json",
  },
  {
    name: "runtime-killed",
    what: "The runtime was killed as two requests came in, before any line of ours.",
    fault: "killed",
    calls: calls(3, 500),
    meets: strikes([1, 2], "action", { invoke: "killed", verdict: "failed-before-handler" }),
    exports,
  },
  {
    name: "runtime-killed-json",
    what: "As runtime-killed, with the platform's lines in JSON.",
    fault: "killed",
    calls: calls(3, 500),
    meets: strikes([1], "voice", { invoke: "killed", verdict: "failed-before-handler" }),
    exports,
    format: "json",
  },
  {
    name: "no-code",
    what: "New environments could not load their code and ended in their init phase; the platform's lines are AWS's for the process that really ended.",
    fault: "no-code",
    calls: calls(3, 500),
    meets: strikes([1, 2], "voice", { invoke: "no-code", verdict: "failed-before-handler" }),
    exports,
  },
  {
    name: "table-down",
    what: "The table refused everything while all else was up: a booking may not run unclaimed, so the primary answered 503; other turns went on unsaved.",
    fault: "table-refuse",
    calls: calls(3, 400, "appointment"),
    meets: (request, call) => {
      if (call !== 1 && call !== 2) return undefined;
      const booking = strikes("all", "second-action", { table: "refuse", verdict: "failed-in-handler" });
      return booking(request, call) ?? { table: "refuse" };
    },
    exports: everything,
  },
  {
    name: "table-hangs",
    what: "The table did not answer in time for one booking, and the primary said so with a 503.",
    fault: "table-hang",
    calls: calls(2, 400, "appointment"),
    meets: strikes([1], "second-action", { table: "hang", verdict: "failed-in-handler" }),
    exports: everything,
    format: "json",
  },
  {
    name: "effects-slow",
    what: "The booking service did not answer: our own time limit for effects struck, and the primary answered 503.",
    fault: "effects-hang",
    calls: calls(2, 400, "appointment"),
    meets: strikes([1], "second-action", { effects: "hang", verdict: "failed-in-handler" }),
    exports: everything,
  },
  {
    name: "slow-start",
    what: "A new environment took longer to start than Twilio waits: the API answered 503, and the function took the turn when nobody was there.",
    fault: "slow-start",
    calls: calls(3, 700),
    meets: strikes([1], "action", { invoke: "slow-start", verdict: "answered-late" }),
    exports: everything,
  },
  {
    name: "slow-start-json",
    what: "As slow-start, for the first request of two calls, with the platform's lines in JSON.",
    fault: "slow-start",
    calls: calls(3, 700),
    meets: strikes([0, 2], "voice", { invoke: "slow-start", verdict: "answered-late" }),
    exports,
    format: "json",
  },
];
