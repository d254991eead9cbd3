import type { Canary } from "./canary.ts";
import { endCanaries } from "./end-canaries.ts";
import { lineCanaries } from "./line-canaries.ts";
import { tableCanaries } from "./table-canaries.ts";
import { verbCanaries } from "./verb-canaries.ts";

/** Every broken core that the rehearsal must complain of. */
export const canaries: readonly Canary[] = [...tableCanaries, ...lineCanaries, ...verbCanaries, ...endCanaries];
