import { createHmac, randomBytes } from "node:crypto";
import type { Stack } from "../../scripts/stack/start-stack.ts";
import { type collection, markers } from "./markers.ts";
import { documentOf, form, formBody, type Got, legOf, send, signatureOf, targetOf } from "./signed-request.ts";

/** What Twilio tells of a caller in every request. */
export const person = {
  From: markers.caller,
  To: markers.called,
  Caller: markers.caller,
  Called: markers.called,
  ForwardedFrom: markers.forwarded,
  CallerName: markers.name,
  CallerNameLocal: markers.nameInJapanese,
  FromCity: markers.city,
  CallerCity: markers.city,
  FromZip: markers.zip,
  StirPassportToken: markers.stirPassport,
  StirVerstat: "TN-Validation-Passed-A",
  CallToken: markers.callToken,
  SomethingNew: markers.unknownParameter,
} as const;

const headers = {
  "user-agent": `TwilioProxy/1.1 ${markers.userAgent}`,
  cookie: `session=${markers.otherHeader}`,
  "i-twilio-idempotency-token": markers.otherHeader,
  "x-amzn-trace-id": markers.otherHeader,
};

/** A webhook as it was asked and answered. */
export interface Asked {
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly status: number;
  readonly atMs: number;
}

/** Calls by hand, in which every parameter and header is ours to choose. */
export function markedRequests(stack: Stack, inputs: ReturnType<typeof collection>) {
  const asked: Asked[] = [];

  async function ask(url: string, params: Readonly<Record<string, string>>): Promise<Got> {
    const given = { ...person, ...params };
    const signature = signatureOf(stack.authToken, url, given);
    inputs.add("a webhook", { url, given, headers });
    const atMs = Date.now();
    const got = await send(legOf(stack, url), targetOf(url), {
      headers: { ...headers, "x-twilio-signature": signature },
      body: formBody(given),
    });
    asked.push({ url, params: { ...given }, status: got.status, atMs });
    return got;
  }

  /** The turns of one call on a leg, up to the choice of what fails; a turn that fails is taken over by the fallback. */
  async function call(leg: "primary" | "fallback", choice: string): Promise<string> {
    const CallSid = `CA${randomBytes(16).toString("hex")}`;
    const { voiceUrl, fallbackUrl, statusCallbackUrl } = stack.flows.careless ?? {};
    if (voiceUrl === undefined || fallbackUrl === undefined) throw new Error("the stack lacks the flow");
    const lost = (ErrorUrl: string) => ({ CallSid, ErrorCode: "11200", ErrorUrl });
    const begin = leg === "primary" ? await ask(voiceUrl, { CallSid }) : await ask(fallbackUrl, lost(voiceUrl));
    const spoken = { SpeechResult: `${markers.speech} ${markers.nameInJapanese}`, Confidence: "0.9" };
    const words = Number(choice) % 2 === 0 ? { Digits: markers.digits } : spoken;
    const recorded = {
      RecordingUrl: markers.recording,
      RecordingSid: markers.recording.slice(-34),
      RecordingDuration: "5",
    };
    let got = begin;
    for (const params of [words, { Digits: markers.pin }, recorded, { Digits: choice }] as const) {
      const [url = ""] = documentOf(got).actions;
      got = await ask(url, { CallSid, CallStatus: "in-progress", ...params });
      if (got.status === 200) continue;
      const query = `${url.includes("?") ? "&" : "?"}Digits=${markers.keysInUrl}&SpeechResult=${encodeURIComponent(markers.speech)}`;
      const errorUrl = Number(choice) % 2 === 0 ? `${url}${query}` : url;
      got = await ask(fallbackUrl, { ...params, ...lost(errorUrl) });
    }
    // what comes beside the call: while somebody speaks, and when a recording was written down
    await ask(voiceUrl, { CallSid, UnstableSpeechResult: markers.unstable, SequenceNumber: "1" });
    await ask(voiceUrl, { CallSid, TranscriptionText: markers.transcript, TranscriptionStatus: "completed" });
    if (statusCallbackUrl !== undefined) await ask(statusCallbackUrl, { CallSid, CallStatus: "completed" });
    return CallSid;
  }

  /** Requests that are refused: of a stranger, of a wrong secret, to no URL of ours, too odd to be read. */
  async function strangers(): Promise<number[]> {
    const { voiceUrl = "", fallbackUrl = "" } = stack.flows.careless ?? {};
    const body = formBody({ ...person, Digits: markers.pin, Extra: markers.rejectedBody });
    const signed = createHmac("sha1", markers.restSecret).update(voiceUrl).digest("base64");
    const base = [voiceUrl, fallbackUrl].map((url) => new URL(targetOf(url), legOf(stack, url)));
    const answers: number[] = [];
    for (const { origin, pathname, search } of base) {
      const path = `${pathname}${search}${search === "" ? "?" : "&"}from=${markers.rejectedUrl}`;
      const tries = [
        { target: path, headers: { ...headers, "x-twilio-signature": markers.badSignature }, body },
        { target: path, headers: { ...headers, "x-twilio-signature": signed }, body },
        { target: path, headers, body },
        { target: `/${markers.rejectedUrl}/${encodeURIComponent(markers.caller)}`, headers, body },
        { target: path, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(person) },
        { target: path, headers: { ...headers, "content-type": form }, body: `%E0%A4%A&${body}=%zz` },
        { target: path, method: "GET", headers },
      ];
      for (const { target, ...sent } of tries) {
        inputs.add("a stranger's request", { target, ...sent });
        answers.push((await send(origin, target, sent)).status);
      }
    }
    return answers;
  }
  return { asked, call, strangers };
}
