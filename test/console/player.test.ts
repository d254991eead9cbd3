import { expect, test } from "vitest";
import { createPlayer, type Sounds } from "../../console/player.ts";

/** Sounds that go on until they are told to be over. */
function handSounds() {
  const begun: string[] = [];
  const cut: string[] = [];
  let done = () => {};
  const begin = (name: string, over: () => void) => {
    begun.push(name);
    done = over;
    return () => void cut.push(name);
  };
  const sounds: Sounds = { play: begin, speak: (text, tag, over) => begin(`${tag} ${text}`, over) };
  return { sounds, begun, cut, over: () => done() };
}

const hello = { text: "Hello", language: "en" } as const;
const file = { text: "Menu", mediaFile: "/prompts/en/menu.mp3", language: "en" } as const;
const japanese = { text: "はい", language: "ja" } as const;

test("one thing is heard after the other, files as files and words in their language", () => {
  const { sounds, begun, over } = handSounds();
  const player = createPlayer(sounds);
  for (const said of [hello, file, japanese]) player.say(said);
  expect(begun).toEqual(["en-US Hello"]);
  over();
  over();
  expect(begun).toEqual(["en-US Hello", "/prompts/en/menu.mp3", "ja-JP はい"]);
});

test("an answer cuts what is being said and drops what waits", () => {
  const { sounds, begun, cut, over } = handSounds();
  const player = createPlayer(sounds);
  player.say(hello);
  player.say(file);
  player.stop();
  expect(cut).toEqual(["en-US Hello"]);
  over();
  expect(begun).toEqual(["en-US Hello"]);
  player.say(japanese);
  expect(begun).toEqual(["en-US Hello", "ja-JP はい"]);
});

test("a muted player says nothing, and nothing old when the sound comes back", () => {
  const { sounds, begun, cut } = handSounds();
  const player = createPlayer(sounds);
  player.say(hello);
  player.mute(true);
  expect(cut).toEqual(["en-US Hello"]);
  player.say(file);
  player.mute(false);
  expect(begun).toEqual(["en-US Hello"]);
  player.say(japanese);
  expect(begun).toEqual(["en-US Hello", "ja-JP はい"]);
});

test("without a voice words are skipped and files are heard", () => {
  const { sounds, begun } = handSounds();
  const player = createPlayer({ play: sounds.play, speak: undefined });
  player.say(hello);
  player.say(file);
  expect(begun).toEqual(["/prompts/en/menu.mp3"]);
});

test("a file that is over at once does not stop what follows", () => {
  const { sounds, begun } = handSounds();
  const broken: Sounds["play"] = (_, over) => {
    over();
    return () => {};
  };
  const player = createPlayer({ play: broken, speak: sounds.speak });
  player.say(file);
  player.say(hello);
  expect(begun).toEqual(["en-US Hello"]);
});
