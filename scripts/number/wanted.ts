import type { Urls } from "../../core/action-url.ts";
import type { Language } from "../../core/verbs.ts";
import type { Webhooks } from "../twilio/numbers.ts";

/** The webhooks of a number whose callers begin this flow: all three with their connection overrides, all by POST. */
export function wantedWebhooks(urls: Urls, flow: string, language: Language | undefined): Webhooks {
  return {
    voiceUrl: urls.voice(flow, language),
    voiceMethod: "POST",
    voiceFallbackUrl: urls.fallback(flow, language),
    voiceFallbackMethod: "POST",
    statusCallback: urls.callStatus(flow),
    statusCallbackMethod: "POST",
  };
}

/** Which flow the number's callers begin now, as far as one of its URLs is ours. */
export function flowNow(urls: Urls, webhooks: Webhooks): { flow: string; language: Language | undefined } | undefined {
  for (const url of [webhooks.voiceUrl, webhooks.voiceFallbackUrl, webhooks.statusCallback]) {
    const parsed = url === "" ? undefined : urls.parse(url);
    if (parsed?.flow !== undefined) return { flow: parsed.flow, language: parsed.language };
  }
  return undefined;
}
