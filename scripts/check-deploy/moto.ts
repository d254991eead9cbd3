import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../build/bundle.ts";
import { attempts } from "./moto-attempts.ts";
import { readBack } from "./moto-read-back.ts";
import { rotation } from "./moto-rotation.ts";
import { type Moto, startMoto } from "./moto-server.ts";
import { forMoto, type Translated, translate } from "./translated.ts";

export interface Deployed {
  /** Name in the template → physical id. */
  readonly ids: ReadonlyMap<string, string>;
  readonly template: Translated;
}

export interface MotoFindings {
  readonly said: readonly string[];
  readonly problems: readonly string[];
  /** Names in the template of what moto cannot create. */
  readonly notCreated: readonly string[];
}

const parameters = {
  FallbackBaseUrl: "https://stayline-1234-dev.twil.io",
  FlowBookingsUrl: "https://bookings.example.com/effects",
  SecretsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
  LogRetentionDays: "14",
  TwilioAccountSid: `AC${"0".repeat(32)}`,
} as const;

/** Packages, translates and deploys the template into moto with the AWS CLI, reads everything back, and tries the fallback's keys. */
export async function checkInMoto(): Promise<MotoFindings> {
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-moto-"));
  const moto = await startMoto();
  try {
    const deployed = await deploy(moto, folder);
    const { ids, template } = deployed;
    const notCreated = Object.keys(template.Resources).filter((name) => !ids.has(name));
    const back = await readBack(moto, deployed, parameters);
    const tried = await attempts(moto, deployed);
    const rotated = await rotation(moto);
    const all = [back, tried, rotated];
    return {
      said: all.flatMap(({ said }) => said),
      problems: all.flatMap(({ problems }) => problems),
      notCreated,
    };
  } finally {
    await moto.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function deploy(moto: Moto, folder: string): Promise<Deployed> {
  const packaged = path.join(folder, "packaged.json");
  await moto.aws("s3api", "create-bucket", "--bucket", "stayline-deployments");
  const source = path.join(root, "template.yaml");
  const bucket = ["--s3-bucket", "stayline-deployments"];
  await moto.aws(
    ...["cloudformation", "package", "--template-file", source, ...bucket],
    ...["--use-json", "--output-template-file", packaged],
  );
  const template = forMoto(await translate(packaged));
  const translated = path.join(folder, "translated.json");
  await writeFile(translated, JSON.stringify(template));
  await moto.aws(
    ...["cloudformation", "deploy", "--template-file", translated, "--stack-name", "stayline"],
    ...["--capabilities", "CAPABILITY_IAM", "--parameter-overrides"],
    ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
  );
  const { StackResourceSummaries } = (await moto.aws(
    ...["cloudformation", "list-stack-resources", "--stack-name", "stayline"],
  )) as { StackResourceSummaries: { LogicalResourceId?: string; PhysicalResourceId?: string }[] };
  const ids = StackResourceSummaries.flatMap(({ LogicalResourceId = "", PhysicalResourceId = "" }) =>
    LogicalResourceId === "" ? [] : [[LogicalResourceId, PhysicalResourceId] as const],
  );
  return { ids: new Map(ids), template };
}
