export type Direction = "inbound" | "outbound-api" | "outbound-dial";

export type Party = {
  accountSid: string;
  callSid: string;
  from: string;
  to: string;
  direction: Direction;
  /** Of a called leg. */
  parentCallSid?: string;
  extraParameters: Record<string, string>;
};

/** Geography is known for few numbers, else sent empty [O]. */
const noGeography: Record<string, string> = {};
for (const side of ["From", "Caller", "To", "Called"]) {
  for (const part of ["City", "State", "Zip", "Country"]) noGeography[`${side}${part}`] = "";
}

/** The parameters of every voice request of a call [D "TwiML for Programmable Voice"; O]. */
export function standardParameters(party: Party, callStatus: string): Record<string, string> {
  return {
    AccountSid: party.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: party.callSid,
    CallStatus: callStatus,
    Direction: party.direction,
    From: party.from,
    Caller: party.from,
    To: party.to,
    Called: party.to,
    ...noGeography,
    ...(party.parentCallSid === undefined ? {} : { ParentCallSid: party.parentCallSid }),
    ...party.extraParameters,
  };
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
  return prefix + hexOf(`${callSid}:${prefix}:${counter}`);
}

/** A UUID in form, one for each request of a call [O]. */
export function idempotencyTokenOf(callSid: string, counter: number): string {
  const hex = hexOf(`${callSid}:token:${counter}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** 128 bits that look random: four FNV-1a sums from different starts. Not for secrets. */
function hexOf(text: string): string {
  let hex = "";
  for (let lane = 1; lane <= 4; lane += 1) {
    let sum = Math.imul(0x811c9dc5, lane * 2 + 1);
    for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
    sum ^= sum >>> 15;
    hex += (Math.imul(sum, 0x2c1b3c6d) >>> 0).toString(16).padStart(8, "0");
  }
  return hex;
}
