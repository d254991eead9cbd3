import type { CallEvent } from "./call-record.ts";
import type { Caller, CallerStep } from "./caller-script.ts";

/**
 * A caller who follows a script and is patient: when a failover brings the same question again, the same answer is
 * given again, as people do, instead of the script's next one.
 *
 * @returns the script for `placeCall`, and its listener for the events of the call
 */
export function patientCaller(steps: readonly CallerStep[]): { script: Caller; onEvent: (event: CallEvent) => void } {
  const left = [...steps];
  let last: { question: string; step: CallerStep } | undefined;
  let failedOver = false;
  return {
    onEvent: (event) => {
      if (event.kind === "failover") failedOver = true;
    },
    script: ({ heard }) => {
      const question = baseName(heard.at(-1) ?? "");
      const again = failedOver && last !== undefined && last.question === question;
      const step = again ? last?.step : left.shift();
      failedOver = false;
      last = { question, step: step ?? { kind: "silence" } };
      return last.step;
    },
  };
}

/** The same prompt comes from either media host. */
function baseName(heard: string): string {
  return heard.startsWith("play:") ? heard.slice(heard.lastIndexOf("/") + 1) : heard;
}
