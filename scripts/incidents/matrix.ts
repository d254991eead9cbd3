import { verdicts } from "../triage/result.ts";
import { type Judged, wrongIn } from "./truth.ts";

/** What was (or "no fault") and how often it was judged to be what (or "nothing said"). */
export type Matrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

const noFault = "no fault";
const nothingSaid = "nothing said";
const rows = [...verdicts, noFault];
const columns = [...verdicts, nothingSaid];

export function matrixOf(judged: readonly Judged[]): Matrix {
  const matrix: Record<string, Record<string, number>> = {};
  for (const { truth, judged: told } of judged) {
    const was = truth?.verdict ?? noFault;
    const said = told?.verdict ?? nothingSaid;
    const row = matrix[was] ?? {};
    matrix[was] = row;
    row[said] = (row[said] ?? 0) + 1;
  }
  return matrix;
}

/** The matrix with the truth at the left and the judgement above, then each request that was judged wrongly. */
export function matrixText(judged: readonly Judged[], incidents: number): string {
  const matrix = matrixOf(judged);
  const used = rows.filter((was) => matrix[was] !== undefined);
  const above = columns.filter((said) => used.some((was) => said === was || (matrix[was]?.[said] ?? 0) > 0));
  const wide = Math.max(...rows.map((name) => name.length)) + 2;
  const letters = above.map((_, k) => String.fromCharCode(97 + k));
  const lines = used.map((was) => {
    const counts = above.map((said) => String(matrix[was]?.[said] ?? "·").padStart(4));
    const at = above.indexOf(was);
    return `${was.padEnd(wide)}${at < 0 ? " " : letters[at]} ${counts.join("")}`;
  });
  const wrong = judged.filter((one) => wrongIn(one) !== undefined);
  return [
    `${"truth \\ judged".padEnd(wide)}  ${letters.map((letter) => letter.padStart(4)).join("")}`,
    ...lines,
    ...above.filter((said) => !used.includes(said)).map((said) => `${letters[above.indexOf(said)]} = ${said}`),
    "",
    `${incidents} incidents, ${judged.length} requests that failed, ${wrong.length} judged wrongly`,
    ...wrong.map((one) => `  ${one.incident} ${one.callSid.slice(0, 10)}…: ${wrongIn(one)}`),
  ].join("\n");
}
