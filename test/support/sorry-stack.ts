import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import { type CallOptions, placeCall } from "../../rehearsal/place-call.ts";
import { type SsmServer, startSsm } from "../../scripts/check-deploy/ssm-server.ts";
import { answering, lastWords, type TestStack, testStack, usual } from "./stack.ts";

type LegName = "primary" | "fallback";

/**
 * A stack whose legs have their own switches of sorry mode, turned in the ways in which they are turned in the clouds: a parameter in
 * SSM's parameter store, variables of a service.
 */
export async function sorryStack() {
  const parameter = "/test/sorry";
  const ssm: SsmServer = await startSsm();
  const env = { AWS_ENDPOINT_URL_SSM: ssm.url, SORRY_PARAMETER: parameter };
  const stack: TestStack = await testStack({ env });

  /** Turns the switches; nothing else happens, and a primary that runs finds it when it looks again. */
  async function turn(word: "on" | "off", legs: readonly LegName[] = ["primary", "fallback"], more: object = {}) {
    if (legs.includes("primary")) ssm.put(parameter, `${word} ${JSON.stringify({ ...more, say: texts })}`);
    if (!legs.includes("fallback")) return;
    const SORRY = `${word} ${JSON.stringify(more)}`;
    await stack.fallback.setVariables({ SORRY_EN: texts.en, SORRY_JA: texts.ja, SORRY });
  }
  return {
    stack,
    ssm,
    turn,
    /** All is well, and both legs know their switch: a primary that starts reads it. */
    async begin(word: "on" | "off", more: object = {}): Promise<void> {
      stack.tableProxy.clear();
      await turn(word, undefined, more);
      await stack.primary.restart();
    },
    call(over: Partial<CallOptions> = {}): Promise<CallRecord> {
      const { authToken, accountSid, flows } = stack;
      if (flows.four === undefined) throw new Error("the stack lacks four");
      return placeCall({ ...flows.four, authToken, accountSid, script: answering(usual.four), ...over });
    },
    async killPrimary(): Promise<void> {
      stack.primary.kill();
      await stack.primary.exited;
    },
    async stop(): Promise<void> {
      await stack.stop();
      await ssm.stop();
    },
  };
}
export type SorryStack = Awaited<ReturnType<typeof sorryStack>>;

const texts = { en: "The line is closed.\nBack at five.", ja: "ただいま閉まっております。" };
export const words = "The line is closed. Back at five.";

export const toldSorry = (one: CallRecord) => one.heard.join(" ") === words;
export const finished = (one: CallRecord) => /^color 2, told R-\w+, bye$/.test(lastWords(one));

/** Calls that stand in the middle, at their third webhook, until they are let on. */
export function heldCalls({ call }: SorryStack, count: number) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let standing = 0;
  const intercept: Intercept = async (request, go) => {
    if (request.index === 2 && !request.isFallback && request.kind !== "status") {
      standing += 1;
      await opened;
    }
    return go();
  };
  const calls = Promise.all(Array.from({ length: count }, () => call({ intercept })));
  return { calls, standing: () => standing, open: () => open() };
}
