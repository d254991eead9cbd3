import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { defineFlow, defineMedia, gather, goTo, hangup, say, wait } from "../../core/index.ts";
import { enqueue } from "../../core/verb-builders.ts";
import { root } from "../../scripts/build/bundle.ts";
import { twoLegs } from "../support/legs.ts";
import { type TestStack, testStack } from "../support/stack.ts";

const prompts = path.join(root, "assets", "prompts");
const mark = "k1.AAAA";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

/** Where a leg serves a file, each URL as the core makes it, without the overrides that Twilio takes off. */
const urlOn = {
  primary: (file: string) => `${stack.primary.baseUrl}/media/${mark}/${file}`,
  fallback: (file: string) => `${stack.fallback.baseUrl}/prompts/${file}?c=${mark}`,
};

describe.each(["primary", "fallback"] as const)("the %s leg", (leg) => {
  test("serves every prompt as it is, with a type that Twilio plays, a mark of its content, and leave to keep it", async () => {
    const files = (await readdir(prompts, { recursive: true })).filter((file) => file.endsWith(".mp3"));
    expect(files.length).toBeGreaterThanOrEqual(20);
    const marks = new Set<string | null>();
    for (const file of files) {
      const reply = await fetch(urlOn[leg](file));
      expect([file, reply.status, reply.headers.get("content-type")]).toEqual([file, 200, "audio/mpeg"]);
      expect(reply.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
      expect(reply.headers.get("content-encoding")).toBeNull();
      expect(Buffer.from(await reply.arrayBuffer()).equals(await readFile(path.join(prompts, file)))).toBe(true);
      marks.add(reply.headers.get("etag"));
    }
    expect(marks.size).toBe(files.length);
    expect(marks).not.toContain(null);
  });

  test("says 304 to a cache that has the file, whatever call asks, and sends it to one that has another", async () => {
    const url = urlOn[leg]("en/survey-visit.mp3");
    const etag = (await fetch(url)).headers.get("etag") ?? "";
    // otherwise fetch adds "no-cache" to a request with this header, which asks for the whole file
    const asked = { cache: "no-cache", headers: { "if-none-match": etag } } as const;
    const again = await fetch(url.replace(mark, "k1.BBBB"), asked);
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
    expect([again.headers.get("etag"), again.headers.get("cache-control")]).toEqual([
      etag,
      expect.stringMatching(/max-age/),
    ]);
    const other = await fetch(url, { ...asked, headers: { "if-none-match": '"another"' } });
    expect(other.status).toBe(200);
    expect((await other.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  });

  test.each([
    "en/nobody.mp3",
    "en/../../package.json",
    "en/%2e%2e/%2e%2e/%2e%2e/package.json",
    "..%2f..%2fpackage.json",
    "",
  ])("has no '%s'", async (file) => {
    const reply = await fetch(urlOn[leg](file));
    expect(reply.status).toBe(404);
  });
});

test("the primary serves a wav as one", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-wav-"));
  try {
    for (const name of ["media.js", "package.json"]) {
      await cp(path.join(inject("buildDir"), "lambda", name), path.join(folder, name));
    }
    await mkdir(path.join(folder, "assets", "prompts", "ja"), { recursive: true });
    await writeFile(path.join(folder, "assets", "prompts", "ja", "hello.wav"), "RIFF");
    const { handler } = createRequire(import.meta.url)(path.join(folder, "media.js"));
    expect(await handler({ rawPath: `/media/${mark}/ja/hello.wav`, headers: {} })).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "audio/wav" },
      body: Buffer.from("RIFF").toString("base64"),
      isBase64Encoded: true,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe("each occurrence of a file", () => {
  const one = { file: "en/one.mp3", text: "one" };
  const play = defineMedia({ one: { en: one, ja: one } });
  const flow = defineFlow<"greet" | "end", Record<never, never>>({
    name: "twice",
    start: "greet",
    steps: {
      greet: { prompt: () => [play("one"), gather({}, play("one"), play("one"))], next: () => goTo("end") },
      end: { prompt: () => [play("one"), enqueue("q", { wait: wait([play("one")]) }), say("bye"), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });
  const own =
    /^https:\/\/(?:primary\.example\.com\/media\/[^/]+\/en\/one\.mp3|fallback\.example\.com\/prompts\/en\/one\.mp3\?c=[^#]+)#/;

  test("has its own URL, on the primary, on the fallback after a lost file, and at the next turn", async () => {
    const legs = twoLegs(flow);
    const first = await legs.ask(legs.voiceUrl);
    const down = await legs.fail(first.media[0] ?? "");
    const next = await legs.ask(down.actions[0] ?? "", { Digits: "1" });
    const all = [first, down, next].flatMap(({ media }) => media);
    expect([first, down, next].map(({ media }) => media.length)).toEqual([3, 3, 1]);
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((url) => own.test(url))).toBe(true);
    expect(down.media.every((url) => url.startsWith("https://fallback.example.com/"))).toBe(true);
  });

  test("has one in another call, so that a failure never names somebody else's", async () => {
    const [mine, yours] = [twoLegs(flow), twoLegs(flow)];
    const { media } = await mine.ask(mine.voiceUrl);
    const another = await yours.ask(yours.voiceUrl, { CallSid: `CA${"0".repeat(31)}2` });
    expect(another.media).toHaveLength(3);
    expect(another.media.filter((url) => media.includes(url))).toEqual([]);
  });
});
