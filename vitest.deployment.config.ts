import { defineConfig } from "vitest/config";
import shared from "./vitest.config.ts";

/** The tests of what is deployed and of the commands that deploy it: the real tools of both clouds against local servers. */
export default defineConfig({ test: { ...shared.test, include: ["test/deployment/**/*.test.ts"], exclude: [] } });
