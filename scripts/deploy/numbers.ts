import { number as numberCommand } from "../number.ts";
import { typed } from "./command.ts";
import { variable } from "./state.ts";
import { failed, nothingToUndo, type Step, type StepContext, type StepResult } from "./step.ts";

const noNumber = "no --number was given";

function argumentsFor(word: string, { given }: StepContext): string[] {
  const language = given.language === undefined ? [] : ["--lang", given.language];
  return [word, given.number ?? "NUMBER", "--flow", given.flow ?? "FLOW", ...language];
}

async function runNumber(word: string, context: StepContext): Promise<StepResult | undefined> {
  const { env, state, stateFolder, show } = context;
  const addresses = ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL"].map(
    (name) => [name, variable(env, state, name)] as const,
  );
  const known = { ...env, ...Object.fromEntries(addresses), STAYLINE_STATE_DIR: stateFolder };
  const shown = (text: string) => text.split("\n").forEach(show);
  const code = await numberCommand(argumentsFor(word, context), known, { out: shown, err: shown });
  if (code === 0) return undefined;
  return failed(`number ${word} found something wrong`, "do what it says above; then run this again");
}

const shown = (word: string) => (context: StepContext) =>
  context.given.number === undefined ? undefined : `npm run number -- ${typed(argumentsFor(word, context))}`;

export const number: Step = {
  name: "number",
  what: "the number leads to both legs",
  shown: shown("set"),
  run: async (context) => {
    const { number: phone } = context.given;
    if (phone === undefined) return { kind: "skipped", why: noNumber };
    const trouble = await runNumber("set", context);
    return trouble ?? { kind: "done", did: `${phone} is set`, undo: `npm run number -- restore ${phone}` };
  },
};

export const check: Step = {
  name: "check",
  what: "the number and both legs are as they should be",
  shown: shown("check"),
  run: async (context) => {
    if (context.given.number === undefined) return { kind: "skipped", why: noNumber };
    return (await runNumber("check", context)) ?? { kind: "done", did: "all well", undo: nothingToUndo };
  },
};
