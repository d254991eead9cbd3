import { describe, expect, test } from "vitest";
import { emptyDocument } from "../../core/aside.ts";
import { defineFlow, goTo } from "../../core/flow.ts";
import { dial, enqueue, hangup, number, playMedia, say, wait, whisper } from "../../core/verb-builders.ts";
import { action, type Heard, twoLegs } from "../support/legs.ts";

const music = {
  en: { file: "en/music.mp3", text: "Please hold." },
  ja: { file: "ja/music.mp3", text: "お待ちください。" },
};
type Step = "call" | "queue" | "end";
interface Data {
  readonly name: string;
  readonly long: string;
}

/** A call that is put through with a whisper, then waits in a queue. */
function flowWith(long = "") {
  return defineFlow<Step, Data>({
    name: "asides",
    start: "call",
    data: { name: "Tanaka", long },
    steps: {
      call: {
        prompt: ({ name }) => [
          dial(number("+815099999999", { whisper: whisper([say(`from ${name}`)], { accept: "1" }) })),
        ],
        next: () => goTo("queue"),
      },
      queue: {
        prompt: () => [enqueue("support", { wait: wait([playMedia(music), say("press 9 to leave")], { leave: "9" }) })],
        next: ({ input }) => goTo("end", { name: input.kind === "queue" ? input.result : input.kind }),
      },
      end: { prompt: ({ name }) => [say(`bye ${name}`), hangup()] },
    },
    lastResort: () => [say("sorry"), hangup()],
  });
}

const person = `CA${"5".repeat(32)}`;
const called = (parent = `CA${"0".repeat(31)}1`) => ({ CallSid: person, ParentCallSid: parent });
const urlIn = ({ twiml }: Heard, attribute: string) =>
  (new RegExp(`${attribute}="([^"]+)"`).exec(twiml)?.[1] ?? "").replaceAll("&amp;", "&");

async function whispering(long?: string) {
  const legs = twoLegs(flowWith(long));
  const dialling = await legs.ask(legs.voiceUrl);
  return { legs, url: urlIn(dialling, "<Number[^>]* url"), dialling };
}
async function waiting() {
  const { legs, dialling } = await whispering();
  const queued = await legs.ask(action(dialling), { DialCallStatus: "busy" });
  return { legs, url: urlIn(queued, "waitUrl"), queued };
}

describe("what a called person hears before being connected", () => {
  test("tells of the call, asks for the key, and declines by itself when nobody presses it", async () => {
    const { legs, url } = await whispering();
    const heard = await legs.ask(url, called());
    expect(heard.said).toEqual(["from Tanaka"]);
    expect(heard.twiml).toMatch(/<Gather[^>]*><Say[^>]*>from Tanaka<\/Say><\/Gather><Hangup\/>/);
  });

  test.each([
    ["accepts with its key", "1", "<Response/>"],
    ["declines with another", "2", "<Response><Hangup/></Response>"],
  ])("%s", async (_, Digits, document) => {
    const { legs, url } = await whispering();
    const heard = await legs.ask(url, called());
    expect((await legs.ask(action(heard), { ...called(), Digits })).twiml).toContain(document);
  });

  test("moves nothing: the call is where it was, and its dial is answered as if nothing had been", async () => {
    const { legs, url, dialling } = await whispering();
    const before = await legs.item();
    await legs.ask(url, called());
    await legs.fail(url, called());
    expect(await legs.item()).toEqual(before);
    expect((await legs.ask(action(dialling), { DialCallStatus: "busy" })).twiml).toContain("waitUrl");
  });

  test("comes from the fallback when its request fails, and the key is then pressed there", async () => {
    const { legs, url } = await whispering();
    const heard = await legs.fail(url, called());
    expect(heard.said).toEqual(["from Tanaka"]);
    expect(action(heard)).toMatch(/^https:\/\/fallback\.example\.com\/voice-aside\?c=/);
    expect(url).toMatch(/^https:\/\/primary\.example\.com\/voice\/asides\/k1\.[\w-]+\/aside#/);
    expect((await legs.ask(action(heard), { ...called(), Digits: "1" })).twiml).toContain("<Response/>");
  });

  test("is not asked for ever: what fails on the fallback too declines, for nobody has accepted", async () => {
    const { legs, url } = await whispering();
    const heard = await legs.fail(url, called());
    expect((await legs.fail(action(heard), called())).twiml).toContain("<Response><Hangup/></Response>");
  });

  test("never leads a called person into the flow or the last resort, whatever its URL still tells", async () => {
    const { legs, url } = await whispering();
    const away = action(await legs.fail(url, called()));
    for (const lost of [
      away.replace(/\?.*/, ""),
      "https://fallback.example.com/voice-webhook",
      "https://elsewhere.example.com/x",
    ]) {
      expect((await legs.fail(lost, called())).said).toEqual([]);
    }
  });

  test("is heard by whoever is taken out of a queue, whose request names the call that takes them", async () => {
    const { legs, url } = await whispering();
    const taken = { CallSid: person, DequeingCallSid: called().ParentCallSid };
    expect((await legs.ask(url, taken)).said).toEqual(["from Tanaka"]);
    // the fallback request does not name it: connected without it, and not put into the flow
    expect((await legs.fail(url, { CallSid: person })).said).toEqual([]);
  });

  test("is for the call that dialled alone: another's seal opens nothing", async () => {
    const { legs, url } = await whispering();
    const other = called(`CA${"7".repeat(32)}`);
    expect((await legs.ask(url, other)).said).toEqual([]);
  });

  test("is found in the table when the data of the call is too large for its URL", async () => {
    const { legs, url } = await whispering("x".repeat(2_000));
    expect((await legs.ask(url, called())).said).toEqual(["from Tanaka"]);
    legs.gates.primary.refuse("read");
    expect((await legs.ask(url, called())).twiml).toBe(emptyDocument);
  });
});

describe("what a caller hears in a queue", () => {
  test("is heard again and again, music and all, and is left by its key", async () => {
    const { legs, url } = await waiting();
    for (let round = 0; round < 3; round++) {
      const heard = await legs.ask(url, { QueuePosition: "1" });
      expect(heard.media).toEqual([expect.stringMatching(/\/media\/k1\.[\w-]+\/en\/music\.mp3/)]);
      expect(heard.said).toEqual(["press 9 to leave"]);
    }
    const heard = await legs.ask(url);
    expect((await legs.ask(action(heard), { Digits: "9" })).twiml).toContain("<Response><Leave/></Response>");
    expect((await legs.ask(action(heard), { Digits: "3" })).said).toEqual(["press 9 to leave"]);
  });

  test("goes on in plain text when the document or its music fails, and the caller stays in the queue", async () => {
    const { legs, url } = await waiting();
    const [file = ""] = (await legs.ask(url)).media;
    for (const lost of [url, file]) {
      const heard = await legs.fail(lost);
      expect(heard.said).toEqual(["Please hold.", "press 9 to leave"]);
      expect(heard.media).toEqual([]);
    }
  });

  test("is silence when nothing tells which it was: the caller is not taken out of the queue", async () => {
    const { legs, url } = await waiting();
    const away = action(await legs.fail(url));
    expect((await legs.fail(away.replace(/\?.*/, ""))).twiml).toMatch(/<Response><Pause length="\d"\/><\/Response>/);
  });

  test("costs the call nothing: when it leaves, its answer is taken as ever", async () => {
    const { legs, url, queued } = await waiting();
    const before = await legs.item();
    await legs.fail(url);
    expect(await legs.item()).toEqual(before);
    const left = await legs.ask(action(queued), { QueueResult: "leave", QueueTime: "30" });
    expect(left.said).toEqual(["bye leave"]);
  });
});

test("a partial result of speech is answered and ignored, wherever it comes", async () => {
  const { legs, dialling } = await whispering();
  const before = await legs.item();
  expect((await legs.ask(action(dialling), { UnstableSpeechResult: "I wo" })).twiml).toBe(emptyDocument);
  expect(await legs.item()).toEqual(before);
});
