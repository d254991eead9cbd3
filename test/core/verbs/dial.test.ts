import { describe, expect, test } from "vitest";
import { client, conference, dial, number, queue, record, say, sip, whisper } from "../../../core/verb-builders.ts";
import type { DialTarget } from "../../../core/verbs.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

const action = "https://p.example.com/dial/0";
const statusCallback = "https://f.example.com/status/dial/0";
const first = (verb: Parameters<typeof inside>[0]) => inside(verb, 0);

describe("dial", () => {
  test("dial calls with every attribute, and in a plain rendering without a ring tone", () => {
    checkAttributes(
      "Dial",
      (attributes) => dial("+1", attributes as Given),
      undefined,
      () => ({ action }),
    );
  });

  test("dial of a number takes every attribute and reports on the other leg", () => {
    checkAttributes(
      "Number",
      (attributes) => dial(number("+1", attributes as Given)),
      first,
      () => ({ statusCallback }),
    );
    expect(inside(rendered(dial("+815012345678")), 0)).toMatchObject({ name: "Number", text: "+815012345678" });
  });

  test("dial of a SIP address takes every attribute and reports on the other leg", () => {
    const address = "sip:desk@example.com";
    checkAttributes(
      "Sip",
      (attributes) => dial(sip(address, attributes as Given)),
      first,
      () => ({ statusCallback }),
    );
    expect(inside(rendered(dial(sip(address))), 0)).toMatchObject({ name: "Sip", text: address });
  });

  test("dial of a client names it, with its parameters", () => {
    const called = inside(rendered(dial(client("ann", { order: "5 & 6" }))), 0);
    expect(called).toMatchObject({ name: "Client", attributes: { statusCallback } });
    expect(called.children.map(({ name, attributes, text }) => [name, attributes, text])).toEqual([
      ["Identity", {}, "ann"],
      ["Parameter", { name: "order", value: "5 & 6" }, ""],
    ]);
    const wrong = { ...client("ann"), attributes: { colour: "red" } } as DialTarget;
    expect(refusalOf(dial(wrong))).toBe(refused("dial: Client has no attribute colour here"));
  });

  test("dial into a conference takes every attribute and reports that the caller has left", () => {
    const ours = { statusCallback, statusCallbackEvent: "leave" };
    checkAttributes(
      "Conference",
      (attributes) => dial(conference("room", attributes as Given)),
      first,
      () => ours,
    );
  });

  test("dial of a queue takes every attribute; its outcome comes to the action URL alone", () => {
    checkAttributes("Queue", (attributes) => dial(queue("support", attributes as Given)), first);
  });

  test("dial of several rings them all, each reporting by itself", () => {
    const called = rendered(dial(["+1", sip("sip:a@example.com"), client("ann")], { sequential: true }));
    expect(called.children.map(({ name, attributes }) => [name, attributes.statusCallback])).toEqual([
      ["Number", statusCallback],
      ["Sip", statusCallback],
      ["Client", statusCallback],
    ]);
  });

  test("dial of nobody, of eleven, of a conference beside a number is refused when the flow loads", () => {
    expect(refusalOf(dial([]))).toBe(refused("dial: calls 1 to 10 at once"));
    expect(refusalOf(dial(Array(10).fill("+1")))).toBe("accepted");
    expect(refusalOf(dial(Array(11).fill("+1")))).toBe(refused("dial: calls 1 to 10 at once"));
    for (const alone of [conference("room"), queue("support")]) {
      expect(refusalOf(dial([alone, "+1"]))).toBe(refused("dial: a conference or a queue stands alone"));
    }
    expect(refusalOf(dial(" "))).toBe(refused("dial: Number has no name or number"));
  });

  test("dial with a URL that is ours to set is refused when the flow loads", () => {
    for (const name of ["url", "statusCallback", "statusCallbackEvent", "method"]) {
      const refusal = refusalOf(dial(number("+1", { [name]: "https://example.com/" })));
      expect(refusal).toBe(refused(`dial: Number has no attribute ${name} here`));
    }
    expect(refusalOf(dial("+1", { action: "https://example.com/" } as Given))).toBe(
      refused("dial: has no attribute action here"),
    );
  });
});

describe("a whisper", () => {
  const heard = whisper([say("A call for you.")], { accept: "1" });

  test("a whisper is a document of its own that whoever is called hears first", () => {
    const all = [
      number("+1", { whisper: heard }),
      sip("sip:a@example.com", { whisper: heard }),
      client("a", {}, { whisper: heard }),
    ];
    const asked = dial(queue("support", { whisper: heard }));
    expect(refusalOf(asked)).toBe(refused("dial: Queue whisper takes no key"));
    for (const target of [...all, queue("support", { whisper: whisper([say("a call")]) })]) {
      expect(inside(rendered(dial(target)), 0).attributes.url).toBe("https://p.example.com/whisper");
      expect(refusalOf(dial(target))).toBe("accepted");
    }
    const silent = rendered(dial(number("+1", { whisper: heard })), { asideUrl: () => undefined });
    expect(inside(silent, 0).attributes).toEqual({ statusCallback });
  });

  test("a whisper with a dial or a record in it, or a key that is none, is refused when the flow loads", () => {
    const with_ = (...args: Parameters<typeof whisper>) => refusalOf(dial(number("+1", { whisper: whisper(...args) })));
    for (const verb of [dial("+2"), record()]) {
      const problem = `dial: whisper: '${verb.verb}' cannot stand in it: only say, play, pause`;
      expect(with_([verb as never])).toBe(refused(problem));
    }
    for (const accept of ["12", "", "a"]) {
      expect(with_([say("x")], { accept })).toBe(refused("dial: whisper: its key is one of 0-9 * #"));
    }
  });
});
