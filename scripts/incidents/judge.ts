import { triage } from "../triage/report.ts";
import type { TriageResult } from "../triage/result.ts";
import { gather } from "../triage/sources.ts";

/** What `triage --dir` says of an incident: the folder's exports are all that it is given. */
export async function judge(folder: string): Promise<TriageResult> {
  const files = { dir: folder, alerts: [], debugger: [], access: [], logs: [], table: undefined };
  const { sources, told } = await gather(files, {}, Date.now());
  return triage(sources, told);
}
