import { fileURLToPath } from "node:url";
import { complaint, runTool } from "./check-deploy/tools.ts";
import { commandLine } from "./command-line.ts";

/**
 * The keys of the fallback leg's IAM user, rotated in three steps, so that two are valid while the Functions change over:
 * `new`, then both variables set at Twilio, then `retire` (switched off, can be switched on again), later `delete`.
 */

interface Key {
  readonly AccessKeyId: string;
  readonly Status: "Active" | "Inactive";
  readonly CreateDate: string;
}

class RotationError extends Error {
  override readonly name = "RotationError";
}

const usage = `rotate-fallback-key [--stack NAME] [--region REGION] [--force] <step>
  show             the keys of the fallback's user, oldest first
  new              makes a second key and prints it once, as the two variables of the fallback leg
  retire KEY_ID    switches a key off once the other one is in use (or with --force); undo: restore KEY_ID
  restore KEY_ID   switches it on again
  delete KEY_ID    deletes a key that is switched off`;

async function aws(args: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await runTool("aws", [...args, "--output", "json"], { env: { AWS_PAGER: "" } });
  if (ran.code === 127) throw new RotationError("the AWS CLI is not installed: aws.amazon.com/cli");
  if (ran.code !== 0) throw new RotationError(`aws ${args.slice(0, 2).join(" ")}: ${complaint(ran)}`);
  return ran.out.trim() === "" ? {} : JSON.parse(ran.out);
}

async function userOf(stack: string, region: readonly string[]): Promise<string> {
  const what = ["--stack-name", stack, "--logical-resource-id", "FallbackUser"];
  const { StackResourceDetail } = await aws(["cloudformation", "describe-stack-resource", ...what, ...region]);
  return String((StackResourceDetail as { PhysicalResourceId?: string }).PhysicalResourceId);
}

async function keysOf(user: string): Promise<Key[]> {
  const { AccessKeyMetadata } = await aws(["iam", "list-access-keys", "--user-name", user]);
  return (AccessKeyMetadata as Key[]).sort((a, b) => (a.CreateDate < b.CreateDate ? -1 : 1));
}

interface Rotation {
  readonly step: string;
  readonly keyId: string | undefined;
  readonly stack: string;
  readonly region: readonly string[];
  readonly force: boolean;
}

async function rotate({ step, keyId, stack, region, force }: Rotation): Promise<string[]> {
  const user = await userOf(stack, region);
  const keys = await keysOf(user);
  const named = () => {
    const key = keys.find(({ AccessKeyId }) => AccessKeyId === keyId);
    if (key === undefined) throw new RotationError(`${user} has no key ${keyId ?? "(none named)"}`);
    return key;
  };
  const setStatus = async (status: Key["Status"]) => {
    const { AccessKeyId } = named();
    await aws(["iam", "update-access-key", "--user-name", user, "--access-key-id", AccessKeyId, "--status", status]);
    return AccessKeyId;
  };
  switch (step) {
    case "show":
      return keys.map(({ AccessKeyId, Status, CreateDate }) => `${AccessKeyId}  ${Status}  made ${CreateDate}`);
    case "new": {
      if (keys.length > 1)
        throw new RotationError(`${user} has two keys already; retire and delete the older one first`);
      const { AccessKey } = await aws(["iam", "create-access-key", "--user-name", user]);
      const { AccessKeyId, SecretAccessKey } = AccessKey as { AccessKeyId: string; SecretAccessKey: string };
      const [older] = keys;
      const then = older === undefined ? "" : `; when the fallback leg uses it: retire ${older.AccessKeyId}`;
      console.error(`Shown this once. Set both variables at the fallback leg${then}. Undo: retire, then delete it.`);
      return [`TABLE_ACCESS_KEY_ID=${AccessKeyId}`, `TABLE_SECRET_ACCESS_KEY=${SecretAccessKey}`];
    }
    case "retire": {
      const others = keys.filter(({ AccessKeyId, Status }) => AccessKeyId !== keyId && Status === "Active");
      named();
      if (others.length === 0) throw new RotationError(`${keyId} is the only key that works; make a new one first`);
      const other = others[0]?.AccessKeyId ?? "";
      if (!force && !(await wasUsed(other))) {
        throw new RotationError(
          `nothing was changed: ${other} was never used (IAM knows some minutes later); set it at the fallback leg, or --force`,
        );
      }
      return [`${await setStatus("Inactive")} is switched off. Undo: restore ${keyId}`];
    }
    case "restore":
      return [`${await setStatus("Active")} is switched on. Undo: retire ${keyId}`];
    case "delete": {
      const { AccessKeyId, Status } = named();
      if (Status === "Active")
        throw new RotationError(`${AccessKeyId} works still: retire it first, delete it a day later`);
      await aws(["iam", "delete-access-key", "--user-name", user, "--access-key-id", AccessKeyId]);
      return [`${AccessKeyId} is deleted. This cannot be undone.`];
    }
    default:
      throw new RotationError(usage);
  }
}

async function wasUsed(keyId: string): Promise<boolean> {
  const { AccessKeyLastUsed } = await aws(["iam", "get-access-key-last-used", "--access-key-id", keyId]);
  return (AccessKeyLastUsed as { LastUsedDate?: string }).LastUsedDate !== undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = commandLine({
    options: {
      stack: { type: "string", default: "stayline" },
      region: { type: "string" },
      force: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const [step = "", keyId] = positionals;
  const region = values.region === undefined ? [] : ["--region", values.region];
  if (values.help || step === "") console.log(usage);
  else {
    await rotate({ step, keyId, stack: values.stack, region, force: values.force }).then(
      (lines) => console.log(lines.join("\n")),
      (error: Error) => {
        console.error(error instanceof RotationError ? error.message : error);
        process.exitCode = 1;
      },
    );
  }
}
