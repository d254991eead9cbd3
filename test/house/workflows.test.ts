import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";

const folder = path.join(root, ".github", "workflows");
const files = readdirSync(folder);
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

test("there is a workflow for this project, and one that deploys a line", () => {
  expect(files.sort()).toEqual(["ci.yml", "deploy.yml"]);
});

describe.each(files)("%s", (file) => {
  const text = readFileSync(path.join(folder, file), "utf8");

  test("runs commands that exist", () => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("holds no secret, gives each job no more than it needs, and leaves no credentials in the clone", () => {
    expect(text).not.toMatch(/\b(?:AC|SK)[0-9a-f]{32}\b|AKIA[0-9A-Z]{16}/);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    const checkouts = text.match(/actions\/checkout@/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)?.length).toBe(checkouts);
  });
});

test("the deployment takes a role by its own identity: no key for AWS is stored", () => {
  const text = readFileSync(path.join(folder, "deploy.yml"), "utf8");
  expect(text).toContain("id-token: write");
  expect(text).toContain("role-to-assume:");
  expect(text).not.toMatch(/aws-secret-access-key|AWS_SECRET_ACCESS_KEY/);
});
