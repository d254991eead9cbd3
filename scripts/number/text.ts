import type { PhoneNumber, Webhooks } from "../twilio/numbers.ts";
import type { ProbedLegs } from "./agreement.ts";
import { describeFinding, type Finding } from "./finding.ts";
import type { Probed } from "./probe.ts";

/** What a command found or did. */
export type Told =
  | { readonly kind: "shown"; readonly number: PhoneNumber; readonly flow: { readonly flow: string } | undefined }
  | { readonly kind: "no-such-number"; readonly findings: readonly Finding[] }
  | { readonly kind: "nothing-kept"; readonly file: string }
  | { readonly kind: "refused"; readonly number: PhoneNumber; readonly findings: readonly Finding[] }
  | { readonly kind: "nothing-to-change"; readonly number: PhoneNumber }
  | ({ readonly kind: "would-change" } & Change)
  | ({ readonly kind: "changed"; readonly undo: string; readonly file: string } & Change)
  | {
      readonly kind: "checked";
      readonly number: PhoneNumber;
      readonly findings: readonly Finding[];
      readonly legs: ProbedLegs | undefined;
    };

interface Change {
  readonly number: PhoneNumber;
  readonly before: Webhooks;
  readonly after: Webhooks;
}

const shown = [
  ["voice URL", "voiceUrl", "voiceMethod"],
  ["fallback URL", "voiceFallbackUrl", "voiceFallbackMethod"],
  ["status callback URL", "statusCallback", "statusCallbackMethod"],
] as const;

/** For people: some lines. */
export function textOf(told: Told): string {
  switch (told.kind) {
    case "shown": {
      const { number, flow } = told;
      const by = number.answeredBy ? [`answered by a ${number.answeredBy.kind}: ${number.answeredBy.sid}`] : [];
      return [...headed(number, number.webhooks), ...by, flow ? `flow: ${flow.flow}` : "none of our flows"].join("\n");
    }
    case "no-such-number":
      return told.findings.map(describeFinding).join("\n");
    case "nothing-kept":
      return `nothing to restore: ${told.file} is not there or cannot be read`;
    case "refused":
      return [`${told.number.phoneNumber}: nothing was changed`, ...told.findings.map(describeFinding)].join("\n");
    case "nothing-to-change":
      return `${told.number.phoneNumber}: nothing to change`;
    case "would-change":
      return [`${told.number.phoneNumber}: would change`, ...changed(told)].join("\n");
    case "changed": {
      const undo = `undo: ${told.undo}  (the old values are in ${told.file})`;
      return [`${told.number.phoneNumber}: changed`, ...changed(told), undo].join("\n");
    }
    case "checked": {
      const { number, findings, legs } = told;
      const lines = legs === undefined ? [] : [legLine("primary", legs.primary), legLine("fallback", legs.fallback)];
      const errors = findings.filter(({ level }) => level === "error").length;
      const verdict = `${errors} errors, ${findings.length - errors} warnings`;
      const last = findings.length === 0 ? "all well" : verdict;
      return [...headed(number, number.webhooks), ...lines, ...findings.map(describeFinding), last].join("\n");
    }
  }
}

function headed({ phoneNumber, sid }: PhoneNumber, webhooks: Webhooks): string[] {
  const lines = shown.map(([what, url, method]) => {
    return `  ${what.padEnd(20)} ${webhooks[url] === "" ? "none" : `${webhooks[method]} ${webhooks[url]}`}`;
  });
  return [`${phoneNumber} (${sid})`, ...lines];
}

function changed({ before, after }: Change): string[] {
  return shown.flatMap(([what, url, method]) => {
    const [was, is] = [before, after].map((webhooks) => `${webhooks[method]} ${webhooks[url] || "none"}`);
    return was === is ? [] : [`  ${what}`, `    before ${was}`, `    after  ${is}`];
  });
}

function legLine(leg: string, probed: Probed): string {
  if (probed.kind !== "answered") return `  ${leg.padEnd(20)} no answer to a probe`;
  const { answer, tookMs } = probed;
  const table = answer.table.reached ? `table in ${answer.table.ms} ms` : "table not reached";
  const keys = answer.sealKeys.map(({ id }) => id).join(",");
  return `  ${leg.padEnd(20)} build ${answer.build}, answered in ${tookMs} ms, ${table}, seal keys ${keys}`;
}
