import { limits } from "../../core/limits.ts";
import { delivery } from "../../core/outbox-delivery.ts";
import { outboxIndex } from "../../core/stores/dynamodb-outbox.ts";
import { parameterReader } from "../../lambda/parameters.ts";
import { forbiddenToFallback } from "./allowed.ts";
import { isAllowed, type Statement, toStatements } from "./iam.ts";
import { sample } from "./identities.ts";
import type { Deployed } from "./moto.ts";
import type { Moto } from "./moto-server.ts";

interface Findings {
  readonly said: string[];
  readonly problems: string[];
}

/** Reads back what was deployed: table, functions, log groups, policies, parameters. */
export async function readBack(
  moto: Moto,
  deployed: Deployed,
  parameters: Readonly<Record<string, string>>,
): Promise<Findings> {
  const problems: string[] = [];
  const must = (holds: boolean, line: string) => void (holds || problems.push(`moto: ${line}`));
  const id = (name: string) => deployed.ids.get(name) ?? `<${name}>`;
  const read = async <T>(...args: string[]) => (await moto.aws(...args)) as T;

  const table = id("Table");
  const { Table: described } = await read<{ Table: Record<string, unknown> }>(
    ...["dynamodb", "describe-table", "--table-name", table],
  );
  const mode = described.BillingModeSummary as { BillingMode?: string } | undefined;
  must(mode?.BillingMode === "PAY_PER_REQUEST", "the table is not on demand");
  must(JSON.stringify(described.KeySchema) === '[{"AttributeName":"callSid","KeyType":"HASH"}]', "the table's key");
  const indexes = described.GlobalSecondaryIndexes as { IndexName?: string }[] | undefined;
  must(indexes?.map(({ IndexName }) => IndexName).join() === outboxIndex, "the table's index");
  must(described.DeletionProtectionEnabled === true, "the table is not protected against deletion");
  must((described.SSEDescription as { Status?: string })?.Status === "ENABLED", "the table is not encrypted");
  const { Functions } = await read<{ Functions: Record<string, unknown>[] }>("lambda", "list-functions");
  const legs = { VoiceWebhook: "voice-webhook", StatusCallback: "status-callback" };
  for (const [name, handler] of Object.entries({ ...legs, Media: "media", Outbox: "outbox" })) {
    const found = Functions.find(({ FunctionName }) => FunctionName === id(name));
    const timeoutMs = name === "Outbox" ? delivery.functionTimeoutMs : limits.lambdaTimeoutMs;
    must(found?.Timeout === timeoutMs / 1_000, `${name}: timeout`);
    must(found?.Runtime === "nodejs22.x" && found?.Handler === `${handler}.handler`, `${name}: runtime or handler`);
    must(String(found?.Role).endsWith(`/${id(`${name}Role`)}`), `${name}: role`);
    // the whole project folder was once uploaded, in place of the bundles
    must(Number(found?.CodeSize) > 10_000 && Number(found?.CodeSize) < 5_000_000, `${name}: ${found?.CodeSize} bytes`);
    const environment = found?.Environment as { Variables?: Record<string, string> } | undefined;
    const { TABLE_NAME, FALLBACK_BASE_URL, FLOW_BOOKINGS_URL, SEAL_KEYS_PARAMETER } = environment?.Variables ?? {};
    if (name === "Media") {
      must(environment?.Variables === undefined, `${name}: has variables`);
      continue;
    }
    must(TABLE_NAME === table && SEAL_KEYS_PARAMETER === "/stayline/seal-keys", `${name}: table or secrets`);
    must(FALLBACK_BASE_URL === parameters.FallbackBaseUrl, `${name}: FALLBACK_BASE_URL`);
    must(!(name in legs) || FLOW_BOOKINGS_URL === parameters.FlowBookingsUrl, `${name}: FLOW_BOOKINGS_URL`);
  }

  const { logGroups } = await read<{ logGroups: Record<string, unknown>[] }>("logs", "describe-log-groups");
  const kept = logGroups.filter(({ retentionInDays }) => retentionInDays === Number(parameters.LogRetentionDays));
  must(kept.length === 5, "not all five log groups are kept for the days that were asked for");

  const user = await attachedTo(moto, "user", id("FallbackUser"));
  const arn = String(described.TableArn);
  const may = (action: string, resource: string) => isAllowed(user, { action, resource });
  must(may("dynamodb:GetItem", arn) && may("dynamodb:UpdateItem", arn), "the fallback's user cannot use the table");
  const there = forbiddenToFallback.map(({ action, resource }) => ({
    action,
    resource: resource.replace(sample.table, arn),
  }));
  for (const { action, resource } of there) must(!may(action, resource), `the fallback can ${action} on ${resource}`);
  const voice = await attachedTo(moto, "role", id("VoiceWebhookRole"));
  must(isAllowed(voice, { action: "dynamodb:UpdateItem", resource: arn }), "the voice webhook cannot use the table");
  must(!isAllowed(voice, { action: "dynamodb:Scan", resource: arn }), "the voice webhook can scan the table");

  problems.push(...(await secrets(moto)));
  return {
    said: [
      "table (on demand, key, encryption, deletion protection), index, 4 functions, 5 log groups, policies and secrets read back",
      "not taken by moto from a template, so not read back: the table's TTL and recovery, reserved concurrency, arm64",
    ],
    problems,
  };
}

/** Managed policies of a user or role, as they were attached. */
async function attachedTo(moto: Moto, kind: "user" | "role", name: string): Promise<Statement[]> {
  const listed = (await moto.aws("iam", `list-attached-${kind}-policies`, `--${kind}-name`, name)) as {
    AttachedPolicies: { PolicyArn: string }[];
  };
  const documents = await Promise.all(
    listed.AttachedPolicies.map(async ({ PolicyArn }) => {
      const version = ["--policy-arn", PolicyArn, "--version-id", "v1"];
      const read = await moto.aws("iam", "get-policy-version", ...version);
      return (read as { PolicyVersion: { Document: unknown } }).PolicyVersion.Document;
    }),
  );
  return documents.flatMap(toStatements);
}

/** Both secrets as an operator puts them, read by the function's own code. */
async function secrets(moto: Moto): Promise<string[]> {
  const names = { SEAL_KEYS: "/stayline/seal-keys", TWILIO_AUTH_TOKEN: "/stayline/twilio-auth-token" };
  for (const [variable, name] of Object.entries(names)) {
    await moto.aws("ssm", "put-parameter", "--type", "SecureString", "--name", name, "--value", `${variable} of moto`);
  }
  Object.assign(process.env, moto.env);
  const values = await parameterReader(names, { refreshMs: 60_000, attemptMs: 5_000, attempts: 2 })();
  return Object.keys(names)
    .filter((variable) => values[variable] !== `${variable} of moto`)
    .map((variable) => `moto: ${variable} was not read as it was put`);
}
