import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";
import { run } from "../scripts/run-command.ts";
import { account, type RestAnswer, type RestRequest, startTwilioRest } from "../support/twilio-rest/server.ts";

const sid = (n: number) => `CA${String(n).padStart(32, "0")}`;
let table: Awaited<ReturnType<typeof startTable>>;
let rest: Awaited<ReturnType<typeof startTwilioRest>>;
let answer: (request: RestRequest) => RestAnswer;

beforeAll(async () => {
  table = await startTable(0);
  rest = await startTwilioRest((request) => answer(request));
});
afterAll(async () => {
  await table?.stop();
  await rest?.stop();
});
beforeEach(() => {
  rest.asked.length = 0;
  rest.wrong.length = 0;
  answer = ({ operation }) =>
    operation === "CreateCall"
      ? { status: 201, body: { sid: sid(rest.asked.length) } }
      : { status: 200, body: { calls: [], page: 0, page_size: 50 } };
});

const env = () => ({
  PRIMARY_BASE_URL: "https://primary.example.com",
  FALLBACK_BASE_URL: "https://fallback.example.com",
  SEAL_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
  TABLE_NAME: table.name,
  TABLE_REGION: table.region,
  TABLE_ENDPOINT: table.endpoint,
  AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
  TWILIO_ACCOUNT_SID: account.sid,
  TWILIO_AUTH_TOKEN: account.token,
  TWILIO_API_BASE_URL: rest.url,
});
const args = ["--flow", "survey", "--to", "+815011112222", "--from", "+815099998888", "--json"];
async function placeCall(key: string, ...more: string[]) {
  const { said, ended } = run(["place-call", ...args, "--key", key, ...more], { env: env() });
  const status = await ended;
  return { status, ...said, told: said.out === "" ? undefined : JSON.parse(said.out) };
}

describe("place-call, by Twilio's own client against a server that speaks Twilio's protocol", () => {
  test("asks for one call with both legs' URLs, their overrides and the end's status callback; again, for none", async () => {
    const first = await placeCall("k-1", "--data", '{"visit":"7"}', "--lang", "ja");
    expect(first).toMatchObject({ status: 0, told: { kind: "placed", callSid: sid(1) } });
    expect(rest.wrong).toEqual([]);
    const [{ params } = { params: new Map() }] = rest.asked;
    expect(params.get("Url")?.[0]).toMatch(
      /^https:\/\/primary\.example\.com\/voice\/survey\?lang=ja&begin=k1\.[\w-]+#ct=\d+&rt=\d+&tt=\d+&rc=0$/,
    );
    expect(params.get("FallbackUrl")?.[0]).toMatch(
      /^https:\/\/fallback\.example\.com\/voice-fallback\?flow=survey&lang=ja&begin=k1\.[\w-]+#.*&rc=1&rp=all$/,
    );
    expect(params.get("StatusCallback")?.[0]).toMatch(/^https:\/\/primary\.example\.com\/status\/survey#/);
    expect(params.get("StatusCallbackEvent")).toEqual(["completed"]);

    expect(await placeCall("k-1")).toMatchObject({ status: 0, told: { kind: "already", callSid: sid(1) } });
    expect(rest.asked.map(({ operation }) => operation)).toEqual(["CreateCall"]);
  });

  test("tells that Twilio does not place it", async () => {
    answer = () => ({ status: 400, body: { code: 21211, message: "The 'To' number is not valid.", status: 400 } });
    expect(await placeCall("k-2")).toMatchObject({
      status: 1,
      told: { kind: "refused", reason: "21211 The 'To' number is not valid." },
    });
  });

  test("looks for the call when the answer was lost, and finds it the next time", async () => {
    answer = ({ operation }) => (operation === "CreateCall" ? "hang-up" : { status: 200, body: { calls: [] } });
    expect(await placeCall("k-3")).toMatchObject({ status: 1, told: { kind: "in-doubt" } });
    answer = () => ({ status: 200, body: { calls: [{ sid: sid(9) }], page: 0, page_size: 2 } });
    expect(await placeCall("k-3")).toMatchObject({ status: 0, told: { kind: "already", callSid: sid(9) } });
    expect(rest.asked.filter(({ operation }) => operation === "CreateCall")).toHaveLength(1);
    expect(rest.wrong).toEqual([]);
  });

  test("says what is missing", async () => {
    const { said, ended } = run(["place-call", ...args], { env: env() });
    expect(await ended).toBe(2);
    expect(said.err).toBe("place-call: --flow, --to, --from and --key are all needed\n");
  });
});
