import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { placeCall } from "../../../rehearsal/place-call.ts";
import { fetchWebhook } from "../../../rehearsal/webhook-client.ts";
import { serve } from "../twiml-server.ts";
import { account, xml } from "./in-memory.ts";

/** Made for this test, known to everybody, trusted by nobody. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO/jyYTXx8M8t+dYH
DM+nFkJKxRoiFmmpwFTcsP5w8D2hRANCAASA8G4VW3SAkatwgvIwCoUaUfc7OOy6
2ThF4ub6l/YLti71ZmfBN68pibdWKcvz8rtUTaKuAW3nnNG8jpZBZiPT
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUUlSz0VZ5IChzH5kuoO0UdSZCU9EwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA3MTM1OVoYDzIxMjYxMDI5
MDcxMzU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASA8G4VW3SAkatwgvIwCoUaUfc7OOy62ThF4ub6l/YLti71ZmfBN68p
ibdWKcvz8rtUTaKuAW3nnNG8jpZBZiPTo28wbTAdBgNVHQ4EFgQUCGQ8brKbMpdr
tF9uBUGbpLt7QNcwHwYDVR0jBBgwFoAUCGQ8brKbMpdrtF9uBUGbpLt7QNcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgcO1wa5TabKW8LPETWIQJEsNzifT1yNJxQ+rEvff5j/kCIEsc
didFSqPoOpf4V0j8Jz1t+U9MAmcg7aHnsR0tobyD
-----END CERTIFICATE-----`;

const servers: { close: () => unknown }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const send = (url: string) =>
  fetchWebhook({ url, method: "POST", params: {}, standardParams: {}, authToken: account.authToken });

test("2: a certificate that nobody signed is a TLS failure (11237), tried again as a connect failure is", async () => {
  const port = await listen(https.createServer({ key, cert }, (_, response) => response.end(xml(""))));
  const { reply, attempts } = await send(`https://localhost:${port}/voice`);
  expect(reply).toMatchObject({ kind: "failed", errorCode: 11200, causeCode: 11237, failureClass: "ct" });
  expect(attempts).toBe(2);
});

test("2: a server that does not speak TLS on an https URL is a protocol violation (11206)", async () => {
  const port = await listen(http.createServer((_, response) => response.end(xml(""))));
  const { reply } = await send(`https://127.0.0.1:${port}/voice#rc=0`);
  expect(reply).toMatchObject({ kind: "failed", errorCode: 11200, causeCode: 11206 });
});

test("1.2: the fallback hears of a failed TLS handshake as 11200, the alert names its cause", async () => {
  const port = await listen(https.createServer({ key, cert }, (_, response) => response.end(xml(""))));
  const fallback = await serve({ "/fallback": xml("<Say>Saved.</Say>") });
  servers.push(fallback);
  const urls = { voiceUrl: `https://localhost:${port}/voice`, fallbackUrl: `${fallback.base}/fallback` };
  const record = await placeCall({ ...urls, ...account, script: [] });
  expect(record.heard).toEqual(["Saved."]);
  expect(fallback.received[0]?.params.ErrorCode).toBe("11200");
  expect(record.alerts[0]?.detail).toContain("X-Twilio-WebhookError: 11237");
});
