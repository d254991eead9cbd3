import type { Flow } from "../core/index.ts";
import { appointment } from "./appointment.ts";
import { frontDesk } from "./front-desk.ts";
import { survey } from "./survey.ts";

/** The flows that both legs carry. A new flow is added here and nowhere else. */
export const flows: readonly Flow[] = [appointment, frontDesk, survey];
