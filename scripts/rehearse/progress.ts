import { count } from "../../rehearsal/report/report-text.ts";
import type { Plan } from "./plan.ts";
import type { Now } from "./pool.ts";

const barWidth = 20;
const everyMs = 200;

/** One line about how far a rehearsal is. */
export function progressLine(
  { cases, failed, tasks, tasksDone, task }: Now,
  scripts: Plan["scripts"],
  seconds: number,
) {
  const done = Math.floor((barWidth * tasksDone) / Math.max(1, tasks));
  const bar = "█".repeat(done) + "░".repeat(barWidth - done);
  const speed = Math.round(cases / Math.max(seconds, 0.001));
  const planned = task?.kind === "script" ? scripts[task.at] : undefined;
  const at = planned === undefined ? "" : `  ${planned.flow}/${planned.script.language}/${planned.script.id}`;
  return `${bar}  ${count(cases)} calls  ${count(speed)}/s  ${count(failed)} failed${at}`;
}

/**
 * Keeps a line on a terminal up to date.
 *
 * @param line made anew for each look
 * @returns what takes the line away again
 */
export function showProgress(terminal: NodeJS.WriteStream, line: () => string): () => void {
  if (!terminal.isTTY) return () => {};
  const draw = () => terminal.write(`\r\x1b[2K${line().slice(0, Math.max(20, (terminal.columns ?? 80) - 1))}`);
  const timer = setInterval(draw, everyMs);
  draw();
  return () => {
    clearInterval(timer);
    terminal.write("\r\x1b[2K");
  };
}
