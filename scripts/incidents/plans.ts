import type { IncidentPlan } from "./plan.ts";
import { after } from "./plans-after.ts";
import { before } from "./plans-before.ts";
import { inside } from "./plans-inside.ts";
import { sources } from "./plans-sources.ts";

/** Every incident of the corpus. */
export const plans: readonly IncidentPlan[] = [...before, ...inside, ...after, ...sources];
