import { randomBytes } from "node:crypto";
import path from "node:path";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import type { Exchange } from "../../rehearsal/exchange.ts";
import { httpExchange } from "../../rehearsal/http-exchange.ts";
import { root } from "../build/bundle.ts";
import { flowsUrlOf, loadFlows, settingsFrom } from "../rehearse/plan.ts";
import { startLegProxy } from "../stack/leg-proxy.ts";
import type { Stack } from "../stack/start-stack.ts";
import { tableCredentials } from "../stack/table.ts";
import { createBreakers } from "./breakers.ts";
import { createCalls } from "./calls.ts";
import { caseLadder } from "./cases.ts";
import { createEventLog } from "./events.ts";
import { drawFlows } from "./flows.ts";
import { buildPage } from "./page-build.ts";
import { loadPrompts } from "./prompts.ts";
import { createRealCalls } from "./real-calls.ts";
import { createRehearsals } from "./rehearsals.ts";
import { startServer } from "./server.ts";

export interface ConsoleOptions {
  /** 0: a free one */
  readonly port: number;
  /** 1 is real time. */
  readonly speed?: number;
  /** Of the time in which a person may answer; default: `speed`. */
  readonly personSpeed?: number;
  /** Module whose flows the stack runs; default: flows/index.ts. */
  readonly flowsModule?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files with log lines of a deployed stack; default: none. */
  readonly logs?: readonly string[];
}

export interface Console {
  readonly url: string;
  readonly token: string;
  /** Each line that a leg writes: its log tells of turns. */
  line(line: string): void;
  stop(): Promise<void>;
}

/** Below its own deadlines, so that slowness alone fails nothing. */
const slowMs = 1_000;
const tableReadMs = 1_000;

/**
 * Serves the page beside a running stack. Its calls reach the legs through networks with faults; the legs' addresses stay what
 * they are, so that signatures and documents are the same as without it.
 * @throws StackError when the port is taken
 */
export async function startConsole(stack: Stack, options: ConsoleOptions): Promise<Console> {
  const token = randomBytes(24).toString("base64url");
  const settings = settingsFrom(options.env);
  const flows = await loadFlows(flowsUrlOf(options.flowsModule));
  const served = flows.filter(({ name }) => name in stack.flows);
  const drawn = await drawFlows(served, settings);
  const [page, prompts] = await Promise.all([
    buildPage(path.join(root, "console"), { token }),
    loadPrompts(path.join(root, "assets", "prompts")),
  ]);
  const bases = { primary: stack.primary.baseUrl, fallback: stack.fallback.baseUrl };
  const proxies = {
    primary: await startLegProxy(() => bases.primary, { slowMs }),
    fallback: await startLegProxy(() => bases.fallback, { slowMs }),
  };
  const log = createEventLog();
  const { primary, tableProxy, table, effects } = stack;
  const breakers = createBreakers({ primary, tableProxy, proxies }, (name, on) =>
    log.tell({ kind: "breaker", atMs: 0, name, on }),
  );
  const store = dynamodbStore({
    table: table.name,
    attemptMs: tableReadMs,
    // behind the table's proxy: what the page shows is what the table holds, whoever can reach it
    client: { endpoint: table.endpoint, region: table.region, credentials: tableCredentials },
  });
  const { speed = 1, personSpeed = speed, logs = [] } = options;
  const calls = createCalls({
    ...{ effects, store, prompts },
    stack: { authToken: stack.authToken, accountSid: stack.accountSid, bases },
    exchange: through(bases, { primary: proxies.primary.baseUrl, fallback: proxies.fallback.baseUrl }),
    sealer: createSealer(stack.sealKeys),
    ...{ speed, personSpeed },
    tell: log.tell,
  });
  const rehearsals = createRehearsals(log.tell, options.flowsModule);
  const stopParts = async () => {
    // a primary that a breaker holds would hold the calls
    await breakers.set("suspend-primary", false);
    // what still waits for an answer gets none: the calls need not wait either
    await Promise.all([calls.stop(), rehearsals.stop(), proxies.primary.stop(), proxies.fallback.stop()]);
  };
  try {
    const ladder = (caseId: string) => caseLadder(flows, settings, caseId, prompts);
    const realCalls = createRealCalls({ env: options.env, logs });
    const parts = { realCalls, calls, breakers, rehearsals, log, flows: drawn, caseLadder: ladder };
    const server = await startServer({ port: options.port, token, page, prompts, log, parts });
    return {
      url: server.url,
      token,
      line: calls.line,
      stop: async () => {
        await server.stop();
        await stopParts();
      },
    };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

/** What is sent to a leg goes to the network before it. The signature is that of the leg's own address. */
function through(
  bases: { readonly primary: string; readonly fallback: string },
  to: { readonly primary: string; readonly fallback: string },
): Exchange {
  return (request) => {
    const leg = (["primary", "fallback"] as const).find((one) => request.url.startsWith(bases[one]));
    if (leg === undefined) return httpExchange(request);
    return httpExchange({ ...request, url: `${to[leg]}${request.url.slice(bases[leg].length)}` });
  };
}
