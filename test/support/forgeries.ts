import type { Stack } from "../../scripts/stack/start-stack.ts";
import type { Target } from "./mid-call.ts";
import { formBody, type Got, legOf, send, signatureOf, targetOf } from "./signed-request.ts";

/** Sends a target's request with a signature that is, or is not, the right one. */
export function sendWith(stack: Stack, signature: string | undefined, { url, params }: Target): Promise<Got> {
  const headers = signature === undefined ? {} : { "x-twilio-signature": signature };
  return send(legOf(stack, url), targetOf(url), { headers, body: formBody(params) });
}

export function sign(stack: Stack, { url, params }: Target, authToken = stack.authToken): string {
  return signatureOf(authToken, url, params);
}

/** Another character of base64: its place decides how many of its bits count. */
export function oneCharacterChanged(text: string, at = Math.floor(text.length / 2)): string {
  return `${text.slice(0, at)}${text[at] === "A" ? "z" : "A"}${text.slice(at + 1)}`;
}

const withPath = (url: string, more: string) => {
  const [path, query] = url.replace(/#.*/, "").split("?");
  return query === undefined ? `${path}${more}` : `${path}${more}?${query}`;
};
const withQuery = (url: string, more: string) => {
  const plain = url.replace(/#.*/, "");
  return `${plain}${plain.includes("?") ? "&" : "?"}${more}`;
};
const withParams = (target: Target, params: Record<string, string>): Target => ({
  ...target,
  params: { ...target.params, ...params },
});

/** @param other the same request of another call, to a URL that is not the same */
type Forgery = (stack: Stack, target: Target, other: Target) => Promise<Got>;

/** Signed for one URL, sent to another. */
const signedFor =
  (change: (url: string) => string): Forgery =>
  (stack, target) =>
    sendWith(stack, sign(stack, { ...target, url: change(target.url) }), target);

/** Requests that Twilio did not make. */
export const forgeries: readonly (readonly [name: string, forge: Forgery])[] = [
  ["unsigned", (stack, target) => sendWith(stack, undefined, target)],
  ["with an empty signature", (stack, target) => sendWith(stack, "", target)],
  [
    "with one character of the signature changed",
    (stack, target) => sendWith(stack, oneCharacterChanged(sign(stack, target)), target),
  ],
  ["signed with another token", (stack, target) => sendWith(stack, sign(stack, target, "0".repeat(32)), target)],
  ["signed for the URL with a slash at its end", signedFor((url) => withPath(url, "/"))],
  ["signed for another path", signedFor((url) => withPath(url, "x"))],
  ["signed for another query", signedFor((url) => withQuery(url, "x=1"))],
  ["signed for another host", signedFor((url) => url.replace("127.0.0.1", "127.0.0.2"))],
  [
    "with a parameter added after signing",
    (stack, target) => sendWith(stack, sign(stack, target), withParams(target, { From: "+1" })),
  ],
  [
    "replayed with the CallSid of another call",
    (stack, target, other) =>
      sendWith(stack, sign(stack, target), withParams(target, { CallSid: other.params.CallSid ?? "" })),
  ],
  [
    "replayed to the URL of another call",
    (stack, target, other) => sendWith(stack, sign(stack, target), { ...target, url: other.url }),
  ],
];
