import type { Language } from "../../core/verbs.ts";
import type { Chosen } from "../world/choices.ts";

/** Names one rehearsed call, so that it can be placed again: `appointment/en/1,1/d3/6=answer-late+14=crash`. */
export interface CaseName {
  readonly flow: string;
  readonly language: Language;
  readonly script: string;
  readonly dialect: string;
  readonly chosen: Chosen;
}

export function formatCaseId({ flow, language, script, dialect, chosen }: CaseName): string {
  const choices = [...chosen].map(([at, option]) => `${at}=${option}`).join("+");
  return [flow, language, script.replaceAll("/", "%2F"), dialect, choices || "-"].join("/");
}

/** @returns undefined for a text that is no case id */
export function parseCaseId(id: string): CaseName | undefined {
  const [flow, language, script, dialect, choices, ...rest] = id.trim().split("/");
  if (choices === undefined || rest.length > 0 || (language !== "en" && language !== "ja")) return undefined;
  const chosen = new Map<number, string>();
  for (const choice of choices === "-" ? [] : choices.split("+")) {
    const [, at, option] = /^(\d{1,4})=([A-Za-z0-9-]{1,40})$/.exec(choice) ?? [];
    if (at === undefined || option === undefined) return undefined;
    chosen.set(Number(at), option);
  }
  if (!flow || script === undefined || !dialect) return undefined;
  return { flow, language, script: script.replaceAll("%2F", "/"), dialect, chosen };
}
