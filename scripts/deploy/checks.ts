import { readFile } from "node:fs/promises";
import path from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { createSealer } from "../../core/seal.ts";
import { BuildError, root } from "../build/bundle.ts";
import { typed } from "./command.ts";
import { readSamSettings } from "./sam.ts";
import { failed, nothingToUndo, reasonOf, type Step, type StepContext } from "./step.ts";
import { buildTree } from "./tree.ts";
import { fallbackVariables, problemsWithVariables, variableNames } from "./variables.ts";

const tools = [
  { command: ["twilio-run", "--version"], mend: "npm ci" },
  { command: ["sam", "--version"], mend: "install the AWS SAM CLI (AWS's page 'Installing the AWS SAM CLI')" },
  { command: ["aws", "--version"], mend: "install the AWS CLI (AWS's page 'Installing the AWS CLI')" },
] as const;
const read = (file: string) => readFile(path.join(root, file), "utf8");

export const credentials: Step = {
  name: "credentials",
  what: "the variables that a deployment needs are set and well-formed",
  shown: () => undefined,
  run: async ({ env, state }) => {
    const missing = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SEAL_KEYS"].filter((name) => !env[name]);
    if (missing.length > 0) return failed(`missing: ${missing.join(", ")}`, "set them as .env.example describes");
    try {
      createSealer(env.SEAL_KEYS ?? "");
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return failed(error.message, `make a key: node -p '"k1:" + crypto.randomBytes(32).toString("base64")'`);
    }
    for (const name of ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL"]) {
      const url = env[name];
      if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
        return failed(`${name} is no URL`, "set it to the leg's public base URL, or leave it out: it is found out");
      }
    }
    const names = variableNames(await read(".twilioserverless/variables.env"));
    const unset = names.find((name) => name.startsWith("FLOW_") && !env[name]);
    if (unset !== undefined) {
      const mend = "set it, or take its line out of .twilioserverless/variables.env";
      return failed(`${unset} is not set: the flows read it`, mend);
    }
    const [problem] = problemsWithVariables(names, fallbackVariables(names, env, state), env);
    if (problem !== undefined) return failed(problem, "see .env.example and .twilioserverless/variables.env");
    return { kind: "done", did: "all there", undo: nothingToUndo };
  },
};

export const toolVersions: Step = {
  name: "tools",
  what: "the tools of both clouds are there",
  shown: () => tools.map(({ command }) => typed(command)).join("; "),
  run: async ({ run }) => {
    const ran = await Promise.all(
      tools.map(async (tool) => ({ ...tool, ran: await run(tool.command, { quiet: true }) })),
    );
    const broken = ran.find((one) => one.ran.code !== 0);
    if (broken !== undefined) return failed(reasonOf(broken.command, broken.ran), broken.mend);
    const found = ran.map((one) => one.ran.stdout.trim().split("\n")[0] ?? "");
    return { kind: "done", did: `node ${process.versions.node}, ${found.join(", ")}`, undo: nothingToUndo };
  },
};

export const secrets: Step = {
  name: "secrets",
  what: "the primary's secrets are in AWS's parameter store",
  shown: () => "aws ssm get-parameters (names only)",
  run: async ({ run, env }) => {
    const { region, parameters } = readSamSettings(await read("samconfig.toml"), env.AWS_REGION);
    const wanted = [
      { name: parameters.AuthTokenParameter ?? "/stayline/twilio-auth-token", from: "TWILIO_AUTH_TOKEN" },
      { name: parameters.SealKeysParameter ?? "/stayline/seal-keys", from: "SEAL_KEYS" },
    ];
    const names = wanted.map(({ name }) => name);
    const query = ["--region", region, "--query", "Parameters[].Name", "--output", "json"];
    const command = ["aws", "ssm", "get-parameters", "--names", ...names, ...query];
    const ran = await run(command, { quiet: true });
    if (ran.code !== 0)
      return failed(reasonOf(command, ran), "log in to AWS (aws sts get-caller-identity tells as whom)");
    const found = new Set(JSON.parse(ran.stdout || "[]") as string[]);
    const missing = wanted.find(({ name }) => !found.has(name));
    if (missing === undefined) return { kind: "done", did: `${names.join(" and ")} are there`, undo: nothingToUndo };
    const put = `aws ssm put-parameter --region ${region} --type SecureString --name ${missing.name} --value "$${missing.from}"`;
    return failed(`${missing.name} is not in the parameter store`, put);
  },
};

export const build: Step = {
  name: "build",
  what: "both legs are built and kept",
  shown: () => "npm run build, into .stayline/builds/<build id>",
  run: async ({ stateFolder }) => {
    try {
      const id = await buildTree(stateFolder);
      return { kind: "done", did: `build ${id}`, undo: nothingToUndo, build: id };
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      return failed(error.message, "mend the flow or the prompt, then run this again");
    }
  },
};

/** A check by a program: done once for a build. */
function check(
  name: string,
  what: string,
  command: (context: StepContext) => readonly string[],
  mend: string,
  shown: (context: StepContext) => string,
): Step {
  return {
    name,
    what,
    shown,
    inputs: async () => [],
    run: async (context) => {
      // a report has many lines: shown when something is wrong, else its last one tells enough
      const ran = await context.run(command(context), { quiet: true });
      const lines = ran.stdout.trimEnd().split("\n");
      if (ran.code === 0) return { kind: "done", did: lines.at(-1)?.trim() || what, undo: nothingToUndo };
      lines.forEach(context.show);
      return failed(reasonOf([shown(context)], ran), mend);
    },
  };
}

function ours(name: string, what: string, args: readonly [string, ...string[]], mend: string): Step {
  const [command, ...more] = args;
  const program = [process.execPath, path.join(root, "scripts", "run.mjs"), ...args];
  return check(
    name,
    what,
    () => program,
    mend,
    () => `npm run ${command} -- ${typed(more)}`,
  );
}

const lintCommand = ({ tree }: StepContext) => [
  "sam",
  "validate",
  "--lint",
  "--template-file",
  tree?.template ?? "template.yaml",
];

const bySam = check(
  "template",
  "the template is sound",
  lintCommand,
  "mend template.yaml where it says so",
  (context) => typed(lintCommand(context)),
);

export const templateLint: Step = {
  ...bySam,
  shown: (context) => `our lint of it, as in check:deploy; ${typed(lintCommand(context))}`,
  // a template may change and the bundles not
  inputs: async ({ tree }) => (tree === undefined ? [] : [await readFile(tree.template, "utf8")]),
  run: async (context) => {
    // with AWS's description of every resource type, which nothing else here needs
    const { lint } = await import("../check-deploy/lint.ts");
    const { problems = [] } = await lint();
    if (problems.length === 0) return bySam.run(context);
    return failed(problems.join("; "), "mend template.yaml; npm run check:deploy tells more");
  },
};
export const flowLint = ours("flows", "the flows are sound", ["flow", "lint"], "it tells where, above");
export const rehearsal = ours(
  "rehearsal",
  "every call survives every single fault",
  ["rehearse", "--faults", "single"],
  "replay the case that it names: npm run rehearse -- --case ID",
);
