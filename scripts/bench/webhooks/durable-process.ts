import { createRequire } from "node:module";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import type { callOf } from "../competitors/durable.ts";
import type { Block, LegOptions, Task } from "./leg-process.ts";

/** A durable execution alone in a process, with the SDK's own local runner: its table is a thread of this process. */

const require = createRequire(import.meta.url);

/** One call of as many steps as the block has webhooks; from one step to the next is what a webhook waits for. */
async function blockOf(call: typeof callOf, webhooks: number): Promise<Block> {
  const takenMs: number[] = [];
  const handlerFunction = call(() => void takenMs.push(performance.now()));
  const before = process.cpuUsage();
  // one step more: the last one ends with the execution
  const execution = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: { webhooks: webhooks + 1 } });
  const { user, system } = process.cpuUsage(before);
  if (execution.getStatus() !== "SUCCEEDED") throw new Error(`the execution ended as ${execution.getStatus()}`);
  const wallMs = takenMs.slice(1).map((atMs, nth) => atMs - (takenMs[nth] ?? 0));
  return { wallMs, cpuMs: (user + system) / 1_000 / (webhooks + 1) };
}

process.on("disconnect", () => process.exit(0));
process.once("message", async ({ file }: LegOptions) => {
  const built: { callOf: typeof callOf } = require(file);
  // real timers: the fake ones are a convenience of tests, and slower
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  let webhooks = 0;
  process.on("message", (task: Task) => {
    if (task.kind === "hold") {
      webhooks = task.requests.length;
      return void process.send?.({ done: undefined });
    }
    blockOf(built.callOf, webhooks).then(
      (done) => process.send?.({ done }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  });
  process.send?.({ done: undefined });
});
