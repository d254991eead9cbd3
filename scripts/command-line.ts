import { type ParseArgsConfig, parseArgs } from "node:util";
import { whyRefused } from "./shown.ts";

/** Wrong arguments: what is right, in one line. Every command answers it with exit status 2, or says otherwise in its usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * What `parseArgs` of Node reads.
 * @throws UsageError in place of Node's error, which repeats what was given: that may be a secret
 */
export function commandLine<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(whyRefused(error));
  }
}
