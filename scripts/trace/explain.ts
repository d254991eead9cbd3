import { limits } from "../../core/limits.ts";
import type { Failover, Moment, Trace, Visit } from "./join.ts";
import type { HeldDocument, HeldEffect, LoggedWebhook } from "./known.ts";

/** One moment of the call in words. */
export interface Told {
  /** since the call's first moment */
  readonly sinceMs: number;
  readonly who: string;
  readonly what: string;
  readonly tone: "good" | "bad" | "plain";
}

/** The whole call in words, a sentence for each moment. */
export function explain(trace: Trace): Told[] {
  const { startedAtMs = 0 } = trace;
  return trace.moments.map((moment) => ({ sinceMs: moment.atMs - startedAtMs, ...told(moment) }));
}

function told(moment: Moment): Omit<Told, "sinceMs"> {
  switch (moment.kind) {
    case "webhook":
      return {
        who: moment.leg,
        what: [...askedWords(moment), ...answerWords(moment)].join("; "),
        tone: toneOf(moment),
      };
    case "document":
      return { who: "table", what: `${documentText(moment.document)}, by the ${moment.document.leg}`, tone: "plain" };
    case "effect": {
      const tone = moment.effect.state === "done" ? "good" : moment.effect.state === "in-doubt" ? "bad" : "plain";
      return { who: "effects", what: effectText(moment.effect, moment.leg), tone };
    }
    case "letter": {
      const { what, tone } = letterWords(moment.logged);
      const { turn, attempt = 0, reason } = moment.logged;
      const why = reason === undefined ? "" : `; reason: ${reason}`;
      return { who: "outbox", what: `letter of turn ${turn ?? "?"} ${what}, try ${attempt}${why}`, tone };
    }
    case "ended":
      return { who: "call", what: "ended", tone: "plain" };
  }
}

/** What became of a letter of the outbox. */
export function letterWords({ event }: LoggedWebhook): Pick<Told, "what" | "tone"> {
  const what = event.slice("outbox.".length);
  return { what, tone: what === "delivered" ? "good" : what === "retried" ? "plain" : "bad" };
}

function askedWords({ asked, logged }: Visit): string[] {
  const code = logged?.errorCode ?? asked?.errorCode;
  const failed =
    code === undefined ? [] : [`after a failure, ErrorCode ${code}${asked?.failed ? ` at the ${asked.failed}` : ""}`];
  if (asked === undefined) return failed;
  const brought = asked.brought.length === 0 ? "" : ` with ${asked.brought.join(", ")}`;
  return [`Twilio asked the ${asked.url} URL${brought}`, ...failed];
}

function answerWords({ asked, logged, document, silent }: Visit): string[] {
  const verbs = asked?.verbs ?? [];
  const got = asked && `Twilio got ${asked.status ?? "no answer"}${verbs.length === 0 ? "" : ` (${verbs.join(" ")})`}`;
  if (logged === undefined) return [...(got ? [got] : []), ...(silent ? ["the leg has no log line of it"] : [])];
  const { event, elapsedMs, status, reason, table, saved, closed, step, turn } = logged;
  const { attempt = 0, resumes = 0, rung = 0 } = logged;
  const at = turn === undefined ? "" : ` turn ${turn}.${attempt}${step ? ` at ${step}` : ""}`;
  const recovery = [...(resumes > 0 ? [`resumes ${resumes}`] : []), ...(rung > 0 ? [`media rung ${rung}`] : [])];
  return [
    ...(got ? [got] : []),
    `${event}${at}${status === undefined ? "" : `, ${status}`}, ${elapsedMs} ms`,
    ...(closed ? ["Twilio had stopped waiting (499): nobody heard it"] : []),
    ...recovery,
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(table === undefined ? [] : [`table: ${table}`]),
    ...(saved === false && event !== "turn.failed" ? ["not saved: the URLs carry it alone"] : []),
    ...(document === undefined ? [] : [documentText(document)]),
  ];
}

export function toneOf({ logged, asked }: Visit): Told["tone"] {
  const status = logged?.status ?? asked?.status;
  const word = logged?.event ?? "";
  if (/failed|rejected|last-resort|closed/.test(word) || (status !== undefined && status >= 400)) return "bad";
  if (asked !== undefined && asked.status === undefined) return "bad";
  return logged?.errorCode === undefined ? "plain" : "good";
}

export function documentText({ turn, attempt, step, verbs }: HeldDocument): string {
  return `the table held ${turn}.${attempt} ${step}: ${verbs.join(" ")}`;
}

export function effectText({ turn, effect, state }: HeldEffect, leg?: string): string {
  const of = turn === undefined ? "of the end" : `of turn ${turn}`;
  const by = leg === undefined ? "" : `, while the ${leg} was at work`;
  const doubt = state === "in-doubt" ? ": whether it happened is not known" : "";
  return `${effect} ${of}: ${state}${doubt}${by}`;
}

export function failoverText({ errorCode, failed, outcome, why }: Failover): string {
  return `ErrorCode ${errorCode}${failed === undefined ? "" : ` at the ${failed}`}: ${why}; the fallback: ${outcome}`;
}

/** What stands above or below the ladder: sources, failovers, effects, the table, the end. */
export function summaryOf(trace: Trace): { readonly title: string; readonly lines: readonly string[] }[] {
  const { sources, failovers, effects, table, end } = trace;
  const { flow, step, turn, attempt, resumes, leg, build, pins, outcomes } = table ?? {};
  const position =
    turn === undefined ? "no position" : `${turn}.${attempt} ${step ?? ""}, resumes ${resumes}, by the ${leg}`;
  const turns = (what: string, list: readonly number[] = []) =>
    list.length === 0 ? [] : [`${what}: turn ${list.map((at) => (at > limits.turnsMax ? "end" : at)).join(", ")}`];
  return [
    { title: "Sources", lines: sources.map(({ name, had, what }) => `${had ? "had" : "not"}  ${name}: ${what}`) },
    { title: "Failovers", lines: failovers.length === 0 ? ["none known"] : failovers.map(failoverText) },
    ...(table === undefined
      ? []
      : [
          { title: "Effects", lines: effects.length === 0 ? ["none"] : effects.map((effect) => effectText(effect)) },
          {
            title: "Table",
            lines: [
              `${flow ?? "no flow"}: ${position}${build === undefined ? "" : `, build ${build}`}`,
              ...turns("pinned answers", pins),
              ...turns("outcomes stored by status callbacks", outcomes),
            ],
          },
        ]),
    { title: "End", lines: [end.how] },
  ];
}
