import { KeyRefusedError } from "../core/index.ts";

/** The outside service that effects call, at `FLOW_BOOKINGS_URL`. It must honour idempotency keys (docs/architecture.md). */
export interface Effect {
  readonly effect: string;
  readonly callSid: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const answerBytesMax = 4_096;

/**
 * Runs an effect at the outside service.
 *
 * @param base URL without a trailing slash, from the flow's settings
 * @returns the service's reference for what was done
 * @throws KeyRefusedError when the key was used with other arguments (409); Error for any other failure
 */
export async function runEffect(
  base: string | undefined,
  { effect, callSid, arguments: given }: Effect,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<string> {
  if (base === undefined) throw new Error("FLOW_BOOKINGS_URL is not set");
  const answer = await fetch(`${base}/${effect}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify({ idempotencyKey, callSid, arguments: given }),
    signal,
  });
  if (answer.status === 409) throw new KeyRefusedError(`the key of '${effect}' was used with other arguments`);
  if (!answer.ok) throw new Error(`effect '${effect}': status ${answer.status}`);
  const text = await answer.text();
  const body: unknown = text.length > answerBytesMax ? undefined : JSON.parse(text);
  const reference = typeof body === "object" && body !== null && "reference" in body ? body.reference : undefined;
  if (typeof reference !== "string") throw new Error(`effect '${effect}': an answer without a reference`);
  return reference;
}
