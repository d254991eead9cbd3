import { isMainThread } from "node:worker_threads";

// what a flow's module does where the work is done is not seen where the work is planned
if (!isMainThread) process.exit(3);

export { flows } from "./sound-flows.ts";
