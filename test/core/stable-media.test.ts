import { expect, test } from "vitest";
import { defineFlow, defineMedia, dial, goTo, hangup, say } from "../../core/index.ts";
import { twoLegs } from "../support/legs.ts";

const both = (name: string) => ({ file: `en/${name}.mp3`, text: name });
const play = defineMedia({ one: { en: both("one"), ja: both("one") }, two: { en: both("two"), ja: both("two") } });

const flow = defineFlow<"greet" | "end", Record<never, never>>({
  name: "stable",
  start: "greet",
  mediaUrls: "stable",
  steps: {
    greet: { prompt: () => [play("one"), play("two"), play("one"), dial("+815012345678")], next: () => goTo("end") },
    end: { prompt: () => [say("bye"), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});

test("a flow with stable media URLs gives every call the same ones, so that Twilio's cache can keep the files", async () => {
  const [first, second] = [twoLegs(flow), twoLegs(flow)];
  const { media } = await first.ask(first.voiceUrl);
  expect(media[0]).toMatch(/^https:\/\/primary\.example\.com\/media\/stable~greet~0\/en\/one\.mp3#/);
  expect((await second.ask(second.voiceUrl)).media).toEqual(media);
});

test("a failed file with a stable URL: the call goes on at its own occurrence, found in the table", async () => {
  const legs = twoLegs(flow);
  const { media } = await legs.ask(legs.voiceUrl);
  const down = await legs.fail(media[2] ?? "");
  expect(down.media).toHaveLength(1);
  expect(down.media[0]).toMatch(/^https:\/\/fallback\.example\.com\/prompts\/en\/one\.mp3\?c=stable~greet~2#/);
  const text = await legs.fail(down.media[0] ?? "");
  expect(text.said).toEqual(["one"]);
});

test("a stable URL and the table lost together are one fault too many: last resort", async () => {
  const legs = twoLegs(flow);
  const { media } = await legs.ask(legs.voiceUrl);
  legs.gates.fallback.refuse("read");
  expect((await legs.fail(media[0] ?? "")).said).toEqual(["last resort"]);
});
