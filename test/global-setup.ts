import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { build } from "../scripts/build.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** both legs, built with the flows of `test/flows` */
    buildDir: string;
  }
}

/** Builds both legs once for all tests that run them. */
export default async function setup(project: TestProject) {
  const buildDir = await mkdtemp(path.join(tmpdir(), "stayline-build-"));
  await build({ outDir: buildDir, flowsEntry: path.join(import.meta.dirname, "flows", "index.ts") });
  project.provide("buildDir", buildDir);
  return () => rm(buildDir, { recursive: true, force: true });
}
