import { expect, test } from "vitest";
import { pay, payPrompt, playMedia, record, say } from "../../../core/verb-builders.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

const statusCallback = "https://f.example.com/status/pay/0";
const ours = { language: "en-US", statusCallback, action: "https://p.example.com/pay/0" };
const hello = { file: "en/hello.mp3", text: "Hello." };

test("pay takes a payment with every attribute", () => {
  checkAttributes(
    "Pay",
    (attributes) => pay(attributes as Given),
    undefined,
    () => ours,
  );
});

test("pay has a prompt for each moment, with every attribute; its files are said, for a payment is never begun again", () => {
  const make = (attributes: Given) => pay({}, [payPrompt(attributes as Given, say("Your card, please."))]);
  checkAttributes("Prompt", make, (verb) => inside(verb, 0));
  const played = pay({}, [payPrompt({}, playMedia({ en: hello, ja: hello }))]);
  expect(inside(rendered(played), 0, 0)).toMatchObject({ name: "Say", text: "Hello." });
});

test("pay hands its parameters to the payment connector", () => {
  const verb = rendered(pay({ chargeAmount: "20.45" }, [], { order: "5 & 6" }));
  expect(verb.children.map(({ name, attributes }) => [name, attributes])).toEqual([
    ["Parameter", { name: "order", value: "5 & 6" }],
  ]);
});

test("pay with a record in a prompt, or an action of the author's own, is refused when the flow loads", () => {
  const recording = pay({}, [payPrompt({}, record() as never)]);
  expect(refusalOf(recording)).toBe(refused("pay: 'record' cannot stand in it: only say, play, pause"));
  const own = pay({ action: "https://example.com/" } as Given);
  expect(refusalOf(own)).toBe(refused("pay: has no attribute action here"));
});
