import { defineConfig } from "vitest/config";

/**
 * The console in a real Chromium (`npm run test:browser`). Apart from `npm test`, which needs npm and nothing else.
 * One file after the other: what is measured must not compete with a second browser.
 */
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/browser/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
});
