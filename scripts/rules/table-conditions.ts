import type { Rule } from "./mutation.ts";

const file = "core/stores/dynamodb.ts";

/**
 * The same rules as DynamoDB's conditions have them, in text that no type checker reads. A condition is taken out in a
 * way that leaves every name and value used, because DynamoDB refuses an expression with one too many.
 */
export const tableConditions: readonly Rule[] = [
  {
    name: "table commit",
    test: "test/core/stores/commit.test.ts",
    mutations: [
      {
        without: "a commit is taken at any position",
        replacements: [{ file, find: "  fence(update, from);\n", replace: "" }],
      },
      {
        without: "an earlier epoch counts like any other",
        replacements: [
          {
            file,
            find: '" OR resumes < :fromResumes)",',
            replace: '" OR (resumes < :fromResumes AND resumes > :fromResumes))",',
          },
        ],
      },
      {
        without: "an item of an earlier turn is ahead too",
        replacements: [{ file, find: "OR turn < :fromTurn OR", replace: "OR" }],
      },
      {
        without: "an attempt ahead is nobody",
        replacements: [
          {
            file,
            find: "turn = :fromTurn AND attempt <= :fromAttempt",
            replace: "turn = :fromTurn AND (attempt <= :fromAttempt OR attempt > :fromAttempt)",
          },
        ],
      },
      {
        without: "an attempt of the same number is somebody else's",
        replacements: [{ file, find: "attempt <= :fromAttempt", replace: "attempt < :fromAttempt" }],
      },
      {
        without: "a call cannot begin",
        replacements: [{ file, find: '"(attribute_not_exists(turn) OR turn', replace: '"(turn' }],
      },
    ],
  },
  {
    name: "table claim",
    test: "test/core/stores/claim.test.ts",
    mutations: [
      {
        without: "a claim is taken at any position",
        replacements: [{ file, find: "  fence(update, claim.from);\n", replace: "" }],
      },
      {
        without: "a claim stores no pin",
        replacements: [
          {
            file,
            find: 'update.set.push("#pin = if_not_exists(#pin, :pin)");',
            replace: 'update.set.push("#other = :pin"); update.names["#other"] = "x#other";',
          },
        ],
      },
      {
        without: "a claim goes past another answer's pin",
        replacements: [
          {
            file,
            find: "pinned(update, claim.from.turn, claim.pin.token);",
            replace: 'update.names["#pin"] = "p#" + claim.from.turn;',
          },
        ],
      },
      {
        without: "a commit goes past another answer's pin",
        replacements: [{ file, find: 'if (pin !== "any") pinned(update, from.turn, pin.token);', replace: "" }],
      },
      {
        without: "an effect is claimed twice",
        replacements: [{ file, find: 'update.conditions.push("attribute_not_exists(#claimed)");', replace: "" }],
      },
    ],
  },
  {
    name: "table facts",
    test: "test/core/stores/facts.test.ts",
    mutations: [
      {
        without: "a result is stored only before the first commit",
        replacements: [
          {
            file,
            find: "putEffects(update, facts.effects ?? new Map());",
            replace:
              'putEffects(update, facts.effects ?? new Map()); update.conditions.push("attribute_not_exists(turn)");',
          },
        ],
      },
    ],
  },
];
