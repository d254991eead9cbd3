import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { templateParameters } from "../../../scripts/deploy/sam.ts";
import type { TestStack } from "../../support/stack.ts";
import { account } from "../../support/twilio-rest/server.ts";
import type { startServerless } from "../../support/twilio-rest/serverless.ts";
import { startKeyedTable } from "./front.ts";
import type { Answer, Call } from "./programs.ts";

type Serverless = Awaited<ReturnType<typeof startServerless>>;

/** The legs as the clouds would name them. */
export const addresses = {
  primary: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
  fallback: "https://stayline-1234.twil.io",
} as const;

/**
 * As much of AWS and of Twilio Functions as the page needs, with both legs really running what was deployed there, with the variables
 * that were given there. What AWS makes of a template is not shown.
 */
export async function startClouds(folder: string, stack: TestStack, twilio: Serverless) {
  /** secrets by Region and name */
  const secrets = new Map<string, string>();
  const keys: { AccessKeyId: string; Status: string; CreateDate: string }[] = [];
  const table = await startKeyedTable(stack.table.endpoint, (id) =>
    keys.some(({ AccessKeyId, Status }) => AccessKeyId === id && Status === "Active"),
  );
  const deployed = { primary: "", fallback: "" };
  let parameters: Readonly<Record<string, string>> = {};
  let region = "";
  let running = Promise.resolve();

  /** as Lambda does within five minutes of a change, and here at once */
  const runPrimary = (changes: { codeDir?: string } = {}) =>
    stack.primary.restart({
      ...changes,
      env: {
        PRIMARY_BASE_URL: addresses.primary,
        FALLBACK_BASE_URL: parameters.FallbackBaseUrl ?? "",
        FLOW_BOOKINGS_URL: parameters.FlowBookingsUrl ?? "",
        SEAL_KEYS: secrets.get(`${region}/stayline/seal-keys`) ?? "",
        TWILIO_AUTH_TOKEN: secrets.get(`${region}/stayline/twilio-auth-token`) ?? "",
      },
    });

  async function samDeploy(args: readonly string[]): Promise<Answer> {
    const template = option(args, "--template-file") ?? "";
    const at = args.indexOf("--parameter-overrides");
    const given = Object.fromEntries(args.slice(at + 1).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    const known = templateParameters(await readFile(template, "utf8"));
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown !== undefined) return failed(`Parameters: [${unknown}] do not exist in the template`);
    if (!/^https:\/\/[^?#]{1,140}[^?#/]$/.test(given.FallbackBaseUrl ?? ""))
      return failed("FallbackBaseUrl is invalid");
    const now = JSON.stringify([template, given]);
    if (now === deployed.primary) return { out: "No changes to deploy\n" };
    const codeDir = path.join(folder, `lambda-${Date.now()}`);
    await cp(path.join(path.dirname(template), "dist", "lambda"), codeDir, { recursive: true });
    parameters = given;
    region = option(args, "--region") ?? "";
    await runPrimary({ codeDir });
    deployed.primary = now;
    return { out: "Successfully created/updated stack\n" };
  }

  /** What was deployed to Functions last is what runs there. */
  async function runFallback(): Promise<void> {
    const sid = twilio.deployed.at(-1) ?? "";
    if (sid === deployed.fallback) return;
    const build = twilio.builds.find((one) => one.sid === sid);
    const codeDir = path.join(folder, sid);
    for (const { kind, path: url, visibility, content } of build?.files ?? []) {
      const { dir, name, ext } = path.parse(url);
      const access = visibility === "public" ? "" : `.${visibility}`;
      const file = path.join(codeDir, `${kind}s`, dir, `${name}${access}${ext || ".js"}`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    const names = ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL", "SEAL_KEYS", "TABLE_NAME", "TABLE_REGION"];
    names.push("TABLE_ACCESS_KEY_ID", "TABLE_SECRET_ACCESS_KEY", "FLOW_BOOKINGS_URL");
    const env = Object.fromEntries(names.map((name) => [name, twilio.variables.get(name) ?? ""]));
    await stack.fallback.restart({
      codeDir,
      env: { ...env, ACCOUNT_SID: account.sid, AUTH_TOKEN: account.token, TABLE_ENDPOINT: table.endpoint },
    });
    deployed.fallback = sid;
  }

  async function putSecret(call: Call): Promise<Answer> {
    const at = `${regionOf(call)}${option(call.args, "--name")}`;
    if (option(call.args, "--type") !== "SecureString") return failed("a secret that is not encrypted");
    if (secrets.has(at) && !call.args.includes("--overwrite")) return failed("ParameterAlreadyExists");
    secrets.set(at, option(call.args, "--value") ?? "");
    if (deployed.primary !== "") await runPrimary();
    return { out: '{ "Version": 1 }\n' };
  }

  async function answer(call: Call): Promise<Answer> {
    const { program, args } = call;
    if (/^(?:ssm|cloudformation)$/.test(args[0] ?? "") && regionOf(call) === "")
      return failed("You must specify a region");
    const [one = "", two = ""] = args;
    switch (`${program} ${one.startsWith("--") ? one : args.slice(0, program === "aws" ? 2 : 1).join(" ")}`) {
      case "aws --version":
        return { out: "aws-cli/2.30.0\n" };
      case "sam --version":
        return { out: "SAM CLI, version 1.150.0\n" };
      case "sam validate":
        return { out: "is a valid SAM Template\n" };
      case "sam deploy":
        return samDeploy(args);
      case "aws ssm put-parameter":
        return putSecret(call);
      case "aws ssm get-parameters": {
        const names = args.slice(args.indexOf("--names") + 1).filter((name) => name.startsWith("/"));
        return json(names.filter((name) => secrets.has(`${regionOf(call)}${name}`)));
      }
      case "aws cloudformation describe-stacks":
      case "aws cloudformation describe-stack-resource": {
        if (deployed.primary === "" || regionOf(call) !== region) return failed("the stack does not exist");
        if (two === "describe-stack-resource") {
          return json({ StackResourceDetail: { PhysicalResourceId: "stayline-FallbackUser-1ABC" } });
        }
        const outputs = { PrimaryBaseUrl: addresses.primary, TableName: stack.table.name, TableRegion: region };
        return json(Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })));
      }
      case "aws iam list-access-keys":
        return json({ AccessKeyMetadata: keys });
      case "aws iam create-access-key": {
        const AccessKeyId = `AKIA${String(keys.length + 1).padStart(16, "0")}`;
        keys.push({ AccessKeyId, Status: "Active", CreateDate: new Date().toISOString() });
        return json({ AccessKey: { AccessKeyId, SecretAccessKey: `made/up+${"s".repeat(31)}${keys.length}` } });
      }
      default:
        return failed(`nobody told what to answer to ${program} ${args.join(" ")}`);
    }
  }

  return {
    answer,
    secrets,
    keys,
    stop: table.stop,
    /** to be awaited before a leg is asked: one at a time */
    ready: () => {
      running = running.then(runFallback);
      return running;
    },
  };
}

const json = (value: unknown): Answer => ({ out: `${JSON.stringify(value)}\n` });
const failed = (err: string): Answer => ({ code: 254, err: `${err}\n` });

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

/** As the AWS CLI finds it. */
function regionOf({ args, env }: Call): string {
  return option(args, "--region") ?? env.AWS_REGION ?? "";
}
