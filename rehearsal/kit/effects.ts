import { parseJson } from "../../core/checkpoint.ts";
import type { Executed } from "../world/outside-service.ts";

/** Something that the outside service has done. Asked again with the same idempotency key, it does nothing. */
export interface Effect {
  /** The last part of the path that was asked. */
  readonly name: string;
  /** `arguments` of the JSON body if it has them, else the body; without an idempotency key in it. */
  readonly arguments: unknown;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
}

export function toEffect({ key, text }: Executed): Effect {
  const [method = "", path = ""] = text.split(" ", 2);
  const sent = text.slice(method.length + path.length + 2);
  const body = parseJson(sent) ?? sent;
  const [name = ""] = (path.split("?", 1)[0] ?? "").split("/").slice(-1);
  return {
    name,
    arguments: isObject(body) && isObject(body.arguments) ? body.arguments : body,
    method,
    path,
    idempotencyKey: key,
  };
}

/** Has `given` all that `wanted` has? Objects may have more, lists not; a pattern stands for a text that it fits. */
export function includes(given: unknown, wanted: unknown): boolean {
  if (Object.is(given, wanted)) return true;
  if (wanted instanceof RegExp) return typeof given === "string" && given.search(wanted) >= 0;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(given) && given.length === wanted.length && wanted.every((value, at) => includes(given[at], value))
    );
  }
  if (!isObject(wanted) || !isObject(given)) return false;
  return Object.entries(wanted).every(([name, value]) => includes(given[name], value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
