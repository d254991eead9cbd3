import type { Canary } from "./canary.ts";

const checkpoint = "core/checkpoint.ts";
const memory = "core/stores/memory.ts";
const once = "core/once.ts";
const resume = "core/resume.ts";
const turn = "core/turn.ts";

/** Cores that are wrong about the table: who is ahead, whose answer a turn has, what was done. */
export const tableCanaries: readonly Canary[] = [
  {
    name: "commits-without-fence",
    does: "the table takes a commit from any position",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: memory,
        find: "if (row.checkpoint !== undefined && isAhead(row.checkpoint, commit.from)) return refused(row);",
        replace: "",
      },
    ],
  },
  {
    name: "claims-without-fence",
    does: "an effect is claimed from any position",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: memory,
        find: "if (row.checkpoint !== undefined && isAhead(row.checkpoint, claim.from)) return refused(row);",
        replace: "",
      },
    ],
  },
  {
    name: "no-replay",
    does: "a leg that finds somebody ahead does not give their document",
    flows: ["appointment"],
    replacements: [
      {
        file: turn,
        find: 'return returned ? giveUp(webhook, "came back to the voice URL") : replay(webhook, winner, base, false, onFallback);',
        replace:
          'return returned || onFallback ? giveUp(webhook, "somebody is ahead") : replay(webhook, winner, base, false, false);',
      },
      {
        file: resume,
        find: "if (known !== undefined && stored !== undefined && isAhead(stored, known)) return replayOf(stored, plain);",
        replace: "",
      },
    ],
  },
  {
    name: "epoch-ignored",
    does: "who is ahead is decided by turn and attempt alone",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 7 } },
    replacements: [
      {
        file: checkpoint,
        find: "return (a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt)) && a.resumes >= b.resumes;",
        replace: "return a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt);",
      },
    ],
  },
  {
    name: "table-beats-seal",
    does: "the fallback believes the table, although the sealed checkpoint is further",
    flows: ["appointment"],
    begins: { faults: 1, dialect: "f1", script: "2,2,2,1" },
    replacements: [{ file: resume, find: "const found = known ?? stored;", replace: "const found = stored ?? known;" }],
  },
  {
    name: "seal-not-read",
    does: "the fallback does not open the sealed checkpoint in ErrorUrl",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: turn,
        find: "const sealed = openUrl(engine, request, url?.sealed);\n  const webhook = webhookOf(engine, request, sealed, [url, own]);",
        replace:
          "const sealed = openUrl(engine, request, own.sealed);\n  const webhook = webhookOf(engine, request, sealed, [url, own]);",
      },
    ],
  },
  {
    name: "input-without-seal",
    does: "an answer without a sealed checkpoint is taken for the table's position",
    flows: ["four"],
    begins: { faults: 2, dialect: "f3", script: "0,5,0", share: { of: 20, index: 3 } },
    replacements: [
      {
        file: turn,
        find: "input: sealed === undefined ? undefined : inputOf(sealed, request),",
        replace:
          'input: inputOf(sealed ?? { verb: "gather", index: 0, positionOnly: false, checkpoint: webhook.at as never }, request),',
      },
    ],
  },
  {
    name: "claim-pins-nothing",
    does: "a claim does not store the caller's answer",
    flows: ["four", "appointment"],
    replacements: [
      {
        file: memory,
        find: "const pins = new Map([...row.pins, [claim.from.turn, pin ?? claim.pin]]);",
        replace: "const pins = row.pins;",
      },
    ],
  },
  {
    name: "pin-ignored",
    does: "a resume asks again although a claim pinned the answer",
    flows: ["four"],
    begins: { faults: 1, dialect: "f1", script: "3,3,0" },
    replacements: [
      {
        file: resume,
        find: "if (failure.pinnedTurns?.has(base.turn)) {",
        replace: "if (failure.pinnedTurns?.has(-1)) {",
      },
    ],
  },
  {
    name: "effect-before-claim",
    does: "an effect begins before it is claimed",
    flows: ["four", "appointment"],
    replacements: [
      {
        file: once,
        find: "let earlier = context.known?.effects.get(key);",
        replace: `const early = run(\`\${callSid}:\${turn}:\${effect}\`, new AbortController().signal);
    early.catch(() => {});
    let earlier = context.known?.effects.get(key);`,
      },
      {
        file: once,
        find: "() => run(idempotencyKey, ending.signal, outboxOf(context, idempotencyKey)),",
        replace: "() => early,",
      },
    ],
  },
  {
    name: "key-of-its-own",
    does: "whoever tries an effect again does so under another idempotency key",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: once,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
        find: "const idempotencyKey = `${callSid}:${turn}:${effect}`;",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
        replace: "const idempotencyKey = `${callSid}:${turn}:${effect}${earlier === undefined ? '' : token}`;",
      },
    ],
  },
  {
    name: "give-up-tried-again",
    does: "an effect that may never be tried twice is tried under somebody else's claim",
    flows: ["charge"],
    replacements: [{ file: once, find: "if (earlier !== undefined && giveUp) return doubt();", replace: "" }],
  },
  {
    name: "unclaimed-on-primary",
    does: "the primary runs an effect that it could not claim",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 2 } },
    replacements: [
      {
        file: once,
        find: 'return leg === "primary" ? leave({ kind: "unclaimed", reason: claim.reason }) : "unavailable";',
        replace: 'return "unavailable";',
      },
    ],
  },
  {
    name: "unsure-forgotten",
    does: "a step that is asked again without the table is not told that an effect may have happened",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 2 } },
    replacements: [
      {
        file: turn,
        find: "const next = askedAgain(base, { unsure: unreadable, plain });",
        replace: "const next = askedAgain(base, { unsure: false, plain });",
      },
      {
        file: turn,
        find: 'return give(webhook, { ...next, unsure: true }, "resumed", commit.kind);',
        replace: 'return give(webhook, next, "resumed", commit.kind);',
      },
    ],
  },
  {
    name: "duplicate-takes-turn",
    does: "a request that finds somebody ahead takes the turn once more",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: turn,
        find: "await keepResults(table, effects);\n    return replayItem(webhook, item, base, resumed);",
        replace: `const ahead = openItem(webhook, item);
    if (ahead === undefined) return giveUp(webhook, "winning item unreadable");
    work = { ...work, base: ahead, known: item };`,
      },
    ],
  },
];
