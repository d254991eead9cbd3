import { createUrls } from "../../core/action-url.ts";
import type { Answer } from "../../core/answer.ts";
import type { CheckpointStore, Item } from "../../core/checkpoint-store.ts";
import type { Engine } from "../../core/engine.ts";
import type { Flow } from "../../core/flow.ts";
import { takeStatus } from "../../core/outcome.ts";
import { createSealer } from "../../core/seal.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import { resumeTurn, takeTurn } from "../../core/turn.ts";
import { toVoiceRequest, type VoiceRequest } from "../../core/voice-request.ts";
import { parseTwiml } from "../../rehearsal/twiml-document.ts";
import { fakeClock } from "./clock.ts";
import { gatedStore } from "./gate.ts";

export const callSid = `CA${"0".repeat(31)}1`;
export const sealKeys = `k1:${Buffer.alloc(32, 1).toString("base64")}`;
const bases = { primary: "https://primary.example.com", fallback: "https://fallback.example.com" };

/** A document as a caller meets it. */
export interface Heard {
  readonly answer: Answer;
  readonly twiml: string;
  /** the texts said, the prompts played */
  readonly said: string[];
  /** URLs in the order in which they stand in the document, without their overrides */
  readonly actions: string[];
  readonly media: string[];
}

/** Both legs in this process over one memory table, each request a plain function call. */
export function twoLegs(flow: Flow, settings: Readonly<Record<string, string>> = {}) {
  const memory = memoryStore();
  const gates = { primary: gatedStore(memory), fallback: gatedStore(memory) };
  const clock = fakeClock();
  const urls = createUrls(bases);
  let tokens = 0;
  const engine = (leg: "primary" | "fallback", store: CheckpointStore): Engine => ({
    leg,
    flows: new Map([[flow.name, flow]]),
    store,
    sealer: createSealer(sealKeys),
    urls,
    clock,
    log: () => {},
    newToken: () => `t${++tokens}`,
    build: "test",
    settings,
    tableBudgetMs: 1_000,
  });
  const primary = engine("primary", gates.primary.store);
  const fallback = engine("fallback", gates.fallback.store);

  const requestOf = (params: Record<string, string>): VoiceRequest => {
    const request = toVoiceRequest(new Map(Object.entries({ CallSid: callSid, From: "+815011112222", ...params })));
    if ("kind" in request) throw new Error(request.reason);
    return request;
  };

  return {
    primary,
    fallback,
    gates,
    clock,
    voiceUrl: urls.voice(flow.name),
    /** asks a URL of either leg, as Twilio would */
    async ask(url: string, params: Record<string, string> = {}): Promise<Heard> {
      const parsed = urls.parse(url);
      if (parsed === undefined) throw new Error(`not a URL of ours: ${url}`);
      return heard(await takeTurn(parsed.leg === "primary" ? primary : fallback, requestOf(params), parsed));
    },
    /** a status callback about a leg that the call dialled */
    async status(url: string, params: Record<string, string>): Promise<void> {
      const parsed = urls.parse(url);
      if (parsed === undefined) throw new Error(`not a URL of ours: ${url}`);
      const { leg, sealed } = parsed;
      await takeStatus(
        leg === "primary" ? primary : fallback,
        requestOf({ ParentCallSid: callSid, ...params }),
        sealed,
      );
    },
    /** the number's status callback at the end of a call, heard by a leg */
    ends(leg: "primary" | "fallback", params: Record<string, string> = {}) {
      const engine = leg === "primary" ? primary : fallback;
      return takeStatus(engine, requestOf({ CallStatus: "completed", ...params }), undefined);
    },
    /** tells the fallback that a URL failed */
    fail(errorUrl: string, params: Record<string, string> = {}): Promise<Heard> {
      return this.failAt(urls.fallback(flow.name), errorUrl, params);
    },
    /** the same, for a call with a fallback URL of its own */
    async failAt(fallbackUrl: string, errorUrl: string, params: Record<string, string> = {}): Promise<Heard> {
      const own = urls.parse(fallbackUrl);
      if (own === undefined) throw new Error("no fallback URL");
      const given = { ErrorCode: "11200", ErrorUrl: errorUrl.replace(/#.*/, ""), ...params };
      return heard(await resumeTurn(fallback, requestOf(given), own));
    },
    async item(of = callSid): Promise<Item> {
      const read = await memory.read(of, { nowMs: 0, withinMs: 1 });
      if (read.kind !== "found") throw new Error("no item");
      return read.item;
    },
  };
}

export type Legs = ReturnType<typeof twoLegs>;

/** Reads an answer as a caller hears it. */
export function heard(answer: Answer): Heard {
  if (answer.kind === "failed") return { answer, twiml: "", said: [], actions: [], media: [] };
  const parsed = parseTwiml(answer.twiml);
  if (parsed.kind !== "twiml") throw new Error(`not TwiML: ${answer.twiml}`);
  const said: string[] = [];
  const actions: string[] = [];
  const media: string[] = [];
  const visit = (element: typeof parsed.root): void => {
    if (element.name === "Say") said.push(element.text);
    if (element.name === "Play") media.push(element.text);
    if (element.name === "Redirect") actions.push(element.text);
    const { action } = element.attributes;
    if (action !== undefined) actions.push(action);
    for (const child of element.children) visit(child);
  };
  visit(parsed.root);
  return { answer, twiml: answer.twiml, said, actions, media };
}

/** The one action URL that a test means. */
export function action(document: Heard, index = 0): string {
  const url = document.actions[index];
  if (url === undefined) throw new Error(`no action URL ${index} in ${document.twiml}`);
  return url;
}
