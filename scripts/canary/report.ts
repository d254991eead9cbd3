import { type Canary, wholeCore } from "./canary.ts";
import type { Flown } from "./fly.ts";

/** What became of one canary. */
export interface Row {
  readonly canary: string;
  readonly isCaught: boolean;
  /** how it was found: every fault with its operation, leg and step; else why it does not count as caught */
  readonly foundBy: string;
  readonly checker: string;
  readonly caseId: string;
  readonly calls: number;
}

/** Is it caught, and in the way in which it says that it is to be caught? */
export function judge(canary: Canary, flown: Flown): Row {
  const { name } = canary;
  if (flown.kind === "ended") return missed(name, `DID NOT FLY: ${flown.reason}`, 0);
  const { result, calls } = flown;
  switch (result.kind) {
    case "nothing":
      return missed(name, result.complete ? "NOT CAUGHT" : "NOT CAUGHT in its time", calls);
    case "crash":
      if (canary.byCrash !== true) return missed(name, `THE SEARCH CRASHED: ${result.error}`, calls);
      return { canary: name, isCaught: true, foundBy: result.error, checker: "(crash)", caseId: "", calls };
    case "caught": {
      const { caseId, checker, what } = result;
      const faultless = result.faults.length === 0;
      if (faultless && canary.withoutFault !== true) return missed(name, `BREAKS EVERY CALL: ${what}`, calls);
      const foundBy = faultless ? "no fault" : result.faults.join(" + ");
      return { canary: name, isCaught: true, foundBy, checker, caseId, calls };
    }
  }
}

/** In the whole core nothing may be found, and all of the search must have been done. `isCaught` then says that all is well. */
export function judgeWhole(shares: readonly Flown[]): Row {
  const whole: Canary = { name: wholeCore, does: "nothing wrong", flows: [], replacements: [], withoutFault: true };
  const rows = shares.map((flown) => judge(whole, flown));
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const complaint = rows.find((row) => row.isCaught);
  if (complaint !== undefined) {
    const foundBy = `THE SEARCH COMPLAINS OF IT: ${complaint.foundBy}`;
    return { ...complaint, isCaught: false, foundBy, calls };
  }
  const unfinished = rows.find(({ foundBy }) => foundBy !== "NOT CAUGHT");
  if (unfinished !== undefined) return missed(wholeCore, `NOT SEARCHED: ${unfinished.foundBy}`, calls);
  return { ...missed(wholeCore, "nothing found, as it must be", calls), isCaught: true };
}

function missed(canary: string, foundBy: string, calls: number): Row {
  return { canary, isCaught: false, foundBy, checker: "", caseId: "", calls };
}

/** The rows under a head, in columns. */
export function tableOf(rows: readonly Row[]): string[] {
  const head = ["canary", "found by", "checker", "case id", "calls"];
  const cells = rows.map((row) => [row.canary, row.foundBy, row.checker, row.caseId, String(row.calls)]);
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((cell) => cell[at]?.length ?? 0)));
  return [head, ...cells].map((cell) =>
    cell
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
