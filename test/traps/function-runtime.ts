import { createRequire } from "node:module";
import path from "node:path";
import type { FunctionEvent } from "../../functions/adapter.ts";

interface FunctionResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

const require = createRequire(import.meta.url);
const runtime = path.dirname(require.resolve("@twilio/runtime-handler/dev"));
const internal = require(path.join(runtime, "internal", "response.js"));
/** `Twilio.Response` of the local Functions runtime; it has no door of its own in the package. */
export const functionResponse: new () => FunctionResponse = internal.Response;

/**
 * The `event` that Twilio Functions make of a request: query and body in one object, a name that comes twice as a
 * list, and the request's headers beside them. [D Functions request flow]
 */
export function functionEvent(url: string, body: string, headers: Readonly<Record<string, string>>): FunctionEvent {
  const isJson = headers["content-type"]?.startsWith("application/json") ?? false;
  const form = isJson ? JSON.parse(body) : gathered(new URLSearchParams(body));
  return { ...gathered(new URL(url).searchParams), ...form, request: { headers } };
}

function gathered(pairs: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const values = pairs.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}
