import { fileURLToPath } from "node:url";
import { before } from "../rehearsal/faults.ts";
import { drawLadder } from "../rehearsal/ladder.ts";
import { patientCaller } from "../rehearsal/patient-caller.ts";
import { placeCall } from "../rehearsal/place-call.ts";
import type { Stack } from "./stack/start-stack.ts";
import { printUrls, runStack } from "./stack.ts";

/** The request before which the demonstration kills the primary: the caller has said which day, not yet confirmed. */
const killBefore = 2;

/** One call whose primary dies in the middle; then the stack stays, whole again. */
async function demonstrate(stack: Stack): Promise<void> {
  const { authToken, accountSid, flows, primary } = stack;
  const urls = flows.appointment;
  if (urls === undefined) throw new Error("the flow appointment is not in this build");
  console.log("A call to the flow 'appointment': the caller presses 1 for Monday and 1 to confirm.");
  console.log(`Before request #${killBefore} the primary leg (process ${primary.pid}) is killed.\n`);
  const press = (digits: string) => ({ kind: "digits", digits }) as const;
  const kill = before(killBefore, async () => {
    primary.kill();
    await primary.exited;
  });
  const caller = patientCaller([press("1"), press("1")]);
  const call = await placeCall({ ...urls, authToken, accountSid, ...caller, intercept: kill });
  console.log(drawLadder(call, (url) => (url.startsWith(primary.baseUrl) ? "primary" : "fallback")));

  const executed = stack.effects.executed().filter(({ callSid }) => callSid === call.callSid);
  const ending = call.ended === "hangup" ? "survived" : `ended in '${call.ended}'`;
  console.log(`The call ${ending}; the effect 'book' was executed ${executed.length} time(s).\n`);
  await primary.restart();
  console.log(
    `The primary leg is back (process ${primary.pid}). To call it yourself, open a tunnel to each leg, start`,
  );
  console.log(
    "again with --primary-url and --fallback-url and your account's TWILIO_AUTH_TOKEN, and set on the number:\n",
  );
  await printUrls(stack);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exit(await runStack(process.argv.slice(2), demonstrate));
}
