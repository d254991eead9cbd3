import { randomUUID } from "node:crypto";
import { createLeg, type Leg } from "../core/leg.ts";
import { flows } from "../flows/index.ts";

/** Twilio's context object carries the environment. */
export type Context = Readonly<Record<string, string | undefined>>;

let made: Leg | undefined;

/**
 * The fallback leg of this instance, made on the first request. Its identity at the table is its own: one that may do
 * nothing but read and update this one table.
 *
 * @throws ConfigurationError naming the variable and what it should be
 */
export function leg(context: Context): Leg {
  const { TABLE_ACCESS_KEY_ID: accessKeyId = "", TABLE_SECRET_ACCESS_KEY: secretAccessKey = "" } = context;
  if (made === undefined && (accessKeyId === "" || secretAccessKey === "")) {
    // law 1: this leg goes on, from the checkpoints in the URLs; but not in silence
    process.stderr.write(
      "TABLE_ACCESS_KEY_ID or TABLE_SECRET_ACCESS_KEY is missing: no checkpoint can be read or saved; set both\n",
    );
  }
  made ??= createLeg({
    leg: "fallback",
    flows,
    env: context,
    authTokenName: "AUTH_TOKEN",
    newToken: randomUUID,
    credentials: { accessKeyId, secretAccessKey },
  });
  return made;
}

/** The leg, if this instance has made one. */
export function madeLeg(): Leg | undefined {
  return made;
}
