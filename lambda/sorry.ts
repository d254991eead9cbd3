import { systemClock } from "../core/clock.ts";
import type { Sorry } from "./sorry-parameter.ts";

const { env } = process;
const warn = (line: string) => void process.stderr.write(`${line}\n`);
const isSet = env.SORRY_PARAMETER || env.SORRY;

/** Sorry mode of this Lambda instance. @returns undefined where it has no switch, or none that can be loaded: it is off */
export const sorryMode: Promise<Sorry | undefined> = isSet
  ? import("./parameters.ts").then(
      (loaded) => loaded.createSorry({ ...loaded, env, clock: systemClock, warn }),
      () => undefined,
    )
  : Promise.resolve(undefined);
