import { readFile } from "node:fs/promises";
import path from "node:path";
import { complaint, type Ran, runTool } from "./tools.ts";

type Properties = Record<string, unknown>;
/** A template as CloudFormation takes it, without transforms. */
export interface Translated {
  Parameters: Record<string, unknown>;
  Resources: Record<string, { Type: string; Properties: Properties }>;
  Outputs?: Record<string, unknown>;
}

const script = path.join(import.meta.dirname, "translate.py");

/** Does this machine's Python have AWS's own translator of SAM templates? */
export async function hasTranslator(): Promise<boolean> {
  return (await runTool("python3", ["-c", "import samtranslator.translator.transform"])).code === 0;
}

/** Translates a packaged template (JSON) as AWS does when it is deployed. @throws Error with the translator's last line */
export async function translate(file: string): Promise<Translated> {
  const ran: Ran = await runTool("python3", [script], {
    input: await readFile(file, "utf8"),
    env: { AWS_DEFAULT_REGION: "us-east-1" },
  });
  if (ran.code !== 0) throw new Error(`aws-sam-translator: ${complaint(ran)}`);
  return JSON.parse(ran.out);
}

/**
 * What moto's CloudFormation needs: it has no AWS::DynamoDB::GlobalTable, so the home replica becomes a table with the
 * same properties; and outputs that name something it cannot create make it drop all outputs.
 */
export function forMoto({ Outputs: _outputs, ...template }: Translated): Translated {
  const resources = Object.entries(template.Resources).map(([name, resource]) => {
    if (resource.Type !== "AWS::DynamoDB::GlobalTable") return [name, resource] as const;
    const { Replicas, StreamSpecification: _stream, ...shared } = resource.Properties;
    const [home] = Replicas as Properties[];
    const { Region: _region, ...own } = home ?? {};
    // moto takes encryption in the words of DynamoDB's API, not of CloudFormation
    const { SSEEnabled: Enabled, SSEType } = shared.SSESpecification as Properties;
    const table = { ...shared, ...own, SSESpecification: { Enabled, SSEType } };
    return [name, { ...resource, Type: "AWS::DynamoDB::Table", Properties: table }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}
