import { randomUUID } from "node:crypto";
import { systemClock } from "../core/clock.ts";
import { createLeg, type Leg } from "../core/leg.ts";
import { flows } from "../flows/index.ts";
import { createSecrets, madeFrom } from "./secrets.ts";

const { env } = process;
const warn = (line: string) => void process.stderr.write(`${line}\n`);
const secrets = createSecrets({ env, load: () => import("./parameters.ts"), clock: systemClock, warn });
const legFrom = madeFrom(
  (from) =>
    createLeg({
      leg: "primary",
      flows,
      env: { ...env, ...from },
      authTokenName: "TWILIO_AUTH_TOKEN",
      newToken: randomUUID,
    }),
  warn,
);

/**
 * The primary leg of this Lambda instance, made on the first request from the process environment and the secrets that it
 * names, and made anew when one of these is rotated.
 *
 * @throws ConfigurationError naming the variable and what it should be
 */
export async function leg(): Promise<Leg> {
  return legFrom(await secrets());
}
