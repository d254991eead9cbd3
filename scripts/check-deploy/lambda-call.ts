import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { flows } from "../../flows/index.ts";
import { startEffects } from "../stack/effects.ts";
import { signedEvent } from "../stack/signed-event.ts";
import { startTable, tableCredentials } from "../stack/table.ts";
import { type RunningFunction, startFunction } from "./runtime-api.ts";
import { startSsm } from "./ssm-server.ts";

export interface CallFindings {
  readonly said: readonly string[];
  readonly problems: readonly string[];
}

type Result = APIGatewayProxyStructuredResultV2;

const baseUrl = "https://line.example.com";
const authToken = "token-in-ssm";
const callSid = `CA${"7".repeat(32)}`;
const documentsMax = 10;
const standard = {
  CallSid: callSid,
  AccountSid: `AC${"0".repeat(32)}`,
  From: "+815011112222",
  To: "+815033334444",
  Direction: "inbound",
  ApiVersion: "2010-04-01",
};

/** Places a call through the built functions as Lambda would run them: runtime client, Runtime API, secrets from SSM. */
export async function callThroughLambda(runtimeClient: string, taskRoot: string): Promise<CallFindings> {
  const problems: string[] = [];
  const must = (holds: boolean, line: string) => void (holds || problems.push(`lambda: ${line}`));
  const [table, effects, ssm] = await Promise.all([startTable(0), startEffects(), startSsm()]);
  ssm.put("/stayline/seal-keys", `k1:${randomBytes(32).toString("base64")}`);
  ssm.put("/stayline/twilio-auth-token", authToken);
  ssm.put("/stayline/twilio-rest-login", `SK${"0".repeat(32)}:${authToken}`);
  const env = {
    PRIMARY_BASE_URL: baseUrl,
    FALLBACK_BASE_URL: "https://fallback.example.com",
    SEAL_KEYS_PARAMETER: "/stayline/seal-keys",
    TWILIO_AUTH_TOKEN_PARAMETER: "/stayline/twilio-auth-token",
    TWILIO_REST_LOGIN_PARAMETER: "/stayline/twilio-rest-login",
    TWILIO_ACCOUNT_SID: standard.AccountSid,
    TABLE_NAME: table.name,
    TABLE_REGION: table.region,
    TABLE_ENDPOINT: table.endpoint,
    FLOW_BOOKINGS_URL: effects.baseUrl,
    AWS_REGION: table.region,
    AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_SSM: ssm.url,
  };
  // of the flow that is shipped the end is known; of a flow of yours, that its documents are answered
  const shipped = flows.some(({ name }) => name === "appointment");
  const flow = shipped ? "appointment" : (flows[0]?.name ?? "");
  const functions: RunningFunction[] = [];
  const start = async (handler: string) => {
    const running = await startFunction({ runtimeClient, taskRoot, handler, env });
    functions.push(running);
    return running;
  };
  try {
    const voice = await start("voice-webhook.handler");
    const documents: string[] = [];
    let url: string | undefined = `${baseUrl}/voice/${flow}`;
    while (url !== undefined && documents.length < documentsMax) {
      const answer: Record<string, string> = documents.length === 0 ? {} : { Digits: "1" };
      const event = signedEvent(url, { ...standard, CallStatus: "in-progress", ...answer }, authToken);
      const { statusCode, body = "" } = await ask(voice, event);
      must(
        statusCode === 200,
        `document ${documents.length} was answered ${statusCode}: ${voice.output().slice(-300)}`,
      );
      documents.push(body);
      url = statusCode === 200 ? actionOf(body) : undefined;
    }
    must(!shipped || /R-[A-Z0-9]{5}/.test(documents.at(-1) ?? ""), "the call did not end with its reference");
    must(!shipped || effects.executed().length === 1, `the booking was executed ${effects.executed().length} times`);
    const forged = signedEvent(`${baseUrl}/voice/${flow}`, standard, "another token");
    must((await ask(voice, forged)).statusCode === 403, "a request that Twilio did not sign was not refused");

    const status = await start("status-callback.handler");
    const end = signedEvent(`${baseUrl}/status/${flow}`, { ...standard, CallStatus: "completed" }, authToken);
    must((await ask(status, end)).statusCode === 200, `the end of the call: ${status.output().slice(-300)}`);
    must((await itemOf(table)).endedAtMs !== undefined, "the end of the call is not in the table");

    const media = await start("media.handler");
    const file = /\/media\/[^/"]+\/[\w./-]+\.(?:mp3|wav)/.exec(documents[0] ?? "")?.[0];
    const { isBase64Encoded, statusCode } = await ask(media, { rawPath: file ?? "", headers: {} });
    must(file === undefined || (statusCode === 200 && isBase64Encoded === true), `${file} was answered ${statusCode}`);

    const outbox = await start("outbox.handler");
    const ran = await outbox.invoke({});
    const nothingDue = { delivered: 0, retried: 0, inDoubt: 0, givenUp: 0, unreachable: false };
    must(isDeepStrictEqual(ran.body, nothingDue), `the outbox: ${JSON.stringify(ran)} ${outbox.output().slice(-300)}`);

    ssm.fail("denied");
    const locked = await start("voice-webhook.handler");
    const first = signedEvent(`${baseUrl}/voice/${flow}`, standard, authToken);
    must((await ask(locked, first)).statusCode === 500, "a function without secrets did not answer 500");
    const names = "SEAL_KEYS_PARAMETER or TWILIO_AUTH_TOKEN_PARAMETER cannot be read from SSM";
    must(locked.output().includes(names), "a function without secrets does not say so");
    must(!functions.some((one) => one.output().includes(authToken)), "a secret is in the log");
    const asked = `${documents.length} documents, ${effects.executed().length} booking, the end of the call, ${file === undefined ? "no" : "1"} prompt`;
    return { said: [`a call through the built functions in Lambda's runtime client: ${asked}`], problems };
  } finally {
    await Promise.all([...functions, table, effects, ssm].map((one) => one.stop()));
  }
}

async function ask(running: RunningFunction, event: unknown): Promise<Result> {
  const { kind, body } = await running.invoke(event);
  return kind === "response" ? (body as Result) : { statusCode: 0, body: JSON.stringify(body) };
}

async function itemOf({ endpoint, region, name }: { endpoint: string; region: string; name: string }) {
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  try {
    const { Item = {} } = await client.send(new GetItemCommand({ TableName: name, Key: { callSid: { S: callSid } } }));
    return Item;
  } finally {
    client.destroy();
  }
}

/** Where the document's question goes, without connection overrides. */
function actionOf(twiml: string): string | undefined {
  const [, attribute, redirect] = /action="([^"#]+)|<Redirect[^>]*>([^<#]+)/.exec(twiml) ?? [];
  return (attribute ?? redirect)?.replaceAll("&amp;", "&");
}
