import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that start no process and leave nothing behind: their files share one process, one after the other. */
const pure = ["core", "rehearsal", "flows", "traps", "rules"].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    environment: "node",
    // real processes and sockets: a slow machine needs room, a hanging test must still end
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // processes, not threads: the tests start and signal children of their own; one more than cores, because many wait for real timeouts
    pool: "forks",
    maxWorkers: availableParallelism() + 1,
    projects: [
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: "processes",
          globalSetup: ["test/global-setup.ts"],
          include: ["test/**/*.test.ts"],
          // what needs more than npm: npm run test:deployment, npm run test:browser
          exclude: [...pure, "test/deployment/**", "test/browser/**", "node_modules/**"],
        },
      },
    ],
  },
});
