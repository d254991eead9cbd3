import path from "node:path";
import type { Plugin } from "vitest/config";
import type { TestModule } from "vitest/node";
import { createVitest } from "vitest/node";
import { root } from "../build/bundle.ts";
import { type Mutation, mutated } from "./mutation.ts";
import type { TestRun } from "./verdict.ts";

/** One test file, with the source as it is or with one mutation. */
export interface Job {
  /** unique among the jobs of one run */
  readonly name: string;
  readonly test: string;
  readonly mutation: Mutation | undefined;
}

/** A mutation can make a test wait for what never comes; the tests themselves take milliseconds. */
const testTimeoutMs = 5_000;
const runTimeoutMs = 170_000;

/**
 * Runs every job in one vitest, each as a project of its own with its own module graph, so that the tree is never
 * touched: the mutation happens when a source is loaded.
 *
 * @returns the run of each job by its name; a job that never ended is missing
 */
export async function runTests(jobs: readonly Job[]): Promise<ReadonlyMap<string, TestRun>> {
  const projects = jobs.map(({ name, test, mutation }) => ({
    root,
    extends: false as const,
    plugins: mutation === undefined ? [] : [mutating(mutation)],
    test: {
      name,
      include: [test],
      environment: "node",
      fsModuleCache: false,
      testTimeout: testTimeoutMs,
      pool: "forks" as const,
    },
  }));
  const quiet = { root, config: false as const, watch: false, reporters: [{}], projects };
  const vitest = await createVitest("test", quiet);
  const timer = setTimeout(() => void vitest.cancelCurrentRun("keyboard-input"), runTimeoutMs);
  try {
    await vitest.start();
    const runs = vitest.state.getTestModules().map((module) => [module.project.name, toTestRun(module)] as const);
    return new Map(runs);
  } finally {
    clearTimeout(timer);
    await vitest.close();
  }
}

/** Changes the source before anything else reads it. */
function mutating(mutation: Mutation): Plugin {
  return {
    name: "rule-taken-out",
    enforce: "pre",
    transform(code, id) {
      const file = path.relative(root, id.replace(/\?.*/, ""));
      const result = mutated(mutation, file, code);
      if (result.kind === "stale") throw new Error(result.reason);
      return result.text === code ? undefined : result.text;
    },
  };
}

function toTestRun(module: TestModule): TestRun {
  const tests = [...module.children.allTests()];
  const named = (state: string) => tests.filter((test) => test.result().state === state).map(({ name }) => name);
  const suites = [module, ...module.children.allSuites()];
  const broken = suites.flatMap((suite) => suite.errors().map(({ message }) => message.split("\n")[0] ?? ""));
  return { passed: named("passed"), failed: named("failed"), broken: [...broken, ...named("pending")] };
}
