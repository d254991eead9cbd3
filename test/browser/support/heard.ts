import { catalogue } from "../../../flows/media.ts";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import { patientCaller } from "../../../rehearsal/patient-caller.ts";
import { placeCall } from "../../../rehearsal/place-call.ts";
import type { Stack } from "../../../scripts/stack/start-stack.ts";

/** What each prompt file says. */
const words = new Map(
  Object.values(catalogue).flatMap((languages) => Object.values(languages).map(({ file, text }) => [file, text])),
);

/**
 * What a caller without a browser hears who gives these answers to the same stack: the words, of a file those that it
 * says; without pauses.
 */
export async function heardWithoutBrowser(stack: Stack, flow: string, steps: readonly CallerStep[]): Promise<string[]> {
  const urls = stack.flows[flow];
  if (urls === undefined) throw new Error(`the stack lacks the flow ${flow}`);
  const { authToken, accountSid } = stack;
  const { heard } = await placeCall({ ...urls, authToken, accountSid, ...patientCaller(steps) });
  return heard.filter((line) => !/^pause |^tone/.test(line)).map((line) => spoken(line));
}

function spoken(line: string): string {
  if (!line.startsWith("play:")) return line;
  const file = line.split("/").slice(-2).join("/");
  const text = words.get(file);
  if (text === undefined) throw new Error(`no words for ${line}`);
  return text;
}

/** Each booking has a reference of its own. */
export function anyReference(text: string): string {
  return text.replace(/\bR-\w+/, "R-1");
}
