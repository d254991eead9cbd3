import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../build/bundle.ts";
import { complaint, isInstalled, runTool } from "./tools.ts";

/** The version of Lambda's official runtime client for Node that the bundles are run with. */
const version = "4.0.2";
const buildTools = { cmake: "cmake", "g++": "g++", make: "make", autoconf: "autoconf", libtoolize: "libtool" };
const installTimeoutMs = 420_000;

/**
 * Installs aws-lambda-ric below `node_modules/.cache`, where it stays for the next time. It builds native code, so it is
 * no dependency of the project: nobody else needs a compiler.
 *
 * @returns the file to run, or why there is none
 */
export async function installRuntimeClient(): Promise<{ file: string } | { why: string }> {
  const folder = path.join(root, "node_modules", ".cache", "stayline", `aws-lambda-ric-${version}`);
  const file = path.join(folder, "node_modules", "aws-lambda-ric", "index.mjs");
  const done = path.join(folder, "done");
  if (existsSync(done) && existsSync(file)) return { file };

  const missing = Object.entries(buildTools).filter(([program]) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name);
    const got = await runTool("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
      timeoutMs: installTimeoutMs,
    });
    if (got.code !== 0) return { why: `${packages.join(", ")} not installed: ${complaint(got)}` };
  }
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts=false", `aws-lambda-ric@${version}`];
  const ran = await runTool("npm", args, { cwd: folder, timeoutMs: installTimeoutMs });
  if (ran.code !== 0 || !existsSync(file)) return { why: `npm install aws-lambda-ric: ${complaint(ran)}` };
  await writeFile(done, "");
  return { file };
}
