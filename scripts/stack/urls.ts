import { createUrls } from "../../core/action-url.ts";

/** What is entered in Twilio's console for a number, or given to whoever places calls. */
export interface FlowUrls {
  voiceUrl: string;
  fallbackUrl: string;
  statusCallbackUrl: string;
}

/**
 * The three URLs of a flow, with their connection overrides.
 * @param bases the legs as Twilio sees them, without a trailing slash
 */
export function flowUrls(flow: string, bases: { primary: string; fallback: string }): FlowUrls {
  const urls = createUrls(bases);
  return { voiceUrl: urls.voice(flow), fallbackUrl: urls.fallback(flow), statusCallbackUrl: urls.callStatus(flow) };
}
