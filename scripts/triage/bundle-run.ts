import { flows } from "../../flows/index.ts";
import { type BundleInput, writeBundle } from "./bundle.ts";
import { secretsOf } from "./bundle-known.ts";

type Known = Pick<BundleInput, "result" | "sources" | "texts" | "probe">;

/** Writes the archive, with what the environment tells. @returns whether, and a line of what was done */
export async function bundleNow(
  file: string,
  known: Known,
  env: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<{ readonly written: boolean; readonly line: string }> {
  const legs = { primary: env.PRIMARY_BASE_URL, fallback: env.FALLBACK_BASE_URL };
  const accountSid = env.TWILIO_ACCOUNT_SID;
  const done = await writeBundle(file, { ...known, secrets: secretsOf(env), accountSid, legs, flows, nowMs });
  if (done.kind === "not-written") return { written: false, line: `${file} cannot be written (${done.code})` };
  return {
    written: true,
    line: `${file}: ${done.files.length} files, ${done.bytes} bytes; read it before you send it`,
  };
}
