import { describe, expect, test } from "vitest";
import type { ElementName } from "../../../core/elements.ts";
import { connectStream, conversationRelay, start, stop } from "../../../core/verb-builders.ts";
import type { SessionVerb } from "../../../core/verbs.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

const socket = "wss://agent.example.com/call";

describe("connect", () => {
  const connected = (noun: "Stream" | "ConversationRelay") => (attributes: Given) =>
    ({ verb: "connect", noun, attributes, parameters: {} }) as const;

  test("connect streams both ways with every attribute, and says where the call goes on", () => {
    checkAttributes("Stream", connected("Stream"), (verb) => inside(verb, 0));
    const verb = rendered(connectStream(socket, { name: "agent" }, { order: "5" }));
    expect(verb).toMatchObject({ name: "Connect", attributes: { action: "https://p.example.com/connect/0" } });
    expect(inside(verb, 0)).toMatchObject({ name: "Stream", attributes: { url: socket, name: "agent" } });
    expect(inside(verb, 0, 0).attributes).toEqual({ name: "order", value: "5" });
  });

  test("connect to a ConversationRelay takes every attribute", () => {
    checkAttributes("ConversationRelay", connected("ConversationRelay"), (verb) => inside(verb, 0));
    const agent = inside(rendered(conversationRelay(socket, { welcomeGreeting: "Hi" }, { order: "5" })), 0);
    expect(agent).toMatchObject({ name: "ConversationRelay", attributes: { url: socket, welcomeGreeting: "Hi" } });
    expect(inside(agent, 0).attributes).toEqual({ name: "order", value: "5" });
  });

  test("connect to what is no socket is refused when the flow loads", () => {
    for (const make of [connectStream, conversationRelay]) {
      expect(refusalOf(make("https://agent.example.com/"))).toBe(refused("connect: url is no absolute wss URL"));
      expect(refusalOf(make("/call"))).toBe(refused("connect: url is no absolute wss URL"));
    }
  });
});

const nouns = ["Stream", "Recording", "Transcription", "Siprec"] as const satisfies readonly ElementName[];
const made =
  (verb: SessionVerb["verb"], noun: SessionVerb["noun"]) =>
  (attributes: Given): SessionVerb => ({ verb, noun, attributes, parameters: {} });

test("start begins a stream, a recording, a transcription or a SIPREC session beside the call, with every attribute", () => {
  for (const noun of nouns) checkAttributes(noun, made("start", noun), (verb) => inside(verb, 0));
  const all = [start.stream(socket), start.recording(), start.transcription(), start.siprec({ name: "s" }, { a: "b" })];
  expect(all.map((verb) => [rendered(verb).name, inside(rendered(verb), 0).name])).toEqual(
    nouns.map((noun) => ["Start", noun]),
  );
  expect(inside(rendered(start.siprec({ name: "s" }, { a: "b" })), 0, 0).attributes).toEqual({ name: "a", value: "b" });
});

test("start with a relative URL is refused when the flow loads, for Twilio would not ask it", () => {
  const recording = start.recording({ recordingStatusCallback: "/status" });
  expect(refusalOf(recording)).toBe(refused("start: recordingStatusCallback is no absolute https URL"));
  expect(refusalOf(start.stream("/stream"))).toBe(refused("start: url is no absolute wss URL"));
});

test("stop ends what was started under the same name", () => {
  for (const noun of nouns) checkAttributes(noun, made("stop", noun), (verb) => inside(verb, 0));
  const all = [stop.stream("s"), stop.recording(), stop.transcription("s"), stop.siprec("s")];
  expect(all.map((verb) => inside(rendered(verb), 0)).map(({ name, attributes }) => [name, attributes])).toEqual([
    ["Stream", { name: "s" }],
    ["Recording", {}],
    ["Transcription", { name: "s" }],
    ["Siprec", { name: "s" }],
  ]);
  expect(all.map((verb) => rendered(verb).name)).toEqual(Array(4).fill("Stop"));
});
