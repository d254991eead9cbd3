import type { DeployArguments } from "./arguments.ts";
import type { Ran } from "./command.ts";
import type { DeployState, Environment } from "./state.ts";
import type { Tree } from "./tree.ts";

/** What a step is given. */
export interface StepContext {
  readonly given: DeployArguments;
  readonly env: Environment;
  readonly stateFolder: string;
  readonly state: DeployState;
  /** undefined: nothing is built yet */
  readonly build: string | undefined;
  readonly tree: Tree | undefined;
  /** one line of what a step finds */
  readonly show: (line: string) => void;
  /** Runs a program in the repository, showing what it writes; `quiet`: without its stdout. */
  readonly run: (
    command: readonly string[],
    options?: { readonly env?: Environment; readonly quiet?: boolean },
  ) => Promise<Ran>;
}

export type StepResult =
  | {
      readonly kind: "done";
      readonly did: string;
      readonly undo: string;
      /** variables that were found out */
      readonly learned?: Readonly<Record<string, string>>;
      readonly build?: string;
    }
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string; readonly mend: string };

/** One step of a deployment. Each may be done again at any time. */
export interface Step {
  readonly name: string;
  readonly what: string;
  /** the command line that does it, as the plan shows it */
  readonly shown: (context: StepContext) => string | undefined;
  /** what it depends on besides the build: done with the same before, it is not done again; undefined: always done */
  readonly inputs?: (context: StepContext) => Promise<readonly string[]>;
  readonly run: (context: StepContext) => Promise<StepResult>;
}

export const nothingToUndo = "nothing to undo";

export function failed(why: string, mend: string): StepResult {
  return { kind: "failed", why, mend };
}

/** Why a program failed, in a line. */
export function reasonOf([program]: readonly string[], { code, lastWords }: Ran): string {
  const how = code === undefined ? "could not be started" : `ended with ${code}`;
  return `${program} ${how}${lastWords === "" ? "" : `: ${lastWords}`}`;
}
