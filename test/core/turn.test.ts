import { expect, test } from "vitest";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import { takeTurn } from "../../core/turn.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, callSid, heard, twoLegs } from "../support/legs.ts";

test("a turn that somebody else has, nobody can tell who, is not answered by the primary: the fallback looks again", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  const { store } = legs.primary;
  const blind: CheckpointStore = {
    ...store,
    commit: async () => ({ kind: "unavailable", reason: "winner unread", refused: true }),
  };
  const url = legs.primary.urls.parse(action(first));
  if (url === undefined) throw new Error("no URL");
  const params = new Map([
    ["CallSid", callSid],
    ["Digits", "1"],
  ]);
  const known = { parentCallSid: undefined, from: "", to: "", callStatus: "in-progress" };
  const request = { ...known, callSid, params, errorCode: undefined, errorUrl: undefined };
  expect(await takeTurn({ ...legs.primary, store: blind }, request, url)).toMatchObject({ kind: "failed" });
  const away = { ...legs.fallback, store: blind };
  expect(heard(await takeTurn(away, request, url)).said).toContain("color 1, book?");
});

test("a call ends in the last resort rather than go on for ever, whatever its flow does", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  let document = await legs.ask(legs.voiceUrl);
  // silence is answered with the same question: a flow without a limit of tries
  for (let turn = 0; turn < 1_000 && document.answer.kind === "document"; turn++) {
    document = await legs.ask(action(document, 1));
  }
  expect(document.answer).toMatchObject({ kind: "failed", reason: "turns spent" });
});
