import { messageOperations } from "./message-operations.ts";
import { monitorOperations } from "./monitor-operations.ts";

/**
 * The operations of Twilio's REST API that this project uses, restated from Twilio's published OpenAPI description
 * (twilio/twilio-oai, spec/json/twilio_api_v2010.json, commit d50069b): method, path, and every parameter with its form. A
 * request that does not fit is answered 400, as Twilio would, and remembered for the test to see.
 */
export interface Operation {
  readonly id: string;
  readonly method: "GET" | "POST";
  /** `{AccountSid}` and other sids stand for what matches their pattern */
  readonly path: string;
  readonly required: readonly string[];
  /** parameters of the query (GET) or of the form (POST), by name */
  readonly parameters: Readonly<Record<string, RegExp>>;
}

const uri = /^https?:\/\/\S+$/;
/** empty: the URL is taken away */
const uriOrNone = /^(?:https?:\/\/\S+)?$/;
const method = /^(?:HEAD|GET|POST|PATCH|PUT|DELETE)$/;
const endpoint = /^(?:\+\d{7,15}|sip:\S+|client:\S+)$/;
const page = { PageSize: /^\d{1,4}$/, Page: /^\d+$/, PageToken: /^.+$/ };
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export const operations: readonly Operation[] = [
  ...messageOperations,
  {
    id: "CreateCall",
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Calls.json",
    required: ["To", "From"],
    parameters: {
      To: endpoint,
      From: endpoint,
      Url: uri,
      Method: method,
      FallbackUrl: uri,
      FallbackMethod: method,
      StatusCallback: uri,
      StatusCallbackEvent: /^(?:initiated|ringing|answered|completed)$/,
      StatusCallbackMethod: method,
    },
  },
  {
    id: "ListCall",
    method: "GET",
    path: "/2010-04-01/Accounts/{AccountSid}/Calls.json",
    required: [],
    parameters: { To: endpoint, From: endpoint, "StartTime>": time, ...page },
  },
  {
    id: "ListCallEvent",
    method: "GET",
    path: "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}/Events.json",
    required: [],
    parameters: page,
  },
  {
    id: "ListIncomingPhoneNumber",
    method: "GET",
    path: "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
    required: [],
    parameters: {
      Beta: /^(?:true|false)$/,
      FriendlyName: /^.+$/,
      PhoneNumber: /^[+*\d]+$/,
      Origin: /^(?:twilio|hosted)$/,
      ...page,
    },
  },
  {
    id: "UpdateIncomingPhoneNumber",
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
    required: [],
    parameters: {
      VoiceUrl: uriOrNone,
      VoiceMethod: method,
      VoiceFallbackUrl: uriOrNone,
      VoiceFallbackMethod: method,
      StatusCallback: uriOrNone,
      StatusCallbackMethod: method,
    },
  },
  ...monitorOperations,
];
