import { defineConfig } from "vitest/config";

/** What is measured must not compete with a second browser: these wait for the others, and run one after the other. */
const measured = ["fluency", "instruments"].map((name) => `test/browser/${name}.test.ts`);

/** The console in a real Chromium (`npm run test:browser`). Apart from `npm test`, which needs npm and nothing else. */
export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    globalSetup: ["test/browser/support/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    projects: [
      {
        extends: true,
        test: {
          name: "side by side",
          include: ["test/browser/**/*.test.ts"],
          exclude: measured,
          // a call waits for its prompts more than it works: one more than the cores of the smallest machine that CI has
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "alone", include: measured, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
