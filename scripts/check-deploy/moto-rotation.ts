import path from "node:path";
import { root } from "../build/bundle.ts";
import type { Moto } from "./moto-server.ts";
import { type Ran, runTool } from "./tools.ts";

/** Rotates the fallback's key as an operator does: both keys work until the older one is retired. */
export async function rotation(moto: Moto): Promise<{ said: string[]; problems: string[] }> {
  const problems: string[] = [];
  const run = (...args: string[]): Promise<Ran> => {
    const script = path.join(root, "scripts", "run.mjs");
    return runTool(process.execPath, [script, "rotate-fallback-key", ...args], { env: moto.env });
  };
  const must = (holds: boolean, what: string, { out, err }: Ran) => {
    if (!holds) problems.push(`moto: rotation: ${what}: ${`${out} ${err}`.trim().slice(0, 200)}`);
  };
  const idIn = ({ out }: Ran) => /TABLE_ACCESS_KEY_ID=(\S+)/.exec(out)?.[1] ?? "";

  const first = await run("new");
  must(/^TABLE_ACCESS_KEY_ID=\S+\nTABLE_SECRET_ACCESS_KEY=\S+\n$/.test(first.out), "the first key", first);
  const alone = await run("retire", idIn(first));
  must(alone.code === 1 && alone.err.includes("the only key"), "the only key was switched off", alone);
  const second = await run("new");
  must(second.err.includes(`retire ${idIn(first)}`), "the second key", second);
  const third = await run("new");
  must(third.code === 1 && third.out === "", "a third key", third);
  const both = await run("show");
  must(both.out.match(/Active/g)?.length === 2, "two keys are valid meanwhile", both);
  const working = await run("delete", idIn(first));
  must(working.code === 1, "a key that works was deleted", working);
  const retired = await run("retire", idIn(first), "--force");
  must(retired.code === 0, "retire", retired);
  const deleted = await run("delete", idIn(first));
  must(deleted.code === 0, "delete", deleted);
  const left = await run("show");
  must(left.out.startsWith(`${idIn(second)}  Active`) && left.out.trim().split("\n").length === 1, "one is left", left);
  return { said: problems.length > 0 ? [] : ["the fallback's key rotated, two keys valid meanwhile"], problems };
}
