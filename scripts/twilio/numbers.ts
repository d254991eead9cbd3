import type { RestClient } from "./rest.ts";

/** What Twilio asks when a number is called. An empty URL is none. */
export interface Webhooks {
  readonly voiceUrl: string;
  readonly voiceMethod: string;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: string;
  readonly statusCallback: string;
  readonly statusCallbackMethod: string;
}
export const webhookNames = [
  "voiceUrl",
  "voiceMethod",
  "voiceFallbackUrl",
  "voiceFallbackMethod",
  "statusCallback",
  "statusCallbackMethod",
] as const satisfies readonly (keyof Webhooks)[];

/** A phone number of the account. */
export interface PhoneNumber {
  readonly sid: string;
  readonly phoneNumber: string;
  readonly webhooks: Webhooks;
  /** answers in place of the webhooks, which Twilio then ignores [D IncomingPhoneNumber resource] */
  readonly answeredBy: { readonly kind: "trunk" | "application"; readonly sid: string } | undefined;
  readonly takesCalls: boolean;
}

/** The IncomingPhoneNumbers resource, by Twilio's official client. */
export function twilioNumbers(client: RestClient) {
  return {
    /** @returns undefined when the account has no such number. @throws the client's error, see `readRestError` */
    async find(phoneNumber: string): Promise<PhoneNumber | undefined> {
      // the filter takes parts of numbers too [D IncomingPhoneNumber resource]
      const found = await client.incomingPhoneNumbers.list({ phoneNumber, limit: 20 });
      const number = found.find((one) => one.phoneNumber === phoneNumber);
      return number && toPhoneNumber(number);
    },
    /** @returns the number as Twilio has it afterwards. @throws the client's error, see `readRestError` */
    async update(sid: string, webhooks: Webhooks): Promise<PhoneNumber> {
      return toPhoneNumber(await client.incomingPhoneNumbers(sid).update({ ...webhooks }));
    },
  };
}
export type Numbers = ReturnType<typeof twilioNumbers>;

type Instance = Awaited<ReturnType<RestClient["incomingPhoneNumbers"]["list"]>>[number];

function toPhoneNumber(number: Instance): PhoneNumber {
  const { sid, phoneNumber, trunkSid, voiceApplicationSid, capabilities } = number;
  const webhooks = Object.fromEntries(webhookNames.map((name) => [name, number[name] ?? ""])) as unknown as Webhooks;
  const answeredBy = trunkSid
    ? { kind: "trunk" as const, sid: trunkSid }
    : voiceApplicationSid
      ? { kind: "application" as const, sid: voiceApplicationSid }
      : undefined;
  return { sid, phoneNumber, webhooks, answeredBy, takesCalls: capabilities?.voice !== false };
}
