import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { root } from "../../scripts/build/bundle.ts";
import type { Bom } from "../../scripts/build/sbom.ts";
import { build } from "../../scripts/build.ts";

const bytesMax = 330_000;
const gzipBytesMax = 100_000;

let folder = "";
let bom: Bom;
let files: { readonly name: string; readonly text: string }[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-bundles-"));
  const { bundles } = await build({ outDir: folder });
  files = await Promise.all(
    bundles.map(async ({ leg, file }) => ({
      name: `${leg} ${path.basename(file)}`,
      text: await readFile(file, "utf8"),
    })),
  );
  bom = JSON.parse(await readFile(path.join(folder, "sbom.json"), "utf8"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a bundle must not contain, and an example of each. */
const forbidden: Readonly<Record<string, { readonly pattern: RegExp; readonly example: string }>> = {
  "a source map": { pattern: /sourceMappingURL|"sourcesContent"/, example: "//# sourceMappingURL=x.js.map" },
  "an access key of AWS": {
    pattern: /(?<![A-Za-z0-9/+=])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9/+=])/,
    example: `"AKIA${"Q".repeat(16)}"`,
  },
  "a Twilio account": { pattern: /\b(?:AC|SK)[0-9a-f]{32}\b/, example: `"AC${"0a".repeat(16)}"` },
  "an auth token": { pattern: /(["'`])[0-9a-f]{32}\1/, example: `"${"0a".repeat(16)}"` },
  "a seal key": { pattern: /\b[a-z0-9]{1,8}:[A-Za-z0-9+/]{43}=/, example: `k1:${"A".repeat(43)}=` },
  "a private key": { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20}/, example: pem() },
  "a path of this machine": { pattern: new RegExp(root.replaceAll(/[\\/.]/g, "\\$&")), example: `"${root}core"` },
};

function pem(): string {
  return `-----BEGIN ${"PRIVATE"} KEY-----\n${"A".repeat(40)}`;
}

describe.each(Object.entries(forbidden))("%s", (_, { pattern, example }) => {
  test("is in no bundle", () => {
    expect(files.filter(({ text }) => pattern.test(text)).map(({ name }) => name)).toEqual([]);
  });
  test("would be found", () => expect(example).toMatch(pattern));
});

test("every bundle of both legs loads fast: below 330 kB, and below 100 kB compressed", () => {
  expect(files.map(({ name }) => name)).toContain("primary voice-webhook.js");
  expect(files.map(({ name }) => name)).toContain("fallback voice-fallback.protected.js");
  const large = files.filter(
    ({ text }) => Buffer.byteLength(text) >= bytesMax || gzipSync(text).length >= gzipBytesMax,
  );
  expect(large.map(({ name }) => name)).toEqual([]);
});

test("what is uploaded to Lambda is the bundles, the prompts and nothing else", async () => {
  const uploaded = (await readdir(path.join(folder, "lambda"))).filter((name) => !name.endsWith(".js"));
  expect(uploaded.sort()).toEqual(["assets", "package.json"]);
});

describe("the bill of materials", () => {
  test("names every package in the bundles with version and licence, each once, and the build", () => {
    expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    expect(bom.metadata.component).toMatchObject({ type: "application", name: "stayline" });
    expect(bom.metadata.component.version).toMatch(/^[0-9a-f]{12}$/);
    for (const { purl, licenses, properties, ...component } of bom.components) {
      expect(component).toEqual({
        type: "library",
        "bom-ref": purl,
        name: expect.any(String),
        version: expect.any(String),
      });
      expect(purl).toBe(`pkg:npm/${component.name.replace("@", "%40")}@${component.version}`);
      expect([purl, licenses.length]).toEqual([purl, 1]);
      expect(properties.length).toBeGreaterThan(0);
    }
    const refs = bom.components.map(({ purl }) => purl);
    expect(new Set(refs).size).toBe(refs.length);
  });

  test("has the dependencies in the versions of package.json", () => {
    const versions = Object.fromEntries(bom.components.map(({ name, version }) => [name, version]));
    expect(versions).toMatchObject(packageJson.dependencies);
  });

  test("has nothing that is for development only", async () => {
    const lock = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
    const dev = (name: string) => lock.packages[`node_modules/${name}`]?.dev === true;
    expect(dev("esbuild")).toBe(true);
    expect(bom.components.filter(({ name }) => dev(name)).map(({ name }) => name)).toEqual([]);
    expect(bom.components.filter(({ name }) => name in packageJson.devDependencies)).toEqual([]);
  });

  test("is the same for the same sources", async () => {
    const again = path.join(folder, "again");
    await build({ outDir: again });
    expect(JSON.parse(await readFile(path.join(again, "sbom.json"), "utf8"))).toEqual(bom);
  });
});
