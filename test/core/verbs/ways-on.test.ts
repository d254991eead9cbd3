import { expect, test } from "vitest";
import { hangup, raw, redirect, refer, reject, say, sms } from "../../../core/verb-builders.ts";
import { actionUrl } from "../../../core/verbs.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

test("refer hands a SIP call over, and tells how that went", () => {
  const verb = rendered(refer("sip:desk@example.com"));
  expect(verb).toMatchObject({ name: "Refer", attributes: { action: "https://p.example.com/refer/0" } });
  expect(inside(verb, 0)).toMatchObject({ name: "Sip", text: "sip:desk@example.com" });
});

test("refer to what is no SIP address is refused when the flow loads", () => {
  expect(refusalOf(refer("sips:desk@example.com;transport=tls"))).toBe("accepted");
  for (const to of ["+815012345678", "sip:", "sip:a b", ""]) {
    expect(refusalOf(refer(to))).toBe(refused("refer: goes to a SIP address, like sip:desk@example.com"));
  }
});

test("sms sends a text in the caller's language, with every attribute", () => {
  const action = "https://p.example.com/sms/0";
  checkAttributes(
    "Sms",
    (attributes) => sms("Hello.", attributes as Given),
    undefined,
    () => ({ action }),
  );
  expect(rendered(sms({ en: "Hello.", ja: "もしもし。" }), { language: "ja" }).text).toBe("もしもし。");
});

test("sms without a text in a language is refused when the flow loads", () => {
  expect(refusalOf(sms({ en: "Hello." } as never))).toBe(refused("sms: has no text in this language"));
});

test("hangup ends the call", () => {
  expect(rendered(hangup())).toMatchObject({ name: "Hangup", attributes: {}, children: [], text: "" });
});

test("reject refuses the call for its reason", () => {
  checkAttributes("Reject", (attributes) => ({ verb: "reject", attributes: attributes as Given }));
  expect([rendered(reject()), rendered(reject("busy"))].map(({ attributes }) => attributes.reason)).toEqual([
    "rejected",
    "busy",
  ]);
});

test("redirect leaves the flow for an absolute URL", () => {
  const url = "https://example.com/next?a=1&b=2";
  expect(rendered(redirect(url))).toMatchObject({ name: "Redirect", attributes: {}, text: url });
});

test("redirect to a relative URL is refused when the flow loads", () => {
  for (const url of ["/next", "next", "", "example.com/next", "mailto:a@example.com"]) {
    expect(refusalOf(redirect(url))).toBe(refused("redirect: goes to an absolute URL"));
  }
});

test("raw is any element with its children; actionUrl becomes the action URL of this turn", () => {
  const room = raw("Room", { participantIdentity: "ann" }, "daily");
  const verb = rendered(raw("Connect", { action: actionUrl, deep: true, count: 2 }, room));
  expect(verb.attributes).toEqual({ action: "https://p.example.com/raw/0", deep: "true", count: "2" });
  expect(inside(verb, 0)).toMatchObject({ name: "Room", attributes: { participantIdentity: "ann" }, text: "daily" });
});

test("raw under a name that is none is refused when the flow loads", () => {
  for (const name of ["a b", "", "<Say>", "1st"]) {
    expect(refusalOf(raw(name))).toBe(refused(`raw: '${name}' is no name of an element or attribute`));
    expect(refusalOf(raw("Say", { [name]: 1 }))).toContain(`raw: '${name}' is no name`);
  }
  expect(refusalOf(raw("Say", {}, raw("a b")), say("x"))).toContain("raw: 'a b' is no name");
});
