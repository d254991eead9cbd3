import path from "node:path";
import { expect, test } from "vitest";
import { buildPage } from "../../scripts/console/page-build.ts";

test("the script of the page is under 150 kB and asks nothing of Node", async () => {
  const { html, script } = await buildPage(path.resolve(import.meta.dirname, "../../console"), { token: "t" });
  expect(html).toContain("Stayline console");
  expect(Buffer.byteLength(script)).toBeGreaterThan(10_000);
  expect(Buffer.byteLength(script)).toBeLessThan(150_000);
  expect(script).not.toMatch(/node:|require\(/);
});
