import { type PrimaryLeg, primaryLeg } from "./env.ts";

let made: PrimaryLeg | undefined;

/** The leg of this Lambda instance, made on the first request from the process environment. */
export function leg(): PrimaryLeg {
  made ??= primaryLeg(process.env);
  return made;
}
