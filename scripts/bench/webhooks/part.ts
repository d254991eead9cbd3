import type { Part } from "../report.ts";
import { toReport } from "./figures.ts";
import { runWebhooks } from "./run.ts";

/** What one webhook costs, beside what people would use instead. */
export const webhooksPart: Part = {
  name: "webhooks",
  title: "What a webhook costs",
  run: async ({ effort, seed, workDir, progress }) => toReport(await runWebhooks({ effort, seed, workDir, progress })),
};
