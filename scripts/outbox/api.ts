import { RestError, restClient } from "../twilio/rest.ts";

/** How Twilio's REST API stands, in words without any value of it. */
export type ApiState =
  | { readonly kind: "answers" }
  | { readonly kind: "down"; readonly why: string }
  | { readonly kind: "refuses"; readonly why: string }
  | { readonly kind: "not-asked"; readonly why: string };

const withinMs = 10_000;

/** Asks for the account itself, which changes nothing and costs nothing. */
export async function askApi(env: Readonly<Record<string, string | undefined>>): Promise<ApiState> {
  try {
    const client = restClient(env);
    const fetched = client.api.v2010.accounts(env.TWILIO_ACCOUNT_SID ?? "").fetch();
    fetched.catch(() => {});
    await Promise.race([fetched, timeout()]);
    return { kind: "answers" };
  } catch (error) {
    if (error instanceof RestError) return { kind: "not-asked", why: error.message };
    return read(error);
  }
}

function read(error: unknown): ApiState {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  if (typeof status === "number" && status >= 400 && status < 500 && status !== 429 && status !== 408) {
    return { kind: "refuses", why: `status ${status}` };
  }
  if (typeof status === "number") return { kind: "down", why: `status ${status}` };
  const known = typeof code === "string" && /^E[A-Z_]{2,30}$/.test(code) ? code : "no answer";
  return { kind: "down", why: known };
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject({ code: "ETIMEDOUT" }), withinMs).unref();
  });
}
