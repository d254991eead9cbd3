import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    // the tools of both clouds take a minute of their own: npm run test:deployment
    exclude: ["test/deployment/**", "node_modules/**"],
    globalSetup: ["test/global-setup.ts"],
    // real processes and sockets: a slow machine needs room, a hanging test must still end
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // processes, not threads: the tests start and signal children of their own; one for each core
    pool: "forks",
    maxWorkers: "100%",
  },
});
