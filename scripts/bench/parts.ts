import type { Part, PartName } from "./report.ts";

/** The parts, each loaded only when it is run. */
export const loadPart: Readonly<Record<PartName, () => Promise<Part>>> = {
  webhooks: async () => (await import("./webhooks/part.ts")).webhooksPart,
  "cold-start": async () => (await import("./cold-start/part.ts")).coldStartPart,
  recovery: async () => (await import("./recovery/part.ts")).recoveryPart,
  rehearsal: async () => (await import("./rehearsal/part.ts")).rehearsalPart,
  growth: async () => (await import("./growth/part.ts")).growthPart,
  load: async () => (await import("./load/part.ts")).loadPart,
};
