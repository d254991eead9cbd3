import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Programs that stand in for `sam` and `aws`: no AWS account can be reached from here. They are real programs, found in PATH as the
 * real ones are; each writes down how it was called, and answers as a test says. What the real ones would make of it they cannot
 * tell.
 */
export async function standIns(folder: string, programs: readonly string[]) {
  const [bin, log, answers] = ["bin", "calls.jsonl", "answers.json"].map((name) => path.join(folder, name));
  if (bin === undefined || log === undefined || answers === undefined) throw new Error("unreachable");
  await mkdir(bin, { recursive: true });
  for (const name of programs) {
    const file = path.join(bin, name);
    await writeFile(file, program(name, log, answers));
    await chmod(file, 0o755);
  }
  const say = (given: Answers) => writeFile(answers, JSON.stringify(given));
  await say({});
  return {
    bin,
    /** By the beginning of the command line, like `sam deploy`; the longest that fits counts. */
    say,
    calls: async (): Promise<string[]> => {
      const text = await readFile(log, "utf8").catch(() => "");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    forget: () => writeFile(log, ""),
  };
}

export type Answers = Readonly<
  Record<string, { readonly code?: number; readonly out?: string; readonly err?: string }>
>;

const program = (name: string, log: string, answers: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const line = [${JSON.stringify(name)}, ...process.argv.slice(2)].join(" ");
appendFileSync(${JSON.stringify(log)}, JSON.stringify(line) + "\\n");
const answers = JSON.parse(readFileSync(${JSON.stringify(answers)}, "utf8"));
const [key] = Object.keys(answers).filter((one) => line.startsWith(one)).sort((a, b) => b.length - a.length);
const { code = 0, out = "", err = "" } = answers[key] ?? {};
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;
`;
