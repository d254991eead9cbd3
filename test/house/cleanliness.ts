import type { SourceFile } from "./read-source.ts";

export const linesMax = 320;

const source = /^(?:core|lambda|functions|flows|rehearsal|scripts)\/.*\.(?:ts|mjs)$/;
/** A path of somebody's machine; not the same word inside a URL or a longer path. */
const machinePath = /(?<![\w.~)}@-])\/(?:work|home|root|Users)\/[\w.~-]+/;
const registryHost =
  /\b(?:registry\.[\w-]+\.[\w.-]+|npm\.pkg\.github\.com|(?:files\.)?pythonhosted\.org|[\w-]+\.(?:jfrog\.io|pkg\.dev))\b/;
const registrySetting = /^\s*(?:@[\w-]+:)?registry\s*=/m;

/** What no committed file may contain, and how long a source file may be. Each check is pure: text in, answer out. */
export const checks = {
  "a source file stays short": ({ path, text }: SourceFile) =>
    source.test(path) && text.trimEnd().split("\n").length > linesMax,
  "no file names a path of a machine": ({ text }: SourceFile) => machinePath.test(text),
  "no file names a package registry": ({ path, text }: SourceFile) =>
    registryHost.test(text) || (path.endsWith(".npmrc") && registrySetting.test(text)),
  "the lock file does not say where packages came from": ({ path, text }: SourceFile) =>
    /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path) && /"resolved"\s*:/.test(text),
} satisfies Readonly<Record<string, (file: SourceFile) => boolean>>;

export type CheckName = keyof typeof checks;

/** @returns one `check: path` for each file that fails a check */
export function untidy(files: readonly SourceFile[]): { readonly check: CheckName; readonly path: string }[] {
  return files.flatMap((file) =>
    (Object.keys(checks) as CheckName[])
      .filter((check) => checks[check](file))
      .map((check) => ({ check, path: file.path })),
  );
}
