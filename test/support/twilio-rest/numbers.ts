import type { RestAnswer, RestRequest } from "./server.ts";

/** An IncomingPhoneNumber as Twilio's REST API tells it, as far as it concerns voice. */
export interface NumberResource {
  readonly sid: string;
  readonly phone_number: string;
  voice_url: string;
  voice_method: string;
  voice_fallback_url: string;
  voice_fallback_method: string;
  status_callback: string;
  status_callback_method: string;
  voice_application_sid: string | null;
  trunk_sid: string | null;
  capabilities: { readonly voice: boolean };
}

const fields = {
  VoiceUrl: "voice_url",
  VoiceMethod: "voice_method",
  VoiceFallbackUrl: "voice_fallback_url",
  VoiceFallbackMethod: "voice_fallback_method",
  StatusCallback: "status_callback",
  StatusCallbackMethod: "status_callback_method",
} as const;

/** A number as it is bought: it points to Twilio's demo document. */
export function newNumber(phoneNumber: string, at = 1): NumberResource {
  return {
    sid: `PN${String(at).padStart(32, "0")}`,
    phone_number: phoneNumber,
    voice_url: "https://demo.twilio.com/welcome/voice/",
    voice_method: "POST",
    voice_fallback_url: "",
    voice_fallback_method: "POST",
    status_callback: "",
    status_callback_method: "POST",
    voice_application_sid: null,
    trunk_sid: null,
    capabilities: { voice: true },
  };
}

/** The numbers of an account, as the IncomingPhoneNumbers resource lists and updates them. */
export function numbersOf(numbers: readonly NumberResource[]) {
  return ({ operation, sids, params }: RestRequest): RestAnswer => {
    if (operation === "ListIncomingPhoneNumber") {
      const part = params.get("PhoneNumber")?.[0] ?? "";
      const found = numbers.filter(({ phone_number }) => phone_number.includes(part));
      return { status: 200, body: { incoming_phone_numbers: found, page: 0, page_size: 20 } };
    }
    const number = numbers.find(({ sid }) => sid === sids[0]);
    if (operation !== "UpdateIncomingPhoneNumber" || number === undefined) {
      return { status: 404, body: { code: 20404, message: "not found", status: 404 } };
    }
    for (const [name, field] of Object.entries(fields)) {
      const value = params.get(name)?.[0];
      if (value !== undefined) number[field as (typeof fields)[keyof typeof fields]] = value;
    }
    return { status: 200, body: number };
  };
}
