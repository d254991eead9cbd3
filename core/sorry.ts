/**
 * Sorry mode: an operator's switch that lets new callers hear a message in place of the flow. Decided before anything of the call is
 * looked at, so it works without the table.
 *
 * It is spoken with status 200. For a browser 503 is the right answer (`core/sorry-page.ts`); to Twilio a 503 is a failed
 * webhook, which only sends the call to the fallback URL, and from there, if that says 503, to Twilio's own "application error".
 */
import { type ParsedUrl, stableMark } from "./action-url.ts";
import type { DocumentAnswer } from "./answer.ts";
import { told } from "./aside.ts";
import { isPartialResult } from "./input.ts";
import { lastResortTwiml } from "./last-resort.ts";
import type { Leg } from "./leg.ts";
import { allowMark, isSorryOn, type SorrySwitch } from "./sorry-switch.ts";
import { numbered, renderTwiml } from "./twiml.ts";
import { hangup, playMedia, say } from "./verb-builders.ts";
import type { Language, Verb } from "./verbs.ts";
import type { Incoming, VoiceRequest } from "./voice-request.ts";
import { openUrl, spokenIn, webhookOf } from "./webhook.ts";

/** What a request is to sorry mode. */
export interface SorryAsked {
  /** `beside`: no turn of a call */
  readonly call: "new" | "in-progress" | "beside";
  readonly flow: string | undefined;
  /** asked for by `?preview=sorry` on the voice URL */
  readonly preview: boolean;
  /** the recording of the message could not be fetched */
  readonly audioFailed: boolean;
  /** whether the caller's number is among these marks; only asked when it matters */
  readonly isAmong: (marks: readonly string[]) => boolean;
}

/** Who hears the message: the whole decision, pure. @returns undefined: the call goes on as if there were no sorry mode */
export function sorryFor(
  sorry: SorrySwitch,
  asked: SorryAsked,
  nowMs: number,
): "new" | "in-progress" | "preview" | undefined {
  const { call, flow, preview, audioFailed, isAmong } = asked;
  // one who has begun to hear the message hears it to its end
  if (audioFailed) return "new";
  if (call === "beside") return undefined;
  if (preview && call === "new") return "preview";
  if (!isSorryOn(sorry, nowMs)) return undefined;
  if (call === "in-progress" && sorry.scope !== "all") return undefined;
  if (sorry.flows?.includes(flow ?? "") === false) return undefined;
  return sorry.allow && isAmong(sorry.allow) ? undefined : call;
}

/** Marks the media URL of the message; no document has a verb of this number. */
const place = { step: "sorry", index: 999 };
const previewed = /[?&]preview=sorry(?:[&#]|$)/;

/**
 * What sorry mode answers to a request, the same on both legs. It reads and writes nothing: not the table, not the switch.
 *
 * @returns undefined when the request is to be answered as usual
 */
export function sorryAnswer(
  { engine, authTokens }: Leg,
  sorry: SorrySwitch,
  { request, target }: Incoming,
): DocumentAnswer | undefined {
  const url = engine.urls.parse(target);
  if (url === undefined) return undefined;
  const resumes = request.errorCode !== undefined && request.errorUrl !== undefined;
  const failed = resumes ? engine.urls.parse(request.errorUrl ?? "") : undefined;
  const begun = resumes ? failed : url;
  const at = failed?.place;
  const audioFailed = at?.step === place.step && at.index === place.index;
  const flow = at?.flow ?? begun?.flow;
  const why = sorryFor(
    sorry,
    {
      call: callOf(request, begun),
      flow,
      preview: previewed.test((resumes ? request.errorUrl : undefined) ?? target),
      audioFailed,
      isAmong: (marks) => authTokens.some((token) => marks.includes(allowMark(token, request.from))),
    },
    engine.clock.nowMs(),
  );
  if (why === undefined) return undefined;
  const sealed = openUrl(engine, request, begun?.sealed);
  const webhook = webhookOf(engine, request, sealed, [begun && flow ? { ...begun, flow } : begun, url]);
  const media = (file: string) =>
    audioFailed
      ? undefined
      : engine.urls.media(engine.leg, file, stableMark({ flow: webhook.flow || "sorry", ...place }));
  const reason = why === "preview" ? why : `${why} call`;
  return { ...told(webhook, sorryTwiml(sorry, spokenIn(webhook), media), reason), outcome: "sorry" };
}

/** The message, then the end of the call: verbs that make no webhook. */
function sorryTwiml(sorry: SorrySwitch, language: Language, mediaUrl: (file: string) => string | undefined): string {
  const words = sorry.say?.[language];
  if (words === undefined) return lastResortTwiml(() => undefined, language);
  const [text = "", ...after] = words.split("\n");
  const file = sorry.audio?.[language];
  const prompt = file && { file, text };
  const verbs: Verb[] = prompt ? [playMedia({ en: prompt, ja: prompt })] : [say(text)];
  if (after.length > 0) verbs.push(say(after.join(" ")));
  const none = () => undefined;
  const context = { language, plain: false, actionUrl: none, statusUrl: none, asideUrl: none, mediaUrl };
  return renderTwiml(numbered([...verbs, hangup()]), context);
}

/** Calls that we place are in progress for us: nobody called who could be told to call later. */
function callOf({ params, parentCallSid }: VoiceRequest, asked: ParsedUrl | undefined): SorryAsked["call"] {
  const kind = asked?.kind;
  if (kind === "aside" || kind === "status" || parentCallSid !== undefined || isPartialResult(params)) return "beside";
  const begins = (kind === "voice" || kind === "fallback") && asked?.sealed === undefined;
  return begins && !params.get("Direction")?.startsWith("outbound") ? "new" : "in-progress";
}
