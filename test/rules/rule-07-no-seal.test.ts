import { expect, test } from "vitest";
import { frontDesk } from "../../flows/front-desk.ts";
import { outcomes } from "../flows/outcomes.ts";
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

test("without a sealed checkpoint, an answer to another verb tells that the document in the table was never heard", async () => {
  const legs = twoLegs(frontDesk);
  await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  expect((await legs.fail(bare, { Digits: "1", msg: "Gather End" })).twiml).toContain("<Dial");

  const unknown = twoLegs(frontDesk);
  await unknown.ask(action(await unknown.ask(unknown.voiceUrl)), { Digits: "1" });
  expect((await unknown.fail(bare)).twiml).not.toContain("<Dial");
});

test.each(["answers repeated", "answers not repeated"])(
  "without a sealed checkpoint, what was dialled is not dialled again, and its stored outcome is used (%s)",
  async (dialect) => {
    const params = dialect === "answers repeated" ? { DialCallStatus: "completed" } : {};
    const legs = twoLegs(outcomes);
    await legs.ask(legs.voiceUrl);
    const lost = await legs.fail(bare, params);
    expect(lost.twiml).not.toContain("<Dial");
    expect(lost.said).toEqual(["dial lost, speak"]);

    const told = twoLegs(outcomes);
    const dialling = await told.ask(told.voiceUrl);
    const [, statusUrl] = /statusCallback="([^"]+)"/.exec(dialling.twiml) ?? [];
    await told.status((statusUrl ?? "").replaceAll("&amp;", "&"), {
      CallStatus: "busy",
      CallSid: `CA${"9".repeat(32)}`,
    });
    expect((await told.fail(bare, params)).said).toEqual(["dial busy, speak"]);
  },
);
