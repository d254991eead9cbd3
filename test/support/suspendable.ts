import { randomBytes } from "node:crypto";
import type { TestContext } from "vitest";
import type { CallRecord, Intercept, OutgoingRequest } from "../../rehearsal/call-record.ts";
import type { Caller } from "../../rehearsal/caller-script.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { failed, type Reply } from "../../rehearsal/reply.ts";
import { answering, type TestStack, testStack, usual } from "./stack.ts";
import { eventsOf, nextEvent, suspend } from "./suspended.ts";
import { type Held, tableReader } from "./table-item.ts";
import { type TablePerCall, tablePerCall } from "./table-per-call.ts";

interface Line {
  readonly stack: TestStack;
  readonly tables: TablePerCall;
}
const idle: Line[] = [];
const all: Line[] = [];

async function startLine(): Promise<Line> {
  const tables = await tablePerCall();
  const stack = await testStack({ env: { TABLE_ENDPOINT: tables.url } });
  tables.use(stack.table);
  const line = { stack, tables };
  all.push(line);
  return line;
}

export async function stopLines(): Promise<void> {
  for (const { stack, tables } of all.splice(0)) {
    await stack.stop();
    await tables.stop();
  }
}

/** A stack whose primary can be suspended, and one caller on it; another test gets the stack when this one is over. */
export async function suspendable({ onTestFinished }: TestContext) {
  const line = idle.pop() ?? (await startLine());
  const { stack, tables } = line;
  onTestFinished(() => {
    stack.primary.resume();
    idle.push(line);
  });
  const read = tableReader(stack);
  const callSid = `CA${randomBytes(16).toString("hex")}`;
  const { primary } = stack;
  const place = (flow: keyof typeof usual, options: { script?: Caller; intercept: Intercept }) => {
    const urls = stack.flows[flow];
    if (urls === undefined) throw new Error(`the stack lacks ${flow}`);
    const { authToken, accountSid } = stack;
    return placeCall({ ...urls, authToken, accountSid, callSid, script: answering(usual[flow]), ...options });
  };
  return {
    stack,
    tables,
    read: () => read(callSid),
    callSid,
    place,
    /** Resolves when the primary has been suspended after the outside service did an effect, before its answer. */
    suspendedAfterEffect: () =>
      new Promise<void>((resolve) => {
        const remove = stack.effects.onRequest(async (phase, call) => {
          if (phase !== "after" || call.callSid !== callSid) return;
          remove();
          await suspend(primary);
          resolve();
        });
      }),
    /** Wakes the primary and waits until it has finished what it was doing. */
    wake: async () => {
      const before = eventsOf(primary, callSid).length;
      primary.resume();
      return nextEvent(primary, callSid, before);
    },
  };
}
type Suspendable = Awaited<ReturnType<typeof suspendable>>;

/** Twilio loses the connection at once, long before its own timeout. */
export const connectionLost = failed(11205, "connection reset", "other");

/** First 1, and when the color is asked again 2: so it is heard whose answer counts. */
export function changingMind(): Caller {
  let asked = 0;
  return ({ heard }) => {
    const isColor = heard.join(" ").includes("color?");
    if (isColor) asked += 1;
    return { kind: "digits", digits: isColor && asked > 1 ? "2" : "1" };
  };
}

/** How long Twilio waited for the primary at webhook `index`. */
export function waitedMs(call: CallRecord, index: number): number {
  const request = call.requests.find((one) => one.index === index && isWebhook(one));
  return request === undefined ? 0 : request.endedAtMs - request.startedAtMs;
}

interface Moments {
  /** brings the primary to a stop with webhook `index` in its hands; `send` sends it */
  readonly stop: (send: () => void) => Promise<void>;
  /** after the fallback has answered in its place */
  readonly afterwards: () => Promise<void>;
  readonly lostAtOnce?: boolean;
}

/** The primary is suspended in webhook `index`; the fallback answers that webhook; `afterwards` is before anything follows. */
export function suspendedIn(index: number, { stop, afterwards, lostAtOnce = false }: Moments): Intercept {
  return async (request, send) => {
    if (request.index === index && request.isFallback) {
      const reply = await send();
      await afterwards();
      return reply;
    }
    if (request.index !== index || !isWebhook(request)) return send();
    let answer: Promise<Reply> = Promise.resolve(connectionLost);
    await stop(() => {
      answer = send();
    });
    return lostAtOnce ? connectionLost : answer;
  };
}

/** What the fallback wrote, and what is there after the zombie woke up and did what it does. */
export function aroundWaking(on: Suspendable) {
  const seen: { before?: Held; after?: Held; event?: string | undefined } = {};
  return {
    seen,
    wake: async (late?: () => Promise<void>) => {
      seen.before = await on.read();
      seen.event = await on.wake();
      await late?.();
      seen.after = await on.read();
    },
  };
}

/** A request for TwiML that goes to the leg where the call is. */
export const isWebhook = ({ kind }: Pick<OutgoingRequest, "kind">): boolean =>
  kind === "voice" || kind === "action" || kind === "redirect";
