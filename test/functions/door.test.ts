import twilio from "twilio/lib/webhooks/webhooks.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { limits } from "../../core/limits.ts";
import { door, lastResortReply } from "../../functions/door.ts";
import { callSid, sealKeys } from "../support/legs.ts";

const baseUrl = "https://fallback.example.com";
const context = {
  PRIMARY_BASE_URL: "https://primary.example.com",
  FALLBACK_BASE_URL: baseUrl,
  AUTH_TOKEN: "12345",
  SEAL_KEYS: sealKeys,
  TABLE_NAME: "t",
  TABLE_REGION: "us-east-1",
};

/** Twilio's own class, as far as a Function uses it. */
class FakeResponse {
  status = 200;
  body = "";
  setStatusCode = (status: number) => {
    this.status = status;
  };
  setBody = (body: string) => {
    this.body = body;
  };
  appendHeader = () => {};
}

let errors = "";
beforeEach(() => {
  vi.stubGlobal("Twilio", { Response: FakeResponse });
  errors = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function call(
  handler: ReturnType<typeof door>,
  params: Record<string, string>,
  query: Record<string, string>,
  env = context,
) {
  const search = new URLSearchParams(query).toString();
  const url = `${baseUrl}/voice-fallback?${search}`;
  const signature = twilio.getExpectedTwilioSignature("12345", url, params);
  const event = { ...query, ...params, request: { headers: { "x-twilio-signature": signature } } };
  return new Promise<FakeResponse>((resolve) => {
    void handler(env, event, (_, response) => resolve(response as unknown as FakeResponse));
  });
}

const never = door("/voice-fallback", () => new Promise(() => {}), lastResortReply);

test("a fallback that is late gives the last resort of the call's own flow, in the call's language", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const answered = call(never, { CallSid: callSid }, { flow: "appointment", lang: "ja" });
  await vi.advanceTimersByTimeAsync(limits.fallbackLeaveMs);
  const { status, body } = await answered;
  expect(status).toBe(200);
  expect(body).toContain("係の者におつなぎします");
  expect(body).toContain("<Dial>");
});

test("an unusable environment still gives a caller the last word", async () => {
  vi.resetModules();
  const fresh = await import("../../functions/door.ts");
  const handler = fresh.door("/voice-fallback", () => new Promise(() => {}), fresh.lastResortReply);
  const { SEAL_KEYS: _, ...broken } = context;
  const { status, body } = await call(handler, { CallSid: callSid }, { flow: "appointment" }, broken as typeof context);
  expect(status).toBe(200);
  expect(body).toContain("We are sorry");
  expect(errors).toMatch(/ConfigurationError: SEAL_KEYS is missing/);
});

test("missing credentials of the table are said once, by name, and the leg goes on", async () => {
  vi.resetModules();
  const fresh = await import("../../functions/door.ts");
  const reply = { status: 200, contentType: "text/xml", body: "<Response/>", log: { event: "turn.answered" } } as const;
  const handler = fresh.door("/voice-fallback", async () => reply, fresh.lastResortReply);
  expect((await call(handler, { CallSid: callSid }, { flow: "appointment" })).status).toBe(200);
  expect((await call(handler, { CallSid: callSid }, { flow: "appointment" })).status).toBe(200);
  expect(errors.match(/TABLE_ACCESS_KEY_ID or TABLE_SECRET_ACCESS_KEY is missing/g)).toHaveLength(1);
});
