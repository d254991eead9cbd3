import { createHash, createHmac } from "node:crypto";
import dns from "node:dns";
import { createServer, type IncomingMessage } from "node:http";
import https from "node:https";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type TableRequests, tableRequests } from "../../../core/stores/dynamodb-requests.ts";
import { closeServer, host, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";

interface Asked {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** of the connection: the caller's port */
  readonly port: number | undefined;
}

const region = "ap-northeast-1";
const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret", sessionToken: "session" };
const update = { TableName: "calls", Key: { callSid: { S: "CA1" } }, UpdateExpression: "SET turn = :turn" };
const json = "application/x-amz-json-1.0";

const asked: Asked[] = [];
let answer = { status: 200, type: json, body: "{}" };
/** after the first bytes of its answer, the server goes away */
let breaks = false;
const server = createServer((incoming, outgoing) => {
  void readBody(incoming, 100_000).then((body = Buffer.alloc(0)) => {
    asked.push({ headers: incoming.headers, body, port: incoming.socket.remotePort });
    const headers = { "content-type": answer.type, "content-length": answer.body.length };
    outgoing.writeHead(answer.status, headers);
    if (breaks) outgoing.write(answer.body.slice(0, 1), () => outgoing.destroy());
    else outgoing.end(answer.body);
  });
});
let endpoint = "";
beforeAll(async () => {
  endpoint = `http://${host}:${await listen(server, 0, "table")}`;
});
beforeEach(() => {
  asked.length = 0;
  answer = { status: 200, type: json, body: "{}" };
  breaks = false;
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
});

const requestsTo = (settings: Parameters<typeof tableRequests>[0]): TableRequests =>
  tableRequests({ region, credentials, ...settings }, "calls", 2_000);

/** Signature version 4, as AWS describes it, by Node's own hashes. [D IAM user guide, create a signed request] */
function signatureOf({ headers, body }: Asked, secret: string): string {
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const hex = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
  const [, scope = "", names = ""] = /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(
    headers.authorization ?? "",
  ) ?? ["", "", ""];
  const signed = names.split(";").map((name) => `${name}:${headers[name]}\n`);
  const request = ["POST", "/", "", signed.join(""), names, hex(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hex(request)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`);
  return hmac(key, toSign).toString("hex");
}

test("a request is signed as AWS checks it, with what matters in it", async () => {
  const requests = requestsTo({ endpoint });
  await requests.update(update);
  await requests.get({ TableName: "calls", Key: { callSid: { S: "日本" } } });
  expect(asked).toHaveLength(2);
  for (const one of asked) {
    const { authorization = "" } = one.headers;
    expect(authorization).toContain(`Signature=${signatureOf(one, credentials.secretAccessKey)}`);
    expect(authorization).toContain("SignedHeaders=content-type;host;x-amz-");
    expect(authorization).toMatch(/x-amz-date;x-amz-security-token;x-amz-target,/);
    expect(one.headers).toMatchObject({
      host: new URL(endpoint).host,
      "content-type": json,
      "content-length": String(one.body.length),
      "x-amz-security-token": "session",
    });
  }
});

test("credentials that change are used from the next request on", async () => {
  let id = "AKIAFIRST";
  // what expires is asked for again
  const expiring = async () => ({ ...credentials, accessKeyId: id, expiration: new Date(Date.now() + 1) });
  const requests = requestsTo({ endpoint, credentials: expiring });
  await requests.update(update);
  id = "AKIASECOND";
  await requests.update(update);
  expect(asked.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? "")?.[1])).toEqual([
    "AKIAFIRST",
    "AKIASECOND",
  ]);
});

test("what could not be found out is found out with the next request", async () => {
  let times = 0;
  const later = async () => {
    times += 1;
    if (times === 1) throw new Error("no region yet");
    return region;
  };
  const requests = requestsTo({ endpoint, region: later });
  await expect(requests.update(update)).rejects.toThrow("no region yet");
  await requests.update(update);
  expect(asked).toHaveLength(1);
});

test("updates use one connection, although nobody reads what they answer", async () => {
  const requests = requestsTo({ endpoint });
  for (let nth = 0; nth < 5; nth += 1) {
    await requests.update(update);
    // what came with the status has been let through before anything new comes in
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(asked).toHaveLength(5);
  expect(new Set(asked.map(({ port }) => port)).size).toBe(1);
});

test("an update whose answer breaks off is done: its status has come", async () => {
  const requests = requestsTo({ endpoint });
  breaks = true;
  await requests.update(update);
  // what breaks off later is nobody's error any more; of an item that is wanted, it is
  await expect(requests.get(update)).rejects.toThrow();
  breaks = false;
  await requests.update(update);
  expect(asked).toHaveLength(3);
});

test.each([
  [200, "text/html", "<html>sign in</html>"],
  [200, json.replace("1.0", "1.1"), "<html>sign in</html>"],
  [203, json, "<html>sign in</html>"],
  [302, json, "{}"],
])("an answer of %i with %s is not taken for DynamoDB's", async (status, type, body) => {
  answer = { status, type, body };
  await expect(requestsTo({ endpoint }).update(update)).rejects.toThrow();
});

test("an error tells its status, also that of a proxy, and what DynamoDB calls it", async () => {
  answer = { status: 502, type: "text/html", body: "<html>bad gateway</html>" };
  const requests = requestsTo({ endpoint });
  await expect(requests.update(update)).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
  answer = { status: 400, type: json, body: '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}' };
  await expect(requests.update(update)).rejects.toMatchObject({
    name: "ThrottlingException",
    $metadata: { httpStatusCode: 400 },
  });
});

/** Where requests go that nobody lets through: to no name of AWS's is a connection made here. */
async function hostAsked(settings: Parameters<typeof tableRequests>[0], table = "calls"): Promise<unknown> {
  const lookup = vi.spyOn(dns, "lookup").mockImplementation(((_host: string, _options: object, done: Refuse) => {
    done(new Error("not let through"));
  }) as never);
  const request = vi.spyOn(https, "request");
  const requests = tableRequests({ region, credentials, ...settings }, table, 2_000);
  await expect(requests.update(update)).rejects.toThrow("not let through");
  const host = lookup.mock.lastCall?.[0];
  expect(request.mock.lastCall?.[0]).toMatchObject({ headers: { host } });
  return host;
}
type Refuse = (error: Error) => void;

test("the table is where its region, its name, the credentials or the environment say", async () => {
  expect(await hostAsked({})).toBe(`dynamodb.${region}.amazonaws.com`);
  expect(await hostAsked({ region: "cn-north-1" })).toBe("dynamodb.cn-north-1.amazonaws.com.cn");
  const accountId = "123456789012";
  expect(await hostAsked({ credentials: { ...credentials, accountId } })).toBe(
    `${accountId}.ddb.${region}.amazonaws.com`,
  );
  const elsewhere = `arn:aws:dynamodb:${region}:999999999999:table/calls`;
  expect(await hostAsked({ credentials: { ...credentials, accountId } }, elsewhere)).toBe(
    `999999999999.ddb.${region}.amazonaws.com`,
  );
  vi.restoreAllMocks();
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
  await requestsTo({}).update(update);
  expect(asked).toHaveLength(1);
});

test("what the SDK keeps for the next request does not grow with the requests", async () => {
  const kept: object[] = [];
  const requests = requestsTo({
    endpoint,
    // asked for as a method of the settings that the signer is given
    disableClockSkewCorrection: async function (this: object) {
      kept.push(this);
      return false;
    },
  } as Parameters<typeof tableRequests>[0]);
  // with the first ones it gets a connection, and what belongs to it
  for (let nth = 0; nth < 3; nth += 1) await requests.update(update);
  const [first = {}] = kept;
  const size = sizeOf(first);
  for (let nth = 0; nth < 10; nth += 1) await requests.update(update);
  expect(new Set(kept).size).toBe(1);
  expect(size).toBeGreaterThan(50);
  expect(sizeOf(first)).toBe(size);
});

/** How many values there are in a value, however deep. */
function sizeOf(value: unknown, met = new Set<unknown>()): number {
  if (typeof value !== "object" || value === null || met.has(value)) return 0;
  met.add(value);
  return Object.values(value).reduce((sum: number, part) => sum + 1 + sizeOf(part, met), 0);
}
