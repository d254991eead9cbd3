import { type ProbeReport, runProbe } from "./probe.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** Probes, and tells its progress at every tenth of the rounds. */
export function probeNow(
  { ways, notAsked, times, everyMs }: Extract<ProbeSettings, { kind: "settings" }>,
  progress: (line: string) => void,
): Promise<ProbeReport> {
  const step = Math.max(1, Math.floor(times / 10));
  const onRound = (done: number) => {
    if (done % step === 0 || done === times) progress(`round ${done} of ${times}`);
  };
  return runProbe(ways, notAsked, { times, everyMs, onRound });
}
