import path from "node:path";
import { quotas } from "../growth/quotas.ts";
import type { Part } from "../report.ts";
import { lateMsMax, plans, thinkMs } from "./plan.ts";
import { runLoad } from "./run-load.ts";
import { toReport } from "./tables.ts";

const notes = [
  "Open loop: calls arrive by a schedule that was fixed before, whatever becomes of earlier ones; a webhook's time runs " +
    "from the moment when it was due, not from when it was sent.",
  `A caller of the flow "appointment" takes ${thinkMs} ms to press a key and hears prompts in no time; a call has three ` +
    "webhooks, one prompt file, one effect and one status callback.",
  "Failing requests are refused, reset before the leg has them, answered by a 500, or lose the leg's answer to a reset or " +
    "a 502, drawn by the seed. They are real on the socket, and count for every request to the primary, files and status " +
    "callbacks too. Their own time is in the caller's silence, not among the webhooks.",
  "A call is held when its caller heard the flow's last step, lost when neither that nor the flow's last resort was heard. " +
    "Callers who got the last resort stand in a column of their own. The outside service counts effects.",
  "Both legs, the table with the outside service, and Twilio's part are four processes on one machine and one loopback: " +
    "the figures say what these do to each other, not what two clouds do.",
  "The local Functions runtime takes any number of requests at once, in one process; an older page of Twilio's names " +
    `${quotas.functionsAtOnce} for an account. The column of requests at once says how far from that this load was. ` +
    "Nothing was left out to spare work (SHED was not set).",
  `Where the generator's own timers were more than ${lateMsMax} ms late at p99 it did not keep time, and that row's times ` +
    "are partly its own.",
];

/** Both legs under calls that arrive at a constant rate, while none, few or all requests to the primary fail. */
export const loadPart: Part = {
  name: "load",
  title: "Load: calls held and lost under open-loop arrival",
  run: async ({ effort, seed, built, progress }) => {
    const { lambdaDir } = await built();
    const result = await runLoad({ plan: plans[effort], seed, buildDir: path.dirname(lambdaDir), progress });
    return toReport(result, notes);
  },
};
