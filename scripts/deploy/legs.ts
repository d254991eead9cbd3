import { readFile } from "node:fs/promises";
import { createUrls } from "../../core/action-url.ts";
import { findingsOf } from "../number/agreement.ts";
import { describeFinding } from "../number/finding.ts";
import { newChallenge, probe, probeUrl } from "../number/probe.ts";
import { typed } from "./command.ts";
import { parameterName, readSamSettings, templateParameters } from "./sam.ts";
import { buildBefore, type DeployState, type Environment, variable } from "./state.ts";
import { failed, nothingToUndo, reasonOf, type Step, type StepContext, type StepResult } from "./step.ts";
import type { Tree } from "./tree.ts";
import { fallbackVariables, variableNames } from "./variables.ts";

/** While it is rotated there are two, and either counts. */
function authTokensOf(env: Environment): string[] {
  return (env.TWILIO_AUTH_TOKEN ?? "").split(",").map((token) => token.trim());
}

const treeMissing = failed("nothing is built", "npm run deploy");

function undoOf(state: DeployState, otherwise: string): string {
  if (state.rollingBackTo !== undefined) return "npm run deploy, from the tree of the newer build";
  const before = buildBefore(state);
  return before === undefined ? otherwise : `npm run deploy -- --rollback (to build ${before})`;
}

const twilioRun = (tree: Tree | undefined) => [
  "twilio-run",
  "deploy",
  "--cwd",
  tree?.functionsProject ?? ".twilioserverless",
  "--output-format",
  "json",
];

async function settings({ tree, env, state }: StepContext): Promise<Record<string, string>> {
  const names = tree === undefined ? [] : variableNames(await readFile(tree.variables, "utf8"));
  return fallbackVariables(names, env, state);
}

async function deployFallback(context: StepContext): Promise<StepResult> {
  const { tree, env, state, run, build } = context;
  if (tree === undefined) return treeMissing;
  const [authToken] = authTokensOf(env);
  const { TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = env;
  const login = key && secret ? [key, secret] : [env.TWILIO_ACCOUNT_SID, authToken];
  const variables = await settings(context);
  const command = twilioRun(tree);
  const ran = await run(command, {
    quiet: true,
    env: { ...env, ...variables, ACCOUNT_SID: login[0], AUTH_TOKEN: login[1] },
  });
  if (ran.code !== 0) return failed(reasonOf(command, ran), "see its message above; then run this again");
  const domain = /"domain":\s*"([a-z0-9.:-]+)"/.exec(ran.stdout)?.[1];
  if (domain === undefined) return failed("twilio-run told no domain", "look at what it wrote; then run this again");
  return {
    kind: "done",
    did: `build ${build} at https://${domain}, with ${Object.keys(variables).join(", ")}`,
    undo: undoOf(state, "nobody is led there yet; the service is 'stayline' in Twilio's console"),
    learned: { FALLBACK_BASE_URL: `https://${domain}` },
  };
}

export const fallback: Step = {
  name: "fallback",
  what: "the fallback leg, on Twilio Functions",
  shown: ({ tree }) => typed(twilioRun(tree)),
  inputs: async (context) => Object.entries(await settings(context)).flat(),
  run: deployFallback,
};

/** On the first deployment the primary's address is found out after the fallback was deployed; later there is nothing to do. */
export const fallbackAgain: Step = {
  name: "fallback-again",
  what: "the fallback leg once more, if the primary's deployment has told something that it did not know",
  shown: fallback.shown,
  inputs: fallback.inputs ?? (async () => []),
  run: deployFallback,
};

async function samCommand({ tree, env, state }: StepContext): Promise<string[]> {
  if (tree === undefined) return ["sam", "deploy"];
  const sam = readSamSettings(await readFile(tree.samconfig, "utf8"), env.AWS_REGION);
  const known = new Set(templateParameters(await readFile(tree.template, "utf8")));
  const flowSettings = Object.entries(env)
    .filter(([name, value]) => name.startsWith("FLOW_") && value && known.has(parameterName(name)))
    .map(([name, value]) => [parameterName(name), value]);
  const fallbackUrl = variable(env, state, "FALLBACK_BASE_URL");
  // an address of ours, and not the API's own, which the template knows by itself
  const own =
    env.PRIMARY_BASE_URL && !env.PRIMARY_BASE_URL.includes(".execute-api.") ? env.PRIMARY_BASE_URL : undefined;
  const parameters = {
    ...sam.parameters,
    ...Object.fromEntries(flowSettings),
    ...(fallbackUrl && { FallbackBaseUrl: fallbackUrl }),
    ...(own && { PublicBaseUrl: own }),
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const files = ["--template-file", tree.template, "--config-file", tree.samconfig];
  const answers = ["--no-confirm-changeset", "--no-fail-on-empty-changeset"];
  const region = sam.region === "" ? [] : ["--region", sam.region];
  // said on the command line they take the place of all that samconfig.toml says
  const overrides = pairs.length === 0 ? [] : ["--parameter-overrides", ...pairs];
  return ["sam", "deploy", "--stack-name", sam.stack, ...region, ...files, ...answers, ...overrides];
}

export const primary: Step = {
  name: "primary",
  what: "the primary leg and the table, on AWS",
  shown: () => "sam deploy; aws cloudformation describe-stacks",
  inputs: async (context) => [
    ...(await samCommand(context)),
    context.tree === undefined ? "" : await readFile(context.tree.template, "utf8"),
  ],
  run: async (context) => {
    const { tree, env, state, run, build } = context;
    if (tree === undefined) return treeMissing;
    const command = await samCommand(context);
    const ran = await run(command);
    if (ran.code !== 0) return failed(reasonOf(command, ran), "see the stack's events above; then run this again");
    const { stack, region } = readSamSettings(await readFile(tree.samconfig, "utf8"), env.AWS_REGION);
    const query = ["--query", "Stacks[0].Outputs", "--output", "json"];
    const look = ["aws", "cloudformation", "describe-stacks", "--stack-name", stack, "--region", region, ...query];
    const told = await run(look, { quiet: true });
    if (told.code !== 0) return failed(reasonOf(look, told), "run this again");
    const outputs = new Map(
      (JSON.parse(told.stdout || "[]") as { OutputKey: string; OutputValue: string }[]).map((output) => [
        output.OutputKey,
        output.OutputValue,
      ]),
    );
    const address = outputs.get("PrimaryBaseUrl");
    if (address === undefined) return failed(`the stack ${stack} tells no PrimaryBaseUrl`, "look at its outputs");
    const learned = { TABLE_NAME: outputs.get("TableName") ?? "", TABLE_REGION: outputs.get("TableRegion") ?? region };
    return {
      kind: "done",
      did: `build ${build} at ${address}`,
      undo: undoOf(state, `nobody is led there yet; sam delete --stack-name ${stack} (the table stays)`),
      learned: { PRIMARY_BASE_URL: address, ...learned },
    };
  },
};

export const legs: Step = {
  name: "legs",
  what: "both legs answer, agree, and run this build",
  shown: () => "a signed request to each leg",
  run: async ({ env, state, given, build }) => {
    const [primaryUrl, fallbackUrl] = ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL"].map((name) =>
      variable(env, state, name),
    );
    if (primaryUrl === undefined || fallbackUrl === undefined)
      return failed("a leg's address is not known", "deploy it");
    const urls = createUrls({ primary: primaryUrl, fallback: fallbackUrl });
    const { flows } = await import("../../flows/index.ts");
    const flow = given.flow ?? flows[0]?.name ?? "";
    const [authToken = ""] = authTokensOf(env);
    const challenge = newChallenge();
    const [one, other] = await Promise.all([
      probe(probeUrl("primary", primaryUrl, flow), authToken, challenge),
      probe(probeUrl("fallback", fallbackUrl, flow), authToken, challenge),
    ]);
    const findings = findingsOf({ primary: one, fallback: other }, flow, build);
    const errors = findings.filter(({ level }) => level === "error");
    const [first] = errors;
    if (first !== undefined) {
      const again = `npm run deploy -- ${given.rollback ? "--rollback --from primary" : "--from fallback"}`;
      return failed(errors.map(({ what }) => what).join("; "), first.code.endsWith("-build") ? again : first.mend);
    }
    const warnings = findings.map((finding) => `; ${describeFinding(finding)}`).join("");
    return {
      kind: "done",
      did: `${urls.voice(flow).replace(/#.*/, "")} and its fallback agree${warnings}`,
      undo: nothingToUndo,
    };
  },
};
