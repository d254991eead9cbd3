import { readSorry, type SorrySwitch, sorryOff } from "../core/sorry-switch.ts";
import type { Context } from "./env.ts";

/**
 * The switch of the fallback leg: variables of the service, which are in effect for the next execution, without a deployment
 * [D Functions variables]. `SORRY` is the switch, `SORRY_EN` and `SORRY_JA` what is said: a variable has 450 bytes. Off when it
 * is no switch.
 */
export function sorryOf({ SORRY = "off", SORRY_EN: en, SORRY_JA: ja }: Context): SorrySwitch {
  const read = readSorry(SORRY, { ...(en && { en }), ...(ja && { ja }) });
  if (read === undefined) process.stderr.write("SORRY is not taken: it begins with on or off\n");
  return read ?? sorryOff;
}
