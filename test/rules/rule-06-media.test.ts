import { expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { resumesSpent } from "../../core/resume.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, type Heard, twoLegs } from "../support/legs.ts";

const file = (document: Heard): string => {
  const [url] = document.media;
  if (url === undefined) throw new Error(`no media in ${document.twiml}`);
  return url;
};

test("a failed file steps the ladder down: primary host, fallback host, text, for the rest of the call", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  expect(file(first)).toMatch(/^https:\/\/primary\.example\.com\/media\//);
  const second = await legs.fail(file(first));
  expect(file(second)).toMatch(/^https:\/\/fallback\.example\.com\/prompts\/en\/not-understood\.mp3\?c=/);
  const third = await legs.fail(file(second));
  expect(third.media).toEqual([]);
  expect(third.said).toEqual(["la la", "color?"]);
  const next = await legs.ask(action(third), { Digits: "1" });
  expect(next.said).toEqual(["la la", "color 1, book?"]);
});

test("media failures leave the call on its leg and spend neither attempts nor resumes", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  const third = await legs.fail(file(await legs.fail(file(first))));
  expect(action(third)).toMatch(/^https:\/\/primary\.example\.com\//);
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 1, attempt: 0 });

  // all that a call may spend on lost requests is still there: ask again, take, ask again, take
  let document = third;
  for (const params of [{}, { Digits: "1" }, {}, { Digits: "0" }]) {
    document = await legs.fail(action(document), params);
    expect(document.said).not.toContain("last resort");
  }
  expect(limits.resumesMax).toBe(4);
  expect((await legs.fail(action(document), { Digits: "1" })).said).toContain("last resort");
});

test("the answer to a failed file, lost and asked for again, steps down once", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  await legs.fail(file(first));
  const repeated = await legs.fail(file(first));
  expect(file(repeated)).toMatch(/^https:\/\/fallback\.example\.com\//);
  // and the call stays where it was
  expect(action(repeated)).toMatch(/^https:\/\/primary\.example\.com\//);
});

test("the answer to a failed file, lost and asked for again, spends nothing", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  await legs.fail(file(first));
  await legs.fail(file(first));
  // the step down moves the epoch by one, its repetition by none
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 1, attempt: 0, resumes: 1 });
});

test("a call away from its primary asks the fallback's media host, then says the text, and spends nothing", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const away = await legs.fail(action(await legs.ask(legs.voiceUrl)));
  expect(file(away)).toMatch(/^https:\/\/fallback\.example\.com\/prompts\//);
  const text = await legs.fail(file(away));
  expect(text.said).toEqual(["la la", "color?"]);
  expect(action(text)).toMatch(/^https:\/\/fallback\.example\.com\//);
  const { checkpoint } = text.answer.kind === "document" ? text.answer : {};
  expect(checkpoint && resumesSpent(checkpoint)).toBe(1);
});
