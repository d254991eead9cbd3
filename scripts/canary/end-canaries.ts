import type { Canary } from "./canary.ts";

const ended = "core/ended.ts";
const redial = "core/redial.ts";

/** Cores that do twice what is done when a call is over, or let a caller go on with what is not theirs to go on with. */
export const endCanaries: readonly Canary[] = [
  {
    name: "end-unclaimed",
    does: "an effect of the end is not claimed: whoever hears of the end does it",
    flows: ["cut-off"],
    begins: { faults: 1, dialect: "f3", script: "0,0,hangup" },
    replacements: [
      {
        file: ended,
        find: "effectScope({ leg, callSid, base, input, pin, known, table, sealer, clock, newToken });",
        replace:
          'effectScope({ leg, callSid, base, input, pin, known, table: { ...table, claim: async () => ({ kind: "written" }) }, sealer, clock, newToken });',
      },
    ],
  },
  {
    name: "end-without-data",
    does: "what is done at the end does not know what was said in the call",
    flows: ["cut-off"],
    replacements: [
      {
        file: ended,
        find: "const data = withoutBefore(c.data);",
        replace: "const data = {};",
      },
    ],
    withoutFault: true,
  },
  {
    name: "offered-to-two-calls",
    does: "a caller is offered to go on where another call goes on already",
    flows: ["cut-off"],
    begins: { faults: 1, dialect: "default", script: "hangup;hangup,still-on;1,1,dial:failed" },
    withoutFault: true,
    replacements: [
      {
        file: redial,
        find: 'return claimed.kind === "unavailable" || taker !== request.callSid ? undefined : kept.left;',
        replace: "return kept.left;",
      },
    ],
  },
  {
    name: "offered-after-a-dial",
    does: "a caller who was cut off while somebody was dialled is offered to go on there: to dial again",
    flows: ["cut-off"],
    begins: { faults: 1, dialect: "default", script: "0,0,hangup;1,1,dial:failed" },
    withoutFault: true,
    replacements: [
      {
        file: redial,
        find: 'return verb === undefined || verb === "next" || yielding[verb].whenLost === "ask";',
        replace: "return true;",
      },
    ],
  },
  {
    name: "offer-not-honoured",
    does: "whoever finds that the offer is taken does not see that it is for this very call",
    flows: ["cut-off"],
    begins: { faults: 1, dialect: "default", script: "hangup;1,1,1,dial:completed" },
    replacements: [{ file: redial, find: "taker !== request.callSid ?", replace: 'claimed.kind === "refused" ?' }],
  },
];
