import type { Flow } from "../../core/index.ts";
import { flows as shipped } from "../../flows/index.ts";
import { cutOff } from "./cut-off.ts";
import { echo } from "./echo.ts";
import { four, fourGiveUp } from "./four.ts";
import { longData } from "./long-data.ts";
import { outcomes } from "./outcomes.ts";
import { verbFlows } from "./verbs.ts";

/** The shipped flows, and those that tests need besides: built into both legs in place of `flows/index.ts`. */
export const flows: readonly Flow[] = [...shipped, four, fourGiveUp, outcomes, longData, echo, cutOff, ...verbFlows];

export const flowNames = flows.map((flow) => flow.name);
