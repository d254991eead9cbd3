import { type CallerStep, parseScript } from "../caller-script.ts";

/**
 * Writes what a caller does so that `parseScript` reads it back.
 *
 * @throws RangeError for a step that the syntax cannot say: speech with a comma in it, keys that no telephone has
 */
export function formatScript(steps: readonly CallerStep[]): string {
  return steps.map(formatStep).join(",");
}

function formatStep(step: CallerStep): string {
  const text = textOf(step);
  const read = parseScript(text);
  const [again, ...more] = read.kind === "script" ? read.steps : [];
  if (again === undefined || more.length > 0 || again.kind !== step.kind || textOf(again) !== text) {
    throw new RangeError(`caller script: a step of kind '${step.kind}' that the syntax cannot say`);
  }
  return text;
}

function textOf(step: CallerStep): string {
  switch (step.kind) {
    case "digits":
      return step.digits;
    case "speech":
      return `say:${step.text}`;
    case "record":
      return step.endedBy === "silence" ? `record:${step.durationSec}` : `record:${step.durationSec}:${step.endedBy}`;
    case "dial": {
      const usualSec = step.status === "completed" ? 10 : 0;
      const { pressed } = step;
      if (pressed === undefined && step.durationSec === usualSec) return `dial:${step.status}`;
      return `dial:${step.status}:${step.durationSec}${textOfPressed(pressed)}`;
    }
    case "queue": {
      const { pressed } = step;
      if (pressed === undefined && step.waitSec === 30) return `queue:${step.result}`;
      return `queue:${step.result}:${step.waitSec}${textOfPressed(pressed)}`;
    }
    case "pay":
      return `pay:${step.result}`;
    case "connect":
      return step.detail === "" ? `connect:${step.status}` : `connect:${step.status}:${step.detail}`;
    case "refer":
      return `refer:${step.sipStatus}`;
    case "silence":
    case "hangup":
      return step.kind;
  }
}

function textOfPressed(pressed: string | undefined): string {
  return pressed === undefined ? "" : `:${pressed === "" ? "-" : pressed}`;
}
