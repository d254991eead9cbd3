/** One thing that is wrong with a flow, or may be. */
export interface Finding {
  readonly flow: string;
  readonly step: string;
  /** number of the verb in its document, as the trail counts: from 0, a gather before its prompts */
  readonly verb?: number;
  readonly level: "error" | "warning";
  readonly rule: RuleName;
  readonly what: string;
  readonly mend: string;
}

export const ruleNames = [
  "unreachable",
  "no-way-out",
  "endless",
  "broken",
  "never-left",
  "never-heard",
  "prompt-effect",
  "refused",
  "missing-text",
  "one-language",
  "wrong-language",
] as const;
export type RuleName = (typeof ruleNames)[number];

export function findingLine({ flow, step, verb, level, rule, what, mend }: Finding): string {
  const where = `${flow}/${step}${verb === undefined ? "" : ` verb ${verb}`}`;
  return `${level.padEnd(7)} ${where}: ${rule}: ${what}; ${mend}`;
}
