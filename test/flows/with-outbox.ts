import type { Flow } from "../../core/index.ts";
import { textAddress } from "../../flows/examples/text-address.ts";
import { flows as shipped } from "../../flows/index.ts";

/** The shipped flows, and one that sends letters. */
export const flows: readonly Flow[] = [...shipped, textAddress];
