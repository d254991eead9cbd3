/** What every contender asks on every turn, so that all make the same document. */
export const question = {
  /** heard first, from a file that is the same on every turn */
  prompt: "survey-visit",
  file: "en/survey-visit.mp3",
  ask: (count: number) => `This is question ${count}. To go on, press 1. To have it written down, press 2.`,
} as const;

/** The path of the flow: every contender serves it, so that all get the same requests. */
export const flowName = "questions";
