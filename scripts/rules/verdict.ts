/** What one run of a rule's test file came to. */
export interface TestRun {
  readonly passed: readonly string[];
  /** names of the tests that failed */
  readonly failed: readonly string[];
  /** why the file, or a part of it, could not be run at all: an import, a setup, an error outside any test */
  readonly broken: readonly string[];
}

export type Verdict =
  | { readonly kind: "caught"; readonly by: string }
  | { readonly kind: "survived" }
  | { readonly kind: "broken"; readonly reason: string };

/** A mutation is caught only by a test that ran and failed: a file that cannot be loaded proves nothing. */
export function judgeWithout(run: TestRun | undefined): Verdict {
  const broken = whyBroken(run);
  if (broken !== undefined) return broken;
  const [by] = run?.failed ?? [];
  return by === undefined ? { kind: "survived" } : { kind: "caught", by };
}

/** @returns undefined when every test of the file passes with the rule in, and there is one */
export function faultWith(run: TestRun | undefined): string | undefined {
  const broken = whyBroken(run);
  if (broken !== undefined) return broken.reason;
  const [failed] = run?.failed ?? [];
  return failed === undefined ? undefined : `fails with the rule in: ${failed}`;
}

function whyBroken(run: TestRun | undefined): { kind: "broken"; reason: string } | undefined {
  if (run === undefined) return { kind: "broken", reason: "the test file did not run" };
  const [broken] = run.broken;
  if (broken !== undefined) return { kind: "broken", reason: `could not run: ${broken}` };
  if (run.passed.length + run.failed.length === 0) return { kind: "broken", reason: "the test file has no tests" };
  return undefined;
}
