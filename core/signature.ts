import { validateRequest } from "twilio/lib/webhooks/webhooks.js";

/**
 * Checks `X-Twilio-Signature` in constant time. The validator tries the URL with and without its port, since Twilio
 * signs both ways. [C twilio-node]
 *
 * @param authTokens all that are valid now: two while a token is being rotated
 * @param url as Twilio was told to request it: scheme, host, path with its trailing slash, raw query
 * @param params every form parameter of the body, decoded, known or not; empty for GET
 */
export function isGenuine(
  authTokens: readonly string[],
  signature: string | undefined,
  url: string,
  params: Readonly<Record<string, string | readonly string[]>>,
): boolean {
  if (signature === undefined || signature === "" || !URL.canParse(url)) return false;
  return authTokens.some((token) => token !== "" && validateRequest(token, signature, url, { ...params }));
}
