import { randomUUID } from "node:crypto";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes the file so that a reader sees the old content or the new one, never a part. */
export async function writeWhole(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const partial = `${file}.${randomUUID()}.partial`;
  await writeFile(partial, content);
  await rename(partial, file);
}

/** Deletes the files of `folder` that end in `extension` and are not among `keep`: what an older build has left. */
export async function removeOthers(folder: string, extension: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(extension) && !keep.has(name)) await rm(path.join(folder, name), { force: true });
  }
}

/** Makes `to` hold those files of `from` that fit, and no others. A missing `from` counts as empty. */
export async function mirrorFolder(from: string, to: string, fits: RegExp): Promise<void> {
  await mkdir(to, { recursive: true });
  const wanted = new Set((await filesUnder(from)).filter((file) => fits.test(file)));
  for (const file of wanted) await cp(path.join(from, file), path.join(to, file), { preserveTimestamps: true });
  for (const file of await filesUnder(to)) if (!wanted.has(file)) await rm(path.join(to, file), { force: true });
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
