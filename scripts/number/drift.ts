import type { PhoneNumber, Webhooks } from "../twilio/numbers.ts";
import { error, type Finding, warning } from "./finding.ts";

const parts = [
  { what: "voice URL", url: "voiceUrl", method: "voiceMethod" },
  { what: "fallback URL", url: "voiceFallbackUrl", method: "voiceFallbackMethod" },
  { what: "status callback URL", url: "statusCallback", method: "statusCallbackMethod" },
] as const;

/**
 * Where the number differs from what it should be: somebody edited it, or the legs have moved.
 * @param setAgain the command that mends it
 */
export function driftOf(number: PhoneNumber, wanted: Webhooks, setAgain: string): Finding[] {
  const found = [...notAnswered(number, setAgain)];
  for (const { what, url, method } of parts) {
    const [now, should] = [number.webhooks[url], wanted[url]];
    if (now !== should) found.push(urlFinding(what, url, now, should, setAgain));
    if (now !== "" && number.webhooks[method] !== "POST") {
      found.push(error("method", `the ${what} is asked by ${number.webhooks[method]}, not POST`, setAgain));
    }
  }
  const hosts = [number.webhooks.voiceUrl, number.webhooks.voiceFallbackUrl].map(hostOf);
  if (hosts[0] !== undefined && hosts[0] === hosts[1]) {
    found.push(error("one-host", `both legs are on ${hosts[0]}: what takes one takes the other`, setAgain));
  }
  return found;
}

/** Reasons for which Twilio does not ask the webhooks at all. */
export function notAnswered({ answeredBy, takesCalls }: PhoneNumber, again: string): Finding[] {
  const found: Finding[] = [];
  if (!takesCalls) found.push(error("no-voice", "the number cannot take voice calls", "use another number"));
  if (answeredBy !== undefined) {
    const what = answeredBy.kind === "trunk" ? "SIP trunk" : "TwiML App";
    const told = `the ${what} ${answeredBy.sid} answers, so Twilio ignores the number's own URLs`;
    found.push(error("answered-by", told, `take the number out of the ${what} in Twilio's console, then ${again}`));
  }
  return found;
}

function urlFinding(what: string, name: string, now: string, should: string, setAgain: string): Finding {
  if (now === "") {
    const told = `the number has no ${what}`;
    return name === "statusCallback" ? warning(`no-${name}`, told, setAgain) : error(`no-${name}`, told, setAgain);
  }
  const [nowBare, shouldBare] = [now, should].map((url) => url.replace(/#.*$/, ""));
  if (nowBare === shouldBare) {
    const had = now.includes("#")
      ? `has the connection overrides #${now.split("#")[1]}`
      : "has no connection overrides";
    return error("overrides", `the ${what} ${had}, not #${should.split("#")[1]}`, setAgain);
  }
  if (hostOf(now) !== hostOf(should)) {
    return error(
      "other-host",
      `the ${what} is on ${hostOf(now) ?? now}, this deployment on ${hostOf(should)}`,
      setAgain,
    );
  }
  return error("edited", `the ${what} is ${now}, not ${should}`, setAgain);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
