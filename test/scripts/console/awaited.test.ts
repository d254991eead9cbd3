import { expect, test } from "vitest";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import type { Exchange } from "../../../rehearsal/exchange.ts";
import type { Sound } from "../../../rehearsal/line-state.ts";
import { placeCall } from "../../../rehearsal/place-call.ts";

const gather = '<Response><Gather numDigits="1" action="/next"><Say language="ja-JP">?</Say></Gather></Response>';
const bye = "<Response><Say>Bye</Say><Hangup/></Response>";

const exchange: Exchange = ({ params }) =>
  Promise.resolve({
    kind: "answer",
    status: 200,
    headers: { "content-type": "text/xml" },
    body: params.Digits === "7" ? bye : gather,
  });

test("a caller who takes time to answer is waited for, and what is written down is the answer", async () => {
  const sounds: Sound[] = [];
  const asked: string[] = [];
  const slept: number[] = [];
  const press: CallerStep = { kind: "digits", digits: "7" };
  const call = await placeCall({
    ...{ voiceUrl: "https://line.example/voice", authToken: "secret", accountSid: `AC${"0".repeat(32)}`, exchange },
    script: async ({ verb }, element) => {
      asked.push(`${verb} ${element.attributes.numDigits}`);
      await Promise.resolve();
      return press;
    },
    onSound: (sound) => {
      sounds.push(sound);
      return 1_234;
    },
    sleep: async (ms) => void slept.push(ms),
  });
  expect(call).toMatchObject({ ended: "hangup", heard: ["?", "Bye"] });
  expect(asked).toEqual(["Gather 1"]);
  expect(call.events).toContainEqual(expect.objectContaining({ kind: "caller", verb: "Gather", step: press }));
  expect(sounds).toEqual([
    expect.objectContaining({ kind: "say", text: "?", language: "ja-JP", inGather: true, repeats: 1 }),
    expect.objectContaining({ kind: "say", text: "Bye", inGather: false }),
  ]);
  expect(slept).toEqual([1_234, 1_234]);
});
