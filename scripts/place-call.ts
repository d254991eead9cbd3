import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { ConfigurationError, FlowError } from "../core/errors.ts";
import { createLeg } from "../core/leg.ts";
import { type PlacedCall, placeCall } from "../core/place-call.ts";
import { languages } from "../core/verbs.ts";
import { flows } from "../flows/index.ts";
import { commandLine, UsageError } from "./command-line.ts";
import { twilioCalls } from "./twilio/calls.ts";
import { RestError, restClient } from "./twilio/rest.ts";

const usage = `place-call --flow NAME --to NUMBER --from NUMBER --key KEY [--data JSON] [--lang LANGUAGE] [--json]

Calls somebody and begins a flow with them, once for each key: run it again with the same key and it tells the call's sid.
  --flow   ${flows.map(({ name }) => name).join(", ")}
  --to     who is called, E.164
  --from   a number of the account, E.164
  --key    names the reason of this call: a reminder's id, an order's number
  --data   with what the flow begins, as JSON; travels encrypted in the call's URLs
  --lang   ${languages.join(" or ")}; default: the flow's own
  --json   one JSON line

Environment: that of the primary leg (.env.example), and TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN or TWILIO_API_KEY and
TWILIO_API_SECRET.
Exit status: 0 there is a call, 1 there is none or nobody knows, 2 wrong arguments or environment.`;

function readArguments(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { flow: text, to: text, from: text, key: text, data: text, lang: text, json: flag, help: flag };
  const values = commandLine({ args, options }).values;
  if (values.help) return undefined;
  const { flow, to, from, key } = values;
  if (!flow || !to || !from || !key) throw new UsageError("--flow, --to, --from and --key are all needed");
  const language = languages.find((one) => one === values.lang);
  if (values.lang !== undefined && language === undefined) throw new UsageError(`--lang: ${languages.join(" or ")}`);
  const data = values.data === undefined ? undefined : objectIn(values.data);
  return { json: values.json, call: { flow, to, from, key, ...(data && { data }), ...(language && { language }) } };
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(json);
    if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new UsageError('--data is no JSON object, like {"day":"Monday"}');
}

function say(placed: PlacedCall): string {
  switch (placed.kind) {
    case "placed":
      return `placed: ${placed.callSid}`;
    case "already":
      return `placed before: ${placed.callSid}`;
    case "refused":
      return `Twilio does not place it: ${placed.reason}. Mend that, then use a new key.`;
    case "in-doubt":
      return `${placed.reason}. Look for it in Twilio's call log; run this again later, it looks once more and never calls twice.`;
    case "unavailable":
      return `nothing was done: the table does not answer (${placed.reason}). Run this again.`;
  }
}

async function main(args: string[]): Promise<number> {
  const read = readArguments(args);
  if (read === undefined) {
    console.log(usage);
    return 0;
  }
  const { call, json } = read;
  const env = process.env;
  const client = restClient(env);
  const { engine } = createLeg({
    leg: "primary",
    flows,
    env,
    authTokenName: "TWILIO_AUTH_TOKEN",
    newToken: randomUUID,
  });
  const placed = await placeCall(engine, twilioCalls(client), call);
  console.log(json ? JSON.stringify(placed) : say(placed));
  return placed.kind === "placed" || placed.kind === "already" ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    const known = [UsageError, RestError, ConfigurationError, FlowError].some((kind) => error instanceof kind);
    console.error(known ? `place-call: ${error.message}` : error);
    return 2;
  });
}
