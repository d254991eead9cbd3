import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rehearseCanaries } from "./canary/aviary.ts";
import { canaries } from "./canary/canaries.ts";
import { escapes } from "./canary/escapes.ts";
import { tableOf } from "./canary/report.ts";
import { commandLine } from "./command-line.ts";
import { staleReplacements } from "./rules/mutation.ts";
import { shown } from "./shown.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const searchCpuMs = 30_000;
const totalMs = 150_000;
const abreast = 2;

const usage = `canary [--only NAME ...] [--json]   breaks the core in one way after another, in copies of the project, and demands
that the rehearsal then finds something: a search that lets a broken core pass says nothing about a whole one. In the end the core
as it is goes through the same search, which must find nothing there. Exit code 1 when a canary is not caught.
  --only NAME   this one; may be given more than once
  --json        the last line is an object with every row

${canaries.map(({ name, does }) => `  ${name.padEnd(24)} ${does}`).join("\n")}

Known to get away, flown only by --only:
${escapes.map(({ name, does, because }) => `  ${name.padEnd(24)} ${does}\n${" ".repeat(27)}because ${because}`).join("\n")}`;

async function main(args: string[]): Promise<number> {
  const { values } = commandLine({
    args,
    options: {
      help: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const all = [...canaries, ...escapes];
  const unknown = values.only.find((name) => !all.some((canary) => canary.name === name));
  if (unknown !== undefined) {
    console.error(`There is no canary ${shown(unknown)}.`);
    return 2;
  }
  const chosen = values.only.length === 0 ? canaries : all.filter(({ name }) => values.only.includes(name));
  const stale = chosen.flatMap(({ name, does, replacements }) =>
    staleReplacements({ without: does, replacements }, read).map((reason) => `canary ${name}: ${reason}`),
  );
  if (stale.length > 0) {
    for (const line of stale) console.error(line);
    console.error("A mutation that does not apply proves nothing: bring scripts/canary into line with the source.");
    return 1;
  }
  const rows = await rehearseCanaries(chosen, { root, cpuMs: searchCpuMs, totalMs, abreast });
  if (!values.json) for (const line of tableOf(rows)) console.log(line);
  const wrong = rows.filter(({ isCaught }) => !isCaught);
  const allCaught = wrong.length === 0;
  const caught = chosen.length === 1 ? "1 canary, caught" : `${chosen.length} canaries, all caught`;
  if (values.json) console.log(JSON.stringify({ canaries: chosen.length, allCaught, rows }));
  else
    console.log(
      allCaught
        ? caught
        : lastLine(
            chosen.length,
            wrong.map((row) => row.canary),
          ),
    );
  return allCaught ? 0 : 1;
}

function lastLine(count: number, wrong: readonly string[]): string {
  return `${count} canaries; not as it must be: ${wrong.join(", ")}`;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), "utf8");
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error);
    return 1;
  });
}
