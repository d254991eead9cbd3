import { expect, test } from "vitest";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

const bare = "https://fallback.example.com/voice-webhook";

test("without a sealed checkpoint, input in the fallback request is not taken for the table's position", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const asked = await legs.fail(bare, { Digits: "1" });
  expect(asked.said.join()).toMatch("color 1, book?");
  expect(executed).toEqual([]);
});

test("without a sealed checkpoint and without the table, the flow starts only if the voice URL failed", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  legs.gates.fallback.refuse("read", "commit");
  expect((await legs.fail(legs.voiceUrl)).said).toContain("color?");
  expect((await legs.fail(bare)).said).toEqual(["last resort"]);
});

test("a primary URL keeps its checkpoint when its query is dropped", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  legs.gates.fallback.refuse("read", "commit");
  const url = action(first).replace(/[?#].*/, "");
  expect((await legs.fail(url, { Digits: "1" })).said.join()).toMatch("color 1, book?");
});
