import { afterAll, beforeAll, beforeEach } from "vitest";
import type { ModelWorld } from "../../../rehearsal/model/flow-model.ts";

/**
 * An outside service in the place of `fetch`, for all tests of a file: it binds keys to their arguments, and its
 * references depend on what was asked.
 */
export function outside() {
  const given = globalThis.fetch;
  const byKey = new Map<string, string>();
  let seen: string[] = [];
  let refuses = false;
  beforeAll(() => {
    globalThis.fetch = async (input, init) => {
      const { idempotencyKey, ...asked } = JSON.parse(String(init?.body));
      const text = `${new URL(String(input)).pathname} ${JSON.stringify(asked)}`;
      if (refuses) return new Response("no", { status: 500 });
      if ((byKey.get(idempotencyKey) ?? text) !== text) return new Response("key used", { status: 409 });
      if (!byKey.has(idempotencyKey)) seen.push(text);
      byKey.set(idempotencyKey, text);
      return Response.json({ reference: `R${text.length}` });
    };
  });
  afterAll(() => {
    globalThis.fetch = given;
  });
  const takeEffects = () => {
    const taken = seen;
    seen = [];
    byKey.clear();
    return taken;
  };
  beforeEach(() => {
    refuses = false;
    takeEffects();
  });
  return {
    settings: { BOOKINGS_URL: "http://bookings.invalid", SHIPPING_URL: "http://shipping.invalid" },
    takeEffects,
    refuse: () => {
      refuses = true;
    },
    /** @param doubted names of the effects of which nobody learns what became of them */
    world: (...doubted: string[]): ModelWorld => ({
      settings: { BOOKINGS_URL: "http://bookings.invalid", SHIPPING_URL: "http://shipping.invalid" },
      call: { sid: `CA${"0".repeat(31)}1`, from: "+815011112222", to: "" },
      runEffect: (effect) => (doubted.includes(effect) ? "doubt" : "done"),
      takeEffects,
    }),
  };
}
