import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { root } from "../build/bundle.ts";
import { build } from "../build.ts";

/** What is deployed besides the bundles; a build is kept with what it was deployed by. */
const companions = [
  "template.yaml",
  "samconfig.toml",
  ".twilioserverlessrc.cjs",
  ".twilioserverless/package.json",
  ".twilioserverless/variables.env",
];

/** A build as it is kept: a small copy of the repository's folders, from which both legs are deployed. */
export interface Tree {
  readonly folder: string;
  readonly template: string;
  readonly samconfig: string;
  readonly functionsProject: string;
  readonly variables: string;
}

export function treeOf(stateFolder: string, buildId: string): Tree {
  const folder = path.resolve(stateFolder, "builds", buildId);
  const functionsProject = path.join(folder, ".twilioserverless");
  return {
    folder,
    template: path.join(folder, "template.yaml"),
    samconfig: path.join(folder, "samconfig.toml"),
    functionsProject,
    variables: path.join(functionsProject, "variables.env"),
  };
}

/**
 * Builds both legs and keeps them, so that what was checked is what is deployed, and what was deployed can be again.
 * @returns the build's id
 * @throws BuildError
 */
export async function buildTree(stateFolder: string): Promise<string> {
  const { folder } = treeOf(stateFolder, "new");
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, ".twilioserverless"), { recursive: true });
  for (const file of companions) await cp(path.join(root, file), path.join(folder, file));
  const { buildId } = await build({
    outDir: path.join(folder, "dist"),
    functionsDir: path.join(folder, ".twilioserverless"),
  });
  const kept = treeOf(stateFolder, buildId).folder;
  await rm(kept, { recursive: true, force: true });
  await rename(folder, kept);
  return buildId;
}

/** Deletes the builds that no deployment of here can go back to. */
export async function pruneTrees(stateFolder: string, keep: readonly string[]): Promise<void> {
  const folder = path.resolve(stateFolder, "builds");
  for (const name of await readdir(folder).catch(() => [])) {
    if (!keep.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
