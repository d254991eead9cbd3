/** Something that is not as it should be, and what mends it. Warnings do not stop a call from surviving. */
export interface Finding {
  readonly level: "error" | "warning";
  /** stable, for programs */
  readonly code: string;
  readonly what: string;
  readonly mend: string;
}

export function error(code: string, what: string, mend: string): Finding {
  return { level: "error", code, what, mend };
}

export function warning(code: string, what: string, mend: string): Finding {
  return { level: "warning", code, what, mend };
}

/** One line. */
export function describeFinding({ level, code, what, mend }: Finding): string {
  return `${level} ${code}: ${what}. Mend: ${mend}.`;
}
