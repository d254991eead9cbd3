import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import { lint } from "./check-deploy/lint.ts";
import { checkInMoto } from "./check-deploy/moto.ts";
import { installRuntimeClient } from "./check-deploy/runtime-client.ts";
import { templateFile } from "./check-deploy/template.ts";
import { complaint, isInstalled, runTool } from "./check-deploy/tools.ts";
import { hasTranslator } from "./check-deploy/translated.ts";
import { commandLine } from "./command-line.ts";

export interface StepResult {
  /** What was done and found well, a line each. */
  readonly said?: readonly string[];
  /** Each a reason not to deploy. */
  readonly problems?: readonly string[];
  /** What this machine could not check, by name. */
  readonly notChecked?: readonly string[];
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

let lambdaDir = "";

const steps: readonly Step[] = [
  {
    name: "build",
    run: async () => {
      const built = await build();
      ({ lambdaDir } = built);
      return { said: [`${built.bundles.length} bundles of build ${built.buildId}, with their bill of materials`] };
    },
  },
  { name: "template", run: lint },
  { name: "cfn-lint", run: cfnLint },
  { name: "moto", run: moto },
  { name: "runtime client", run: runtimeClient },
];

async function cfnLint(): Promise<StepResult> {
  if (!isInstalled("cfn-lint")) return { notChecked: ["cfn-lint (not installed): AWS's linter of templates"] };
  const version = (await runTool("cfn-lint", ["--version"])).out.trim();
  const ran = await runTool("cfn-lint", ["--format", "parseable", templateFile]);
  const findings = ran.out.split("\n").filter((line) => line !== "");
  if (ran.code === 0 && findings.length === 0) return { said: [`${version}: clean`] };
  return { problems: findings.length > 0 ? findings.map((line) => path.basename(line)) : [complaint(ran)] };
}

async function moto(): Promise<StepResult> {
  const missing = ["aws", "moto_server"].filter((program) => !isInstalled(program));
  if (!(await hasTranslator())) missing.push("aws-sam-translator");
  if (missing.length > 0) {
    return {
      notChecked: [`deployment into moto (not installed: ${missing.join(", ")}): the template as AWS would take it`],
    };
  }
  const { said, problems, notCreated } = await checkInMoto();
  const names = notCreated.join(", ");
  return { said, problems, notChecked: [`what moto cannot create, linted only: ${names}`] };
}

async function runtimeClient(): Promise<StepResult> {
  const installed = await installRuntimeClient();
  if ("why" in installed) return { problems: [installed.why] };
  const { callThroughLambda } = await import("./check-deploy/lambda-call.ts");
  return callThroughLambda(installed.file, lambdaDir);
}

/** Runs all steps, whatever the ones before found. @returns false when one found a problem, or threw */
async function checkDeploy({ strict }: { strict: boolean }): Promise<boolean> {
  const notChecked: string[] = [];
  let problems = 0;
  for (const { name, run } of steps) {
    const startedMs = performance.now();
    const result = await run().catch((error: Error): StepResult => ({ problems: [error.message] }));
    const tookMs = Math.round(performance.now() - startedMs);
    problems += result.problems?.length ?? 0;
    notChecked.push(...(result.notChecked ?? []));
    const verdict = result.problems?.length ? "FAILED" : result.said?.length ? "ok" : "not checked";
    console.log(`${name}: ${verdict} (${tookMs} ms)`);
    for (const line of result.said ?? []) console.log(`  ${line}`);
    for (const line of result.problems ?? []) console.log(`  PROBLEM: ${line}`);
  }
  for (const line of notChecked) console.log(`NOT CHECKED HERE: ${line}`);
  const missingTools = notChecked.filter((line) => line.includes("not installed"));
  if (strict && missingTools.length > 0) console.log("--strict: a tool that is missing counts as a problem");
  const failed = problems + (strict ? missingTools.length : 0);
  console.log(failed === 0 ? "check:deploy: nothing speaks against a deployment" : `check:deploy: ${failed} problems`);
  return failed === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // so that servers that a step started end with this process
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const { values } = commandLine({
    options: { strict: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log("check-deploy [--strict]   checks what would be deployed; --strict: missing tools are problems too");
  } else {
    process.exitCode = (await checkDeploy(values)) ? 0 : 1;
  }
}
