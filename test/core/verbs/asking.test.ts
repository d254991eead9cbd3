import { describe, expect, test } from "vitest";
import { dial, gather, hangup, pause, playDigits, playMedia, record, say } from "../../../core/verb-builders.ts";
import { checkAttributes, type Given, refusalOf, refused, rendered } from "./verb-kit.ts";

const hello = { file: "en/hello.mp3", text: "Hello." };

describe("gather", () => {
  const action = "https://p.example.com/gather/0";

  test("gather asks with every attribute, and in a plain rendering without hints and models", () => {
    // what is spoken is understood in the call's language unless the author names another
    const language = (given: Given) => (String(given.input).includes("speech") ? { language: "en-US" } : {});
    const make = (attributes: Given) => gather(attributes);
    checkAttributes("Gather", make, undefined, (given) => ({ ...language(given), action }));
    const verb = gather({ numDigits: 1, hints: "a", language: "fr-FR", speechModel: "phone_call", enhanced: true });
    expect(rendered(verb, { plain: true }).attributes).toEqual({ numDigits: "1", action });
  });

  test("gather plays its prompts inside, and listens in the caller's language for speech", () => {
    const verb = gather({ input: "speech" }, say("Say yes."), playMedia({ en: hello, ja: hello }), pause(2));
    const asked = rendered(verb, { language: "ja" });
    expect(asked.attributes).toEqual({ input: "speech", language: "ja-JP", action });
    expect(asked.children.map(({ name, text }) => [name, text])).toEqual([
      ["Say", "Say yes."],
      ["Play", "https://p.example.com/media/2/en/hello.mp3"],
      ["Pause", ""],
    ]);
    expect(rendered(gather({}), { language: "ja" }).attributes).toEqual({ action });
    expect(rendered(gather({ input: "speech", language: "fr-FR" })).attributes.language).toBe("fr-FR");
  });

  test("gather with a record, a dial, a hangup or tones in it is refused when the flow loads", () => {
    for (const verb of [record(), dial("+1"), hangup(), playDigits("1"), gather({})]) {
      const problem = `gather: '${verb.verb}' cannot stand in it: only say, play, pause`;
      expect(refusalOf(gather({}, verb as never))).toBe(refused(problem));
    }
    expect(refusalOf(gather({}, say("x".repeat(4_097))))).toMatch(
      /step 'greet': gather: say: a text of 4097 characters/,
    );
  });

  test("gather with too many or too long hints is refused when the flow loads", () => {
    const hinted = (count: number, characters: number) =>
      refusalOf(gather({ input: "speech", hints: Array(count).fill("x".repeat(characters)).join(", ") }));
    expect([hinted(500, 90), hinted(1, 100)]).toEqual(["accepted", "accepted"]);
    expect(hinted(501, 1)).toBe(refused("gather: more than 500 hints"));
    expect(hinted(1, 101)).toBe(refused("gather: a hint of more than 100 characters"));
  });
});

describe("record", () => {
  const ours = {
    action: "https://p.example.com/record/0",
    recordingStatusCallback: "https://f.example.com/status/record/0",
  };

  test("record records with every attribute, its outcome on crossed paths", () => {
    checkAttributes(
      "Record",
      (attributes) => record(attributes as Given),
      undefined,
      () => ours,
    );
  });

  test("record in the last resort asks nobody for anything", () => {
    const silent = { actionUrl: () => undefined, statusUrl: () => undefined };
    expect(rendered(record({ maxLength: 5 }), silent).attributes).toEqual({ maxLength: "5" });
  });

  test("record with a status callback or an action of the author's own is refused when the flow loads", () => {
    for (const name of ["action", "method", "recordingStatusCallback"]) {
      const refusal = refusalOf(record({ [name]: "https://example.com/" }));
      expect(refusal).toBe(refused(`record: has no attribute ${name} here`));
    }
  });
});
