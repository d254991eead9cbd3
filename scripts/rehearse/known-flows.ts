import type { Flow } from "../../core/flow.ts";
import { flows as examples } from "../../flows/examples/index.ts";
import { flows as shipped } from "../../flows/index.ts";

/** Every flow that can be rehearsed by its name: those that the legs carry, and the examples. */
export const flows: readonly Flow[] = [...shipped, ...examples];
