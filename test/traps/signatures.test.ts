import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterEach, describe, expect, test } from "vitest";
import { publicBase } from "../../core/url-shape.ts";
import { readFunctionEvent } from "../../functions/adapter.ts";
import { readEvent } from "../../lambda/adapter.ts";
import listed from "../core/signature-vectors.json" with { type: "json" };
import { formBody, type Params } from "../support/signed-request.ts";
import { functionEvent } from "./function-runtime.ts";
import { callSid, type RealLegs, realLegs } from "./real-legs.ts";

interface Vector {
  readonly name: string;
  readonly token: string;
  readonly url: string;
  readonly params: Params;
  readonly signature: string;
}
const vectors = listed as unknown as readonly Vector[];

/** Scheme, credentials, host and port as they are written in a vector; path; query. */
function partsOf(url: string) {
  const [, base = "", path = "", query = ""] = /^(https?:\/\/[^/]*)([^?]*)\??(.*)$/.exec(url) ?? [];
  return { base, path, query };
}

/** What the primary makes of a vector whose host is its public base URL. */
function onPrimary({ token, url, params }: Vector, signature: string, json?: string) {
  const { base, path, query } = partsOf(url);
  const contentType = json === undefined ? "application/x-www-form-urlencoded" : "application/json";
  const event = {
    rawPath: path,
    rawQueryString: query,
    headers: { "x-twilio-signature": signature, "content-type": contentType },
    body: json ?? formBody(params),
    isBase64Encoded: false,
    requestContext: { stage: "$default", http: { method: "POST" } },
  } as unknown as APIGatewayProxyEventV2;
  return readEvent(event, publicBase(base), [token]);
}

/**
 * What the fallback makes of it. A Function is told its fixed path and parsed parameters, never the raw query; so the
 * vector's query, which has no name of ours, stands here as part of the fixed path.
 */
function onFallback({ token, url, params }: Vector, signature: string) {
  const { base, path, query } = partsOf(url);
  const event = functionEvent(`${base}${path}`, formBody(params), { "x-twilio-signature": signature });
  return readFunctionEvent(event, query === "" ? path : `${path}?${query}`, publicBase(base), [token]);
}

const legs = { primary: onPrimary, fallback: onFallback } as const;
const isList = ({ params }: Vector) => Object.values(params).some((value) => typeof value !== "string");
const changed = (signature: string) => `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;

// [C twilio-node, twilio-python: the vectors of the official libraries' own tests]
describe.each(["primary", "fallback"] as const)("a vector of the official libraries, on the %s", (leg) => {
  const read = legs[leg];

  test.each(vectors.filter((vector) => !isList(vector)))("is taken for Twilio's own: $name", (vector) => {
    // past the signature each is a call, or a request that is refused for not being about one
    const expected =
      vector.params.CallSid === undefined
        ? { kind: "rejected", status: 400, reason: "CallSid missing or malformed" }
        : { kind: "request", request: { callSid: vector.params.CallSid } };
    expect(read(vector, vector.signature)).toMatchObject(expected);
    expect(read(vector, changed(vector.signature))).toMatchObject({ status: 403, reason: "signature" });
  });

  // the signature itself of these two is checked where the function is: test/core/signature.test.ts
  test.each(vectors.filter(isList))("is refused for what no voice webhook has: $name", (vector) => {
    expect(read(vector, vector.signature)).toMatchObject({ status: 400, reason: "duplicated parameter" });
  });
});

test("the vectors are all there, with both kinds", () => {
  expect(vectors).toHaveLength(13);
  expect(vectors.filter(isList)).toHaveLength(2);
});

// The libraries' vectors for JSON, with the body that their names tell of [C twilio-node spec/validation.spec.js]
describe("a vector with a JSON body", () => {
  const bodies: Readonly<Record<string, string>> = {
    "JSON body, bodySHA256 in query, no params": '{"property": "value", "boolean": true}',
    "JSON body {} (signature covers :443 form)": "{}",
    "JSON body, only bodySHA256 in query": '{"property": "value", "boolean": true}',
  };
  const json = vectors.filter(({ name }) => name in bodies);

  test.each(json)(
    "is known as genuine by the primary, body and all, and told that a form is expected: $name",
    (one) => {
      const body = bodies[one.name] ?? "";
      expect(onPrimary(one, one.signature, body)).toMatchObject({ status: 400, reason: "JSON in place of a form" });
      expect(onPrimary(one, one.signature, `${body} `)).toMatchObject({ status: 403, reason: "signature" });
      expect(onPrimary(one, changed(one.signature), body)).toMatchObject({ status: 403, reason: "signature" });
    },
  );

  test("is known as genuine by the fallback, and told that a form is expected", () => {
    const { token, url, signature } = vectors.find(({ name }) => name.includes("only bodySHA256")) as Vector;
    const headers = { "x-twilio-signature": signature, "content-type": "application/json" };
    const read = (asked: string) =>
      readFunctionEvent(
        functionEvent(asked, '{"property": "value"}', headers),
        "/myapp.php",
        publicBase("https://mycompany.com"),
        [token],
      );
    expect(read(url)).toMatchObject({ status: 400, reason: "JSON in place of a form" });
    expect(read(url.replace("=0a", "=0b"))).toMatchObject({ status: 403, reason: "signature" });
  });
});

describe("while the auth token is rotated", () => {
  let real: RealLegs | undefined;
  afterEach(() => real?.stop());

  // Twilio signs with the primary token until the secondary is promoted; for a while either may come
  // [D Webhooks Security: the signature's key is the primary auth token]
  test("callers are answered by both legs whichever of the two tokens signed, and no third one counts", async () => {
    real = await realLegs({}, "new-token, old-token");
    const { primary, fallback } = real.urls;
    for (const url of [`${primary}/voice/echo`, `${fallback}/voice-fallback?flow=echo`]) {
      const params = { CallSid: callSid };
      for (const token of ["new-token", "old-token"]) {
        const got = await real.ask(url, { params, token });
        expect([got.status, got.body]).toEqual([200, expect.stringContaining("speak")]);
      }
      for (const token of ["12345", "new-token, old-token", "new-token,old-token", ""]) {
        expect(await real.ask(url, { params, token })).toMatchObject({ status: 403, body: "signature" });
      }
    }
  });
});
