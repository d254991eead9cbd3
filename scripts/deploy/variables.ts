import { createHash } from "node:crypto";
import { type DeployState, type Environment, variable } from "./state.ts";

/** [D Functions variables, error 82006] */
const valueBytesMax = 450;
const totalBytesMax = 3_000;
/** The account's own, which Twilio sets by itself. */
const notUploaded = ["ACCOUNT_SID", "AUTH_TOKEN"];

/** The names in the file of the fallback leg's variables. */
export function variableNames(text: string): string[] {
  return text.split("\n").flatMap((line) => /^([A-Z][A-Z0-9_]*)=/.exec(line.trim())?.[1] ?? []);
}

/** The fallback leg's variables that have a value: those that have none stay at Twilio as they are. */
export function fallbackVariables(
  names: readonly string[],
  env: Environment,
  state: DeployState,
): Record<string, string> {
  const given = names
    .filter((name) => !notUploaded.includes(name))
    .map((name): [string, string | undefined] => [name, variable(env, state, name)]);
  return Object.fromEntries(given.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

/** Why Twilio would not take these variables, or the leg not have all that is set here. */
export function problemsWithVariables(
  names: readonly string[],
  variables: Readonly<Record<string, string>>,
  env: Environment,
): string[] {
  const sizes = Object.entries(variables).map(([name, value]) => ({ name, bytes: Buffer.byteLength(value) }));
  const total = sizes.reduce((sum, { name, bytes }) => sum + name.length + bytes, 0);
  return [
    ...sizes
      .filter(({ bytes }) => bytes > valueBytesMax)
      .map(({ name, bytes }) => `${name} has ${bytes} bytes, Twilio allows ${valueBytesMax} for a variable`),
    ...(total > totalBytesMax ? [`the fallback's variables have ${total} bytes, Twilio allows ${totalBytesMax}`] : []),
    ...Object.keys(env)
      .filter((name) => name.startsWith("FLOW_") && env[name] && !names.includes(name))
      .map((name) => `${name} is set here, and has no line in .twilioserverless/variables.env`),
  ];
}

/** What tells two sets of settings apart, and nothing of what they are. */
export function fingerprint(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
