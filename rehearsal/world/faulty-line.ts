import { verbIn } from "../../core/input.ts";
import type { Exchange, ExchangeRequest } from "../exchange.ts";
import { failed, type Reply, refused } from "../reply.ts";
import type { Handled, Handlers } from "./handlers.ts";
import type { LegName, LegReply } from "./leg.ts";
import type { EndNews } from "./rehearsed-call.ts";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";
import type { VirtualTime } from "./virtual-time.ts";

const audio: Reply = { kind: "answer", status: 200, headers: { "content-type": "audio/mpeg" }, body: "audio" };
const goodbye = "<Response><Hangup/></Response>";
const xml = "text/xml; charset=utf-8";
/** [D ERR 11750] */
const oversize = `<?xml version="1.0" encoding="UTF-8"?><Response><!--${" ".repeat(66_000)}--></Response>`;
/** Later than the turn in which it was sent, sooner than the call's end. */
const turnsLaterMs = 25_000;

/** The network between Twilio and the legs, in this process, with faults on it. */
export function faultyLine(world: {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly handlers: Handlers;
  readonly time: VirtualTime;
  /** Does the table know the outcome of a turn? */
  readonly outcomeStored: (turn: number) => boolean;
  /** Told of each fallback request, and of the URL that was asked for last before it. */
  readonly onFallback: (failedUrl: string, params: Readonly<Record<string, string>>) => void;
  /** How many writes of the call the table has taken. */
  readonly writeCount: () => number;
  /** The turn that the table is at. */
  readonly turnStored: () => number | undefined;
}): { readonly exchange: Exchange; readonly digest: () => string | undefined } {
  const { stage, scene, handlers, time } = world;
  const lateStatuses: (() => Promise<unknown>)[] = [];
  const deadHosts = new Set<LegName>();

  let lastUrl = "";
  let lastKind: ExchangeRequest["kind"];
  const besideNow = () => lastKind === "whisper" || lastKind === "wait";

  const exchange: Exchange = async (request) => {
    const url = stage.urls.parse(request.url);
    if (url === undefined) return failed(11210, "unknown host", "ct");
    const resuming = request.kind === "fallback";
    if (resuming) world.onFallback(lastUrl, request.params);
    else if (request.kind !== "status") lastUrl = request.url;
    if (!resuming && request.kind !== "status" && request.kind !== "media") lastKind = request.kind;
    if (request.kind !== "status") scene.enter(request.kind ?? "action", url.leg, resuming);
    switch (request.kind) {
      case "media":
        return media(request, url.leg);
      case "status":
        return status(request, url.leg);
      default: {
        const reply = await webhook(request, url.leg, resuming);
        for (const deliver of lateStatuses.splice(0)) await deliver();
        return reply;
      }
    }
  };

  async function media(request: ExchangeRequest, leg: LegName): Promise<Reply> {
    if (deadHosts.has(leg)) return failed(11202, "ECONNREFUSED", "ct");
    switch (scene.meet("media", leg)) {
      case "-":
        return audio;
      case "status-404":
        return answer(404, "text/plain", "not found");
      case "refused":
        return failed(11202, "ECONNREFUSED", "ct");
      case "hang":
        return hang(request);
      case "wrong-type":
        return answer(200, "text/html", "<html></html>");
      case "host-down":
        deadHosts.add(leg);
        return failed(11202, "ECONNREFUSED", "ct");
    }
  }

  async function status(request: ExchangeRequest, leg: LegName): Promise<Reply> {
    const isEnd = stage.urls.parse(request.url)?.sealed === undefined;
    const deliver = hearing("status", request, () => handlers.run(leg, request.url, request.params), isEnd);
    const outage = scene.outage(leg);
    if (outage !== undefined) return fail(outage, request);
    switch (scene.meet("status", leg)) {
      case "-":
        return settle(request, (await deliver()).reply);
      case "lost":
        return failed(11205, "lost", "final");
      case "late":
        lateStatuses.push(deliver);
        return answer(200, xml, "<Response/>");
      case "at-the-end":
        void time.sleep(turnsLaterMs).then(deliver);
        return answer(200, xml, "<Response/>");
      case "twice":
        await deliver();
        return settle(request, (await deliver()).reply);
    }
  }

  async function webhook(request: ExchangeRequest, leg: LegName, resuming: boolean): Promise<Reply> {
    scene.countRequest();
    const outage = scene.outage(leg);
    if (outage !== undefined) return fail(outage, request);
    const turn = scene.here()?.turn ?? 0;
    // known before the handler reads: what comes while it reads may come too late for it
    const stored = resuming && world.outcomeStored(turn);
    const before = resuming ? world.turnStored() : undefined;
    const handle = hearing("request", request, () => handlers.run(leg, request.url, request.params));
    /** Twilio receives what the handler answered. */
    const receive = ({ reply, misread }: Handled): Reply | Promise<Reply> => {
      // whoever loses a document beside the call loses no answer
      if (resuming && !besideNow()) noteUntold(request.params, turn, before, misread || !stored);
      if (typeof reply !== "string" && reply.answer?.kind === "document") {
        const list = reply.answer.outcome === "aside" ? scene.asides : scene.given;
        list.push({ leg, answer: reply.answer, resuming, atMs: time.nowMs() });
      }
      scene.wakeForAnswer();
      return reply === "stopped" ? hang(request) : toReply(reply);
    };
    const instead = async (made: (reply: LegReply) => Reply): Promise<Reply> => {
      const { reply } = await handle();
      scene.wakeForAnswer();
      if (reply === "stopped") return hang(request);
      return reply === "died" || reply.status !== 200 ? toReply(reply) : made(reply);
    };
    switch (scene.meet(resuming ? "fallback" : "request", leg)) {
      case "-":
        return receive(await handle());
      case "refused":
        return failed(11202, "ECONNREFUSED", "ct");
      case "dns":
        return failed(11210, "ENOTFOUND", "ct");
      case "tls":
        return failed(11220, "TLS handshake failed", "ct");
      case "no-connection":
        await time.sleep(request.connectTimeoutMs);
        return failed(11201, "connect timeout", "ct");
      case "hang":
        return hang(request);
      case "status-404":
        return answer(404, "text/plain", "not found");
      case "status-429":
        return answer(429, "text/plain", "slow down");
      case "status-500":
        return answer(500, "text/plain", "error");
      case "gateway-502":
        return answer(502, "text/html", "<html></html>");
      case "redirect-loop":
        return refused(11215, "more than 10 redirects");
      case "answer-lost":
        return instead(() => failed(11205, "ECONNRESET", "other"));
      case "answer-late":
        await handle();
        scene.wakeForAnswer();
        return hang(request);
      case "answer-cut":
        return instead(() => failed(11205, "answer cut short", "final"));
      case "gateway-502-after":
        return instead(() => answer(502, "text/html", "<html></html>"));
      case "empty":
        return instead(() => answer(200, xml, ""));
      case "truncated":
        return instead(({ body }) => answer(200, xml, body.slice(0, body.length >> 1)));
      case "malformed":
        return instead(({ body }) => answer(200, xml, body.replace("</Response>", "&</Response>")));
      case "wrong-type":
        return instead(({ body }) => answer(200, "application/json", body));
      case "oversize":
        return instead(() => answer(200, xml, oversize));
      case "slow": {
        const handled = await handle();
        await time.sleep(request.readTimeoutMs - 1);
        return receive(handled);
      }
      case "twice":
        await handle();
        return receive(await handle());
      case "at-once": {
        const [, second] = await Promise.all([handle(), handle()]);
        return receive(second);
      }
      case "late-beside":
        await hang(request);
        void handle();
        return failed(11205, "read timeout", "rt");
      case "late-behind":
        void scene.stop("next-answer").then(handle);
        return hang(request);
      case "late-turn":
        void scene.stop("turns-later").then(handle);
        return hang(request);
      case "hung-up-before":
        scene.hangUp();
        return answer(200, xml, goodbye);
      case "hung-up-after":
        await handle();
        scene.hangUp();
        return answer(200, xml, goodbye);
      case "down":
        scene.goDown(leg, "refused");
        return fail("refused", request);
      case "hangs":
        scene.goDown(leg, "hang");
        return fail("hang", request);
      case "flaps":
        scene.goDown(leg, "flaps");
        return fail(scene.outage(leg) ?? "refused", request);
      case "deployed":
        scene.deployed.add("primary").add("fallback");
        return receive(await handle());
      case "deployed-fallback":
        scene.deployed.add("fallback");
        return receive(await handle());
    }
  }

  /** Notes that a leg is told of the call's end, where the flow asks for that. */
  function hearing(
    by: EndNews["by"],
    { params }: ExchangeRequest,
    handle: () => Promise<Handled>,
    isEnd = true,
  ): () => Promise<Handled> {
    const status = params.CallStatus;
    if (stage.flow.ended === undefined || status !== "completed" || !isEnd) return handle;
    return async () => {
      const news: EndNews = { by, status, atMs: time.nowMs(), writes: world.writeCount(), isTaken: false };
      scene.ends.push(news);
      const handled = await handle();
      const { reply } = handled;
      if (typeof reply === "string" || reply.status !== 200) return handled;
      news.isTaken = true;
      // an action request takes its turn before the call is over
      if (reply.answer?.kind === "document" && reply.answer.saved) news.writes = Math.max(1, world.writeCount());
      return handled;
    };
  }

  /**
   * Notes turns whose outcome neither the request nor the table could tell: that of the document the caller heard; and
   * where nothing names the URL that failed (rule 7), that of the document in the table, which may never have been heard.
   */
  function noteUntold(
    params: Readonly<Record<string, string>>,
    turn: number,
    stored: number | undefined,
    unstored: boolean,
  ): void {
    const isNamed = stage.urls.parse(params.ErrorUrl ?? "")?.sealed !== undefined;
    const verb = verbIn(new Map(Object.entries(params)));
    const told = verb !== undefined && verb !== "gather";
    if (unstored && (!told || !isNamed)) scene.untold.add(turn);
    if (isNamed || params.Digits !== undefined || params.SpeechResult !== undefined) return;
    // the table may have moved while the fallback answered
    for (let at = stored ?? 1; at <= (world.turnStored() ?? 0); at += 1) scene.untold.add(at);
  }

  const settle = (request: ExchangeRequest, reply: Handled["reply"]): Reply | Promise<Reply> =>
    reply === "stopped" ? hang(request) : toReply(reply);

  async function hang(request: ExchangeRequest): Promise<Reply> {
    await time.sleep(Math.min(request.readTimeoutMs, request.totalTimeoutMs));
    return failed(11205, `read timeout after ${request.readTimeoutMs} ms`, "rt");
  }

  function fail(how: "refused" | "hang", request: ExchangeRequest): Promise<Reply> | Reply {
    return how === "hang" ? hang(request) : failed(11202, "ECONNREFUSED", "ct");
  }

  // a status callback that is still to be delivered will change the table
  const digest = () => (lateStatuses.length > 0 ? undefined : [...deadHosts].join(" "));
  return { exchange, digest };
}

function answer(status: number, contentType: string, body: string): Reply {
  return { kind: "answer", status, headers: { "content-type": contentType }, body };
}

/** A process that died is a 502 of its gateway. */
function toReply(reply: LegReply | "died"): Reply {
  return reply === "died"
    ? answer(502, "text/html", "<html></html>")
    : answer(reply.status, reply.contentType, reply.body);
}
