import { inject } from "vitest";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import type { Caller, CallerStep } from "../../rehearsal/caller-script.ts";
import { parseScript } from "../../rehearsal/caller-script.ts";
import type { Dialect } from "../../rehearsal/dialect.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { type Stack, type StackOptions, startStack } from "../../scripts/stack/start-stack.ts";
import { flowNames } from "../flows/index.ts";

/** Both legs as built for the tests, in their own processes, over an embedded table behind a proxy with faults. */
export async function testStack(options: StackOptions = {}) {
  const stack = await startStack({
    buildDir: inject("buildDir"),
    flowNames,
    tableProxy: true,
    notIdempotent: ["charge"],
    ...options,
  });
  const { tableProxy } = stack;
  if (tableProxy === undefined) throw new Error("no table proxy");
  return { ...stack, tableProxy };
}
export type TestStack = Awaited<ReturnType<typeof testStack>>;

/** What the caller does when a question is heard: the first entry whose pattern the heard text matches. */
export type Answers = readonly (readonly [question: RegExp, answer: string])[];

/** A caller who answers the question that is heard, so a question asked again gets the same answer again. */
export function answering(answers: Answers): Caller {
  const steps = answers.map(([question, answer]) => [question, stepOf(answer)] as const);
  return ({ heard }) => steps.find(([question]) => question.test(heard.join(" ")))?.[1] ?? { kind: "silence" };
}

function stepOf(text: string): CallerStep {
  const parsed = parseScript(text);
  const [step] = parsed.kind === "script" ? parsed.steps : [];
  if (step === undefined) throw new Error(`not one step of a caller: ${text}`);
  return step;
}

/** The answers of the faultless call of each flow. */
export const usual = {
  appointment: [
    [/appointment-day|Monday, press 1/, "1"],
    [/To book Monday/, "1"],
  ],
  "front-desk": [
    [/front-desk-menu|press 1/, "1"],
    [/connecting/, "dial:busy"],
    [/voicemail|leave a message/, "record:5"],
  ],
  survey: [
    [/survey-visit|satisfied/, "4"],
    [/survey-recommend|recommend us/, "say:yes"],
    [/survey-better|better/, "say:more chairs"],
  ],
  four: [
    [/book\?/, "1"],
    [/last\?/, "1"],
    [/color\?/, "2"],
  ],
  "four-give-up": [
    [/book\?/, "1"],
    [/last\?/, "1"],
    [/color\?/, "2"],
  ],
  outcomes: [
    [/calling|connecting/, "dial:no-answer"],
    [/speak/, "record:5"],
  ],
  "long-data": [
    [/begin/, "1"],
    [/and 1, more/, "1"],
    [/more/, "2"],
  ],
} as const satisfies Readonly<Record<string, Answers>>;

export interface PlaceOptions {
  readonly answers?: Answers;
  readonly dialect?: Partial<Dialect>;
  readonly intercept?: Intercept;
  readonly documentsMax?: number;
}

/** Places one call to a flow of the stack. */
export function place(stack: Stack, flow: keyof typeof usual, options: PlaceOptions = {}): Promise<CallRecord> {
  const urls = stack.flows[flow];
  if (urls === undefined) throw new Error(`the stack has no flow ${flow}`);
  const { answers = usual[flow], ...rest } = options;
  const { authToken, accountSid } = stack;
  return placeCall({ ...urls, authToken, accountSid, script: answering(answers), ...rest });
}

/** The last words of a call. */
export function lastWords(call: CallRecord): string {
  return call.heard.at(-1) ?? "";
}

/** The effects that the outside service executed for a call, in order. */
export function effectsOf(stack: Stack, call: CallRecord): string[] {
  return stack.effects
    .executed()
    .filter(({ callSid }) => callSid === call.callSid)
    .map(({ effect }) => effect);
}
