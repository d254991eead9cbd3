import { randomUUID } from "node:crypto";
import { createLeg, type Leg } from "../core/leg.ts";
import { flows } from "../flows/index.ts";

let made: Leg | undefined;

/**
 * The primary leg of this Lambda instance, made on the first request from the process environment.
 *
 * @throws ConfigurationError naming the variable and what it should be
 */
export function leg(): Leg {
  const env = process.env;
  made ??= createLeg({ leg: "primary", flows, env, authTokenName: "TWILIO_AUTH_TOKEN", newToken: randomUUID });
  return made;
}
