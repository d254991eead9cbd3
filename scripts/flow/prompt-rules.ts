import { problemInDocument } from "../../core/check-verbs.ts";
import { endsDocument, type Language, type Verb, verbLength, yields } from "../../core/verbs.ts";
import type { Heard } from "./documents.ts";
import type { Finding } from "./finding.ts";

type Found = Omit<Finding, "flow">;

/** Prompts that are not pure, and verbs that nobody ever hears. */
export function promptFindings({ documents, effects }: Heard): readonly Found[] {
  const impure = effects.map(({ step, what }): Found => {
    const mend = "a prompt may be heard again: let `next` put into `data` what it needs";
    return { step, level: "error", rule: "prompt-effect", what, mend };
  });
  const unheard = new Map<string, Found>();
  for (const { step, goesOn, verbs } of documents) {
    for (const document of Object.values(verbs)) {
      const found = unheardIn(document, goesOn);
      if (found === undefined) continue;
      const { verb, behind } = found;
      const what = `nobody hears it: the document ends with the ${behind} before it`;
      const mend = goesOn && behind !== "hangup" ? "say it in the step that `next` leads to" : "put it before";
      unheard.set(`${step} ${verb}`, { step, verb, level: "error", rule: "never-heard", what, mend });
    }
  }
  return [...impure, ...unheard.values()];
}

/** What no call could be given: the core refuses it, or Twilio would. */
export function refusedFindings({ documents }: Heard): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { step, verbs } of documents) {
    for (const [language, document] of Object.entries(verbs)) {
      const what = document.length === 0 ? undefined : problemInDocument(document, language as Language);
      if (what === undefined) continue;
      found.set(`${step} ${what}`, { step, level: "error", rule: "refused", what, mend: "see docs/verbs.md" });
    }
  }
  return [...found.values()];
}

/** The first verb that no caller comes to. In a last step, where no action URL is given, a dial falls through. */
function unheardIn(verbs: readonly Verb[], goesOn: boolean): { verb: number; behind: string } | undefined {
  let index = 0;
  let behind: string | undefined;
  for (const verb of verbs) {
    // a hangup behind a dial does no harm, and is what a reader expects
    if (behind !== undefined && !(verb.verb === "hangup" && behind !== "hangup")) return { verb: index, behind };
    if (endsDocument(verb) && (goesOn || yields(verb) === undefined)) behind ??= verb.verb;
    index += verbLength(verb);
  }
  return undefined;
}
