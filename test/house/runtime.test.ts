import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

test("tests run on the Node that both clouds run, whatever the machine has", () => {
  expect(process.versions.node).toMatch(/^22\./);
  expect(Object.values(packageJson.optionalDependencies).every((version) => version.startsWith("22."))).toBe(true);
});
