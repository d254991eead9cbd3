import v8 from "node:v8";
import { expect, test } from "vitest";
import { leanClient, settle } from "../../../core/stores/dynamodb-client.ts";

v8.setFlagsFromString("--allow-natives-syntax");
/** V8's own word for an object of known shape. */
const hasShape = new Function("object", "return %HasFastProperties(object)") as (object: object) => boolean;

test("an object that was put together piece by piece is quick to copy once it is settled", () => {
  const pieces = Object.fromEntries(Array.from({ length: 60 }, (_, nth) => [`setting${nth}`, nth]));
  const settings = { ...pieces, region: "ap-northeast-1" };
  delete (settings as { setting1?: number }).setting1;
  expect(hasShape(settings)).toBe(false);
  const before = { ...settings };
  settle(settings);
  expect(hasShape(settings)).toBe(true);
  expect(settings).toEqual(before);
});

test("the settings of a client are settled", () => {
  const client = leanClient({ region: "ap-northeast-1", endpoint: "http://127.0.0.1:9" }, 100);
  expect(hasShape(client.config)).toBe(true);
  client.destroy();
});

test("all requests of a client are signed by one signer, and one that could not be made is made again", async () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const region = async () => {
    asked += 1;
    if (asked === 1) throw new Error("no region yet");
    return "ap-northeast-1";
  };
  let asked = 0;
  const client = leanClient({ region, endpoint: "http://127.0.0.1:9", credentials }, 100);
  await expect(client.config.signer()).rejects.toThrow("no region yet");
  const signer = await client.config.signer();
  expect(await client.config.signer()).toBe(signer);
  client.destroy();
});
