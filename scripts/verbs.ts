import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build/bundle.ts";
import { verbsPage } from "./verbs/page.ts";

const usage = `verbs [--check]   writes docs/verbs.md from the code: each verb and attribute, its outcome, what a lost one means, its tests.
With --check it writes nothing; exit 1 when the page differs.`;

export const verbsFile = path.join(root, "docs", "verbs.md");

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const page = verbsPage();
  if (!args.includes("--check")) await writeFile(verbsFile, page);
  else if ((await readFile(verbsFile, "utf8")) !== page) {
    console.error("docs/verbs.md is not what the code makes: run npm run verbs");
    return 1;
  }
  console.log(`docs/verbs.md: ${page.match(/^## /gm)?.length ?? 0} sections`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
