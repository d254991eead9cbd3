import { rename, rm, writeFile } from "node:fs/promises";
import type { Flow } from "../../core/index.ts";
import { type BundleFile, toTarGz } from "./bundle-archive.ts";
import { personalValues, scrubOf } from "./bundle-known.ts";
import { bundledLogs } from "./bundle-logs.ts";
import { flowText, isolationText, patternText, readme, requestLine } from "./bundle-text.ts";
import type { ProbeReport } from "./probe.ts";
import type { Sources } from "./records.ts";
import type { TriageResult } from "./result.ts";

export interface BundleInput {
  readonly result: TriageResult;
  readonly sources: Sources;
  /** the sources as they were read: only to know what must not be written */
  readonly texts: readonly string[];
  readonly probe?: ProbeReport | undefined;
  /** values that must not be written */
  readonly secrets: readonly string[];
  /** of Twilio */
  readonly accountSid?: string | undefined;
  /** public base URLs of the legs, as far as known */
  readonly legs: { readonly primary?: string | undefined; readonly fallback?: string | undefined };
  readonly flows: readonly Flow[];
  readonly nowMs: number;
}

/**
 * What Twilio's support asks for when a webhook failed: account, calls, frequency and pattern, what the calls do, results of isolation, logs.
 * Fields pass by closed lists; then every personal value of the sources, and every secret, is looked for and put out.
 */
export function bundleFiles(input: BundleInput): BundleFile[] {
  const { result, sources, probe, nowMs } = input;
  const calls = [...new Set(result.requests.flatMap(({ callSid }) => callSid ?? []))].filter((one) =>
    /^CA[0-9A-Za-z]{32}$/.test(one),
  );
  const account = accountOf(input);
  const logs = bundledLogs(sources, new Set(calls));
  const scrub = scrubOf([...input.secrets, ...personalValues(input.texts)]);
  const prose = [
    { name: "README.txt", text: readme({ account, calls: calls.length, logs, nowMs, probed: probe !== undefined }) },
    { name: "pattern.txt", text: patternText(result, sources) },
    { name: "flow.txt", text: flowText(input.flows, input.legs) },
    { name: "isolation.txt", text: isolationText(probe) },
  ];
  const requests = result.requests.map((one) => `${JSON.stringify(requestLine(one, scrub.prose))}\n`).join("");
  const records = [
    { name: "calls.txt", text: calls.map((one) => `${one}\n`).join("") },
    { name: "requests.jsonl", text: requests },
    ...logs,
  ];
  return [...prose, ...records].map(({ name, text }) => ({ name, text: scrub.record(text) }));
}

export type Written =
  | { readonly kind: "written"; readonly bytes: number; readonly files: readonly string[] }
  /** by the system's own word */
  | { readonly kind: "not-written"; readonly code: string };

/** Whether `--bundle` can be this file. */
export function isBundleName(file: string): boolean {
  return /\.(?:tar\.gz|tgz)$/.test(file);
}

/** Writes the archive, whole or not at all, so that nobody but its owner reads it. */
export async function writeBundle(file: string, input: BundleInput): Promise<Written> {
  const files = bundleFiles(input);
  const archive = toTarGz(files, input.nowMs);
  const part = `${file}.part`;
  try {
    await rm(part, { force: true });
    await writeFile(part, archive, { mode: 0o600, flag: "wx" });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    return { kind: "not-written", code: String((error as NodeJS.ErrnoException).code ?? "error") };
  }
  return { kind: "written", bytes: archive.length, files: files.map(({ name }) => name) };
}

const accountSid = /\bAC[0-9a-f]{32}\b/;

function accountOf({ accountSid: given, texts }: BundleInput): string | undefined {
  for (const text of [given ?? "", ...texts]) {
    const [found] = accountSid.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}
