import { defineConfig } from "vitest/config";
import shared from "./vitest.config.ts";

const { projects: _, ...limits } = shared.test ?? {};

/** The tests of what is deployed and of the commands that deploy it: the real tools of both clouds against local servers. */
export default defineConfig({
  test: { ...limits, globalSetup: ["test/global-setup.ts"], include: ["test/deployment/**/*.test.ts"] },
});
