import { UsageError } from "../command-line.ts";

const dayMs = 24 * 3_600_000;

/**
 * Reads the end of sorry mode: `90m`, `2h`, `18:30` (the next one, in this machine's time zone), or a date and time in ISO 8601.
 *
 * @returns milliseconds since 1970
 * @throws UsageError for what is none of these, or past
 */
export function readUntil(text: string, nowMs: number): number {
  const untilMs = timeIn(text, nowMs);
  if (untilMs === undefined || Number.isNaN(untilMs)) {
    throw new UsageError("--until: 90m, 2h, 18:30, or a date and time like 2026-01-31T18:30+09:00");
  }
  if (untilMs <= nowMs) throw new UsageError("--until is past");
  return untilMs;
}

function timeIn(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,4})(m|h)$/.exec(text) ?? [];
  if (count !== undefined) return nowMs + Number(count) * (unit === "h" ? 3_600_000 : 60_000);
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour !== undefined) {
    const today = new Date(nowMs).setHours(Number(hour), Number(minute), 0, 0);
    return today > nowMs ? today : new Date(today + dayMs).setHours(Number(hour), Number(minute), 0, 0);
  }
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : undefined;
}

/** The expected end as callers hear it, in this machine's time zone; with the day where it is another. */
export function spokenEnd(untilMs: number, nowMs: number): { readonly en: string; readonly ja: string } {
  const until = new Date(untilMs);
  const otherDay = until.toDateString() !== new Date(nowMs).toDateString();
  const time = until.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
  const day = until.toLocaleDateString("en-US", { weekday: "long", month: "long", day: "numeric" });
  const date = `${until.getMonth() + 1}月${until.getDate()}日`;
  const hour = `${until.getHours()}時${until.getMinutes() === 0 ? "" : `${until.getMinutes()}分`}`;
  return {
    en: `We expect to be back ${otherDay ? `on ${day} ` : ""}at ${time.replace(/\s/, " ")}.`,
    ja: `${otherDay ? date : ""}${hour}ごろ再開する見込みです。`,
  };
}
