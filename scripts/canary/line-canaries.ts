import type { Canary } from "./canary.ts";

const limits = "core/limits.ts";
const resume = "core/resume.ts";
const turn = "core/turn.ts";
const urls = "core/action-url.ts";

/** Cores that are wrong about the line: budgets, URLs, media, deadlines, what each leg may say. */
export const lineCanaries: readonly Canary[] = [
  {
    name: "resumes-not-counted",
    does: "a resume is not counted: neither a turn that is taken for another leg, nor a document that is given again",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 7 } },
    replacements: [
      { file: resume, find: "resumes: resumes + 1, unsure: unsure ||", replace: "resumes, unsure: unsure ||" },
      { file: "core/work.ts", find: "resumes: base.resumes + (resumed ? 1 : 0),", replace: "resumes: base.resumes," },
    ],
  },
  {
    name: "budget-never-spent",
    does: "nothing asks whether attempts or resumes are left",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 2 } },
    replacements: [
      {
        file: resume,
        find: 'if (resumesSpent(base) >= limits.resumesMax) return lastResort("resumes spent");',
        replace: "",
      },
      {
        file: resume,
        find: 'if (base.attempt >= limits.attemptsMax) return lastResort("attempts spent");',
        replace: "",
      },
      {
        file: resume,
        find: "return resumesSpent(again) > limits.resumesMax ? undefined : again;",
        replace: "return again;",
      },
    ],
  },
  {
    name: "attempts-not-counted",
    does: "a document is given again as the same attempt",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 11 } },
    replacements: [
      {
        file: resume,
        find: "const next = { attempt: attempt + 1, resumes",
        replace: "const next = { attempt, resumes",
      },
    ],
  },
  {
    name: "primary-apologises",
    does: "the primary hides a failure behind a 200 with an apology",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: turn,
        find: 'if (webhook.engine.leg === "fallback") return lastResort(webhook, reason);',
        replace: "if (webhook.engine !== undefined) return lastResort(webhook, reason);",
      },
    ],
  },
  {
    name: "fallback-fails",
    does: "the fallback answers 5xx where it cannot resume",
    flows: ["order", "appointment"],
    replacements: [
      {
        file: "core/fallback-turn.ts",
        find: 'return answer.kind === "document" ? answer : lastly(answer.reason ?? "failed");',
        replace:
          'if (answer.kind !== "document" || answer.outcome === "last-resort") throw new Error("cannot resume");\n  return answer;',
      },
    ],
  },
  {
    name: "outcomes-not-read",
    does: "a resume does not look for the outcome that a status callback stored",
    flows: ["outcomes", "front-desk"],
    replacements: [
      {
        file: resume,
        find: 'const input = failure.input ?? (verb === "gather" ? undefined : failure.outcome(base.turn));',
        replace: "const input = failure.input;",
      },
    ],
  },
  {
    name: "failover-not-sticky",
    does: "a call that failed over goes back to the primary at once",
    flows: ["appointment", "survey"],
    replacements: [
      {
        file: resume,
        find: "return resumesSpent(c) >= 1 ? awayForGood : limits.awayTurns;",
        replace: "return c.turn < 0 ? awayForGood : 0;",
      },
    ],
  },
  {
    name: "starts-anew",
    does: "the fallback starts the flow whatever URL failed, if nothing tells the position",
    flows: ["four"],
    begins: { faults: 2, dialect: "f2", script: "3,3,0" },
    replacements: [
      {
        file: resume,
        find: 'if (found === undefined) return lastResort("no checkpoint");',
        replace: 'if (found === undefined) return { kind: "start", plain };',
      },
    ],
  },
  {
    name: "relative-urls",
    does: "action URLs of the primary are relative",
    flows: ["appointment"],
    withoutFault: true,
    replacements: [
      {
        file: urls,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
        find: 'action: (leg, flow, sealed) =>\n      leg === "primary"\n        ? `${primary}/voice/',
        replace: 'action: (leg, flow, sealed) =>\n      leg === "primary"\n        ? `/voice/',
      },
    ],
  },
  {
    name: "malformed-fragment",
    does: "connection overrides are joined by something else than an ampersand",
    flows: ["appointment"],
    withoutFault: true,
    replacements: [{ file: urls, find: '.join("&")}`;\n}', replace: '.join(";")}`;\n}' }],
  },
  {
    name: "no-deadline-on-urls",
    does: "action URLs of the primary have no timeouts of their own",
    flows: ["appointment"],
    replacements: [
      {
        file: urls,
        find: "  rt: limits.webhookReadTimeoutMs,\n  tt: limits.webhookTotalTimeoutMs,\n",
        replace: "",
      },
    ],
  },
  {
    name: "waits-for-effects",
    does: "an effect is waited for longer than the fallback has",
    flows: ["appointment", "four"],
    replacements: [
      { file: limits, find: "effectTimeoutMs: 2_000,", replace: "effectTimeoutMs: 6_000," },
      { file: limits, find: "effectBudgetMs: 2_500,", replace: "effectBudgetMs: 6_000," },
      {
        file: limits,
        find: "l.primaryTableBudgetMs + l.effectBudgetMs < l.primaryLeaveMs,",
        replace: "l.primaryTableBudgetMs < l.primaryLeaveMs,",
      },
      {
        file: limits,
        find: "l.fallbackTableBudgetMs + l.leaseWaitMs + l.effectBudgetMs < l.fallbackLeaveMs,",
        replace: "l.fallbackTableBudgetMs + l.leaseWaitMs < l.fallbackLeaveMs,",
      },
    ],
  },
  {
    name: "endless-ladder",
    does: "a failed media file is asked for again where it failed",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 2 } },
    replacements: [
      {
        file: resume,
        find: "return { ...base, resumes: base.resumes + rung - base.rung, rung, from };",
        replace: "return { ...base, rung: rung < 0 ? rung : base.rung, from };",
      },
    ],
  },
  {
    name: "twilio-waits-longer",
    does: "the chain of deadlines is as long as Twilio lets it be",
    flows: ["appointment", "four"],
    replacements: [
      { file: "core/limits.ts", find: "webhookReadTimeoutMs: 4_500,", replace: "webhookReadTimeoutMs: 14_000," },
      { file: "core/limits.ts", find: "webhookTotalTimeoutMs: 5_000,", replace: "webhookTotalTimeoutMs: 15_000," },
    ],
  },
  {
    name: "media-of-the-lost-leg",
    does: "the fallback plays from the primary's media host",
    flows: ["appointment", "survey"],
    replacements: [
      {
        file: "core/checkpoint.ts",
        find: 'return leg === "fallback" && c.rung === 0 ? 1 : c.rung;',
        replace: 'return leg === "fallback" && c.rung === 0 ? c.rung : c.rung;',
      },
    ],
  },
];
