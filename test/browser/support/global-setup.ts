import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { build } from "../../../scripts/build.ts";

/** What both legs are built from: the shipped flows, and those of the browser tests. */
export const flowsEntry = path.join(import.meta.dirname, "..", "flows.ts");

/** Builds both legs once for all tests with a browser. */
export default async function setup(project: TestProject) {
  const buildDir = await mkdtemp(path.join(tmpdir(), "stayline-build-"));
  await build({ outDir: buildDir, flowsEntry });
  project.provide("buildDir", buildDir);
  return () => rm(buildDir, { recursive: true, force: true });
}
