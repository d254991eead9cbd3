import { createHash } from "node:crypto";

export type Party = {
  accountSid: string;
  callSid: string;
  from: string;
  to: string;
  extraParameters: Record<string, string>;
};

/** The parameters of every voice request of an inbound call; geography is known for few numbers, else sent empty [O]. */
export function standardParameters(party: Party, callStatus: string): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: party.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: party.callSid,
    CallStatus: callStatus,
    Direction: "inbound",
    From: party.from,
    Caller: party.from,
    To: party.to,
    Called: party.to,
  };
  for (const side of ["From", "Caller", "To", "Called"]) {
    for (const part of ["City", "State", "Zip", "Country"]) params[`${side}${part}`] = "";
  }
  return { ...params, ...party.extraParameters };
}

/** Parameters of status callbacks beyond the standard ones [D call resource page]. */
export function progressParameters(durationSec: number, sequenceNumber: number, nowMs: number): Record<string, string> {
  return {
    CallbackSource: "call-progress-events",
    CallDuration: String(durationSec),
    Duration: String(Math.ceil(durationSec / 60)),
    SequenceNumber: String(sequenceNumber),
    Timestamp: new Date(nowMs).toUTCString().replace("GMT", "+0000"),
  };
}

/** A sid that depends on the call and a counter alone, so that a rehearsal can be repeated. */
export function sidOf(prefix: string, callSid: string, counter: number): string {
  return prefix + createHash("sha256").update(`${callSid}:${prefix}:${counter}`).digest("hex").slice(0, 32);
}
