import { existsSync } from "node:fs";
import { root } from "../build/bundle.ts";
import type { DeployArguments } from "./arguments.ts";
import { build, credentials, flowLint, rehearsal, secrets, templateLint, toolVersions } from "./checks.ts";
import { runCommand } from "./command.ts";
import { fallback, fallbackAgain, legs, primary } from "./legs.ts";
import { check, number } from "./numbers.ts";
import { buildBefore, buildsKept, type DeployState, type Environment, readState, writeState } from "./state.ts";
import type { Step, StepContext } from "./step.ts";
import { pruneTrees, treeOf } from "./tree.ts";
import { fingerprint } from "./variables.ts";

const prepare = [credentials, toolVersions, secrets];
const prove = [build, templateLint, flowLint, rehearsal];
/** While the two legs differ, the fallback is the one that knows the steps of both builds: it gets the newer build first, and loses it last. */
const deployment: readonly Step[] = [...prepare, ...prove, fallback, primary, fallbackAgain, legs, number, check];
const goingBack: readonly Step[] = [...prepare, primary, fallback, legs, number, check];
export const stepNames: readonly string[] = deployment.map(({ name }) => name);

/** Steps that bring a build to a leg: `fallback-again` is the fallback's. */
const legOf: Readonly<Record<string, string>> = { "fallback-again": "fallback" };

export interface Deploying {
  readonly env: Environment;
  readonly stateFolder: string;
  /** ISO 8601 */
  readonly now: () => string;
  readonly print: (line: string) => void;
}

/** Deploys, or tells what it would do. @returns the exit code */
export async function deploy(given: DeployArguments, deploying: Deploying): Promise<number> {
  const { stateFolder, print } = deploying;
  const state = await readState(stateFolder);
  const target = given.rollback ? buildBefore(state) : undefined;
  if (given.rollback && (target === undefined || !existsSync(treeOf(stateFolder, target).folder))) {
    print(`failed: no build is kept to go back to${target === undefined ? "" : ` (${target} is gone)`}`);
    print("mend: check out the commit that worked, then npm run deploy");
    return 1;
  }
  const steps = given.rollback ? goingBack : deployment;
  if (given.dryRun) {
    plan(given, deploying, state, steps, target);
    return 0;
  }
  const { rollingBackTo: _, ...rest } = state;
  return walk(given, deploying, steps, given.rollback && target ? { ...rest, rollingBackTo: target } : rest, target);
}

async function walk(
  given: DeployArguments,
  deploying: Deploying,
  steps: readonly Step[],
  begun: DeployState,
  target: string | undefined,
): Promise<number> {
  const { stateFolder, now, print } = deploying;
  let state = begun;
  let buildId = target;
  let forced = false;
  for (const [index, step] of steps.entries()) {
    const context = contextOf(given, deploying, state, buildId);
    const place = `[${index + 1}/${steps.length}] ${step.name}`;
    const inputs = step.inputs && fingerprint(await step.inputs(context));
    forced ||= given.from === step.name;
    const earlier = state.done[legOf[step.name] ?? step.name];
    const same = inputs !== undefined && earlier?.build === buildId && earlier?.inputs === inputs;
    if (same && !(forced && (step !== fallbackAgain || given.from === step.name))) {
      print(`${place}: done before with build ${buildId}`);
      continue;
    }
    print(`${place}: ${step.what}`);
    const result = await step.run(context);
    if (result.kind === "skipped") {
      print(`    skipped: ${result.why}`);
      continue;
    }
    if (result.kind === "failed") {
      print(`    failed: ${result.why}`);
      print(`    mend: ${result.mend}`);
      print("stopped. Nothing behind this step was done; run the same command again, it goes on from here.");
      return 1;
    }
    buildId = result.build ?? buildId;
    state = { ...state, learned: { ...state.learned, ...result.learned } };
    if (step.inputs !== undefined && buildId !== undefined) {
      // of the settings as they were when it was done: what it found out is new to the next step
      const done = { build: buildId, at: now(), inputs: inputs ?? "" };
      state = { ...state, done: { ...state.done, [legOf[step.name] ?? step.name]: done } };
    }
    if (step === legs && buildId !== undefined) state = await whole(stateFolder, state, buildId);
    await writeState(stateFolder, state);
    print(`    ${result.did}`);
    print(`    undo: ${result.undo}`);
  }
  print(`build ${buildId} is deployed`);
  return 0;
}

/** Both legs run this build: it is the one to go back to from the next. */
async function whole(stateFolder: string, state: DeployState, buildId: string): Promise<DeployState> {
  const deployed = [buildId, ...state.deployed.filter((id) => id !== buildId)].slice(0, buildsKept);
  await pruneTrees(stateFolder, deployed);
  const { rollingBackTo: _, ...rest } = state;
  return { ...rest, deployed };
}

function plan(
  given: DeployArguments,
  deploying: Deploying,
  state: DeployState,
  steps: readonly Step[],
  target: string | undefined,
): void {
  const { print } = deploying;
  print(`would ${target === undefined ? "deploy" : `go back to build ${target}`}; nothing is done now:`);
  const context = contextOf(given, deploying, state, target);
  for (const [index, step] of steps.entries()) {
    const command = step.shown(context);
    print(
      `[${index + 1}/${steps.length}] ${step.name}: ${step.what}${command === undefined ? "" : `\n    ${command}`}`,
    );
  }
}

function contextOf(
  given: DeployArguments,
  { env, stateFolder, print }: Deploying,
  state: DeployState,
  buildId: string | undefined,
): StepContext {
  const show = (line: string) => print(`    | ${line}`);
  return {
    given,
    env,
    stateFolder,
    state,
    build: buildId,
    tree: buildId === undefined ? undefined : treeOf(stateFolder, buildId),
    show,
    run: (command, options = {}) =>
      runCommand(command, {
        env: options.env ?? env,
        cwd: root,
        quiet: options.quiet ?? false,
        show,
      }),
  };
}
