import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/build/bundle.ts";
import type { AlertResource } from "../support/twilio-rest/monitor.ts";

const whole = 1_000;

/**
 * An incident of the corpus, as if it had happened an hour ago: Twilio keeps alerts for a month.
 *
 * @param name of a folder in test/incidents that has a table
 */
export async function readNight(name: string) {
  const folder = path.join(root, "test", "incidents", name);
  const read = (file: string) => readFile(path.join(folder, file), "utf8");
  const texts = await Promise.all(
    ["alerts.json", "table.json", "access.jsonl", "primary.log", "fallback.log", "truth.json"].map(read),
  );
  const beganMs = Date.parse(/"date_created":"([^"]+)"/.exec(texts[0] ?? "")?.[1] ?? "");
  const byMs = Math.floor((Date.now() - 3_600_000 - beganMs) / whole) * whole;
  const [alerts = "", table = "", access = "", primary = "", fallback = "", truth = ""] = texts.map((text) =>
    later(text, byMs),
  );
  return {
    alerts: JSON.parse(alerts).alerts as readonly AlertResource[],
    items: JSON.parse(table).Items as readonly Record<string, { S: string } | { N: string }>[],
    requests: JSON.parse(truth).requests as readonly { callSid: string; verdict: string; saved: string }[],
    /** as CloudWatch's API gives them */
    logGroups: {
      "/aws/lambda/stayline/voice-webhook": primary.trim().split("\n"),
      "/aws/vendedlogs/apigateway/stayline": access.trim().split("\n"),
    } as Readonly<Record<string, readonly string[]>>,
    fallback,
  };
}
export type Night = Awaited<ReturnType<typeof readNight>>;

/** Moves every moment of the incident's day in a text. */
function later(text: string, byMs: number): string {
  return text
    .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, (iso) => {
      const moved = new Date(Date.parse(iso) + byMs).toISOString();
      return iso.includes(".") ? moved : moved.replace(".000Z", "Z");
    })
    .replace(/(?<![0-9a-zA-Z])17\d{11}(?![0-9a-zA-Z])/g, (ms) => String(Number(ms) + byMs));
}
