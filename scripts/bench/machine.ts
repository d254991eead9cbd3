import { readFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import { root } from "../build/bundle.ts";

/** What the figures were taken on: they are of this machine only. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  /** of the packages that are measured */
  readonly packages: Readonly<Record<string, string>>;
}

const measuredPackages = [
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/lib-dynamodb",
  "@aws-lambda-powertools/idempotency",
  "@aws/durable-execution-sdk-js",
  "@middy/core",
  "twilio",
  "esbuild",
  "dynalite",
];

export async function thisMachine(): Promise<Machine> {
  const versions = await Promise.all(
    measuredPackages.map(async (name) => {
      const manifest = await readFile(path.join(root, "node_modules", name, "package.json"), "utf8");
      return [name, String(JSON.parse(manifest).version)] as const;
    }),
  );
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/, "")}`,
    node: process.version,
    packages: Object.fromEntries(versions),
  };
}

/** In one line. */
export function machineText({ cpu, cores, memoryGib, system, node, packages }: Machine): string {
  const named = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node.replace(/^v/, "")}; ${named.join(", ")}`;
}
