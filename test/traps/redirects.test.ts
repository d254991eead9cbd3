import { afterEach, describe, expect, test } from "vitest";
import type { Exchange } from "../../rehearsal/exchange.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { call, xml } from "../rehearsal/conformance/in-memory.ts";
import { account } from "../rehearsal/twiml-server.ts";
import { newCall } from "../support/mid-call.ts";
import { bases, type RealLegs, realLegs } from "./real-legs.ts";

let real: RealLegs | undefined;
afterEach(async () => {
  await real?.stop();
  real = undefined;
});

const seven = { kind: "digits", digits: "7" } as const;

/** An edge in front of the legs that redirects the first action request, or every http one. */
function redirecting(to: (url: string) => string | undefined, exchange: Exchange): Exchange {
  return (request) => {
    const location = request.method === "POST" ? to(request.url) : undefined;
    if (location === undefined) return exchange(request);
    return Promise.resolve({ kind: "answer", status: 302, headers: { location }, body: "" });
  };
}

const once = (to: (url: string) => string) => {
  let left = 1;
  return (url: string) => (url.includes("/k1.") && left-- > 0 ? to(url) : undefined);
};

async function place({ urls, exchange }: RealLegs, to: (url: string) => string | undefined) {
  return placeCall({
    voiceUrl: `${urls.primary}/voice/echo`,
    fallbackUrl: `${urls.fallback}/voice-fallback?flow=echo`,
    ...account,
    callSid: newCall(),
    script: [seven, seven],
    exchange: redirecting(to, exchange),
  });
}

// After a 301 or 302 Twilio asks with GET and the standard parameters only: Digits and RecordingUrl are gone. From
// http to https it is a common problem [D Debugging Your Twilio Application; D errors 11215, 11216]
describe("an HTTP redirect that drops Digits", () => {
  test("leaves an application with a caller who seems to have pressed nothing", async () => {
    const { of } = await call(
      {
        "/voice": xml('<Gather action="/next"/>'),
        "/next": { status: 302, headers: { location: "/moved" } },
        "/moved": xml(""),
      },
      [seven],
    );
    expect(of("/next")[0]?.params.Digits).toBe("7");
    expect(of("/moved")[0]).toMatchObject({ method: "GET", params: expect.not.objectContaining({ Digits: "7" }) });
  });

  test("costs our caller one more question, and nothing is guessed in place of the key", async () => {
    real = await realLegs();
    const record = await place(
      real,
      once((url) => `${url}?moved=1`),
    );
    expect([record.heard, record.ended]).toEqual([["speak", "speak", "heard 7"], "hangup"]);
    expect(record.requests.map(({ outcome }) => outcome)).toEqual(
      record.requests.map(() => ({ kind: "answer", status: 200 })),
    );
  });

  test("from http to https, under a base URL that still says http, goes to the fallback and is logged as that", async () => {
    real = await realLegs({ primary: "http://line.example.com" });
    const record = await place(
      real,
      once((url) => url.replace("http:", "https:")),
    );
    expect([record.heard, record.ended]).toEqual([["speak", "speak", "heard 7"], "hangup"]);
    const rejected = real.lines.filter(({ event }) => event === "request.rejected");
    expect(rejected).toMatchObject([
      {
        status: 403,
        reason: "signature",
        shape: {
          configured: "http://line.example.com",
          received: expect.stringMatching(/^https:\/\/line\.example\.com\/voice\/echo\/\{sealed\}\?AccountSid&/),
        },
      },
    ]);
  });

  test("is no doing of ours: no URL in our documents has another scheme than its leg, and no answer is a redirect", async () => {
    real = await realLegs();
    const { documents, requests, heard } = await place(real, () => undefined);
    expect(heard).toEqual(["speak", "heard 7"]);
    const urls = documents.flatMap(({ twiml }) => twiml.match(/https?:[^"<#]*/g) ?? []);
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) expect(url.startsWith(bases.primary) || url.startsWith(bases.fallback)).toBe(true);
    for (const { outcome } of requests) expect(outcome).toEqual({ kind: "answer", status: 200 });
  });
});
