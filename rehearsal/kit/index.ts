export { CallAssertionError, type CallView } from "./assertions.ts";
export type { Breaks } from "./breaks.ts";
export { type CallFlowOptions, callFlow, type FlowCall } from "./call-flow.ts";
export type { Effect } from "./effects.ts";
export { everySingleFault, type SingleFaultOptions } from "./every-single-fault.ts";
