import { createHash } from "node:crypto";

/** Names and times that are the same whenever the corpus is made. */
export const publicUrls = {
  primary: "https://voice.clinic.example",
  fallback: "https://stayline-0000.twil.io",
} as const;

/** A quiet morning. */
export const baseMs = Date.UTC(2026, 2, 3, 9, 0, 0);
export const accountSid = `AC${hex("account", 32)}`;
/** Of the corpus alone. */
export const authToken = hex("token", 32);
export const sealKeys = `k1:${createHash("sha256").update("seals of the incidents").digest("base64")}`;
export const callers = "+1500555";

export function hex(seed: string, length: number): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

export function uuidOf(seed: string): string {
  const all = hex(seed, 32);
  return `${all.slice(0, 8)}-${all.slice(8, 12)}-4${all.slice(13, 16)}-8${all.slice(17, 20)}-${all.slice(20)}`;
}

/** As HTTP APIs make them: fifteen characters and a sign. */
export function edgeIdOf(seed: string): string {
  return `${createHash("sha256").update(seed).digest("base64url").replaceAll(/[-_]/g, "x").slice(0, 15)}=`;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
