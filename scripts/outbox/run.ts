import { delivery } from "../../core/outbox-delivery.ts";
import {
  dynamodbOutbox,
  type Listed,
  type OperatorStore,
  type OutboxState,
} from "../../core/stores/dynamodb-outbox.ts";
import { UsageError } from "../command-line.ts";
import { worded } from "../trace/mask.ts";
import { type ApiState, askApi } from "./api.ts";
import type { OutboxArguments } from "./arguments.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Printer {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

interface Letter {
  readonly key: string;
  readonly state: "waiting" | "being delivered" | "in doubt" | "given up";
  readonly tries: number;
  readonly sinceMs: number;
  readonly reason?: string;
}

export interface Status {
  readonly api: ApiState;
  readonly counts: Readonly<Record<"waiting" | "inDoubt" | "givenUp", number>>;
  /** no more than `listedMax` of each kind were asked for: there may be more */
  readonly cut: boolean;
  readonly letters: readonly Letter[];
}

const listedMax = 100;
const states: readonly OutboxState[] = ["open", "in-doubt", "given-up"];

/** The command, once its arguments are read. @returns the exit code. @throws the table client's error */
export async function runOutbox(
  given: OutboxArguments,
  env: Environment,
  nowMs: number,
  { out, err }: Printer,
): Promise<number> {
  const store = storeFrom(env, given.table);
  if (given.command === "status") {
    const status = await statusOf(store, env);
    out(given.json ? JSON.stringify(status) : statusText(status, nowMs));
    return status.counts.inDoubt + status.counts.givenUp > 0 || status.api.kind === "down" ? 1 : 0;
  }
  const { command, key } = given;
  const done = await (command === "retry" ? store.retry(key, nowMs) : store.drop(key, nowMs));
  if (given.json) out(JSON.stringify({ command, done }));
  if (!done) {
    err(
      "outbox: this letter is neither in doubt nor given up: it is waiting, being delivered, or gone. Nothing was changed",
    );
    return 1;
  }
  if (!given.json && command === "drop") out("dropped; it is never sent, and its text is gone");
  if (!given.json && command === "retry") {
    out("it is due now, and sent within a minute. If it was in doubt, it may come to the person a second time");
    const api = await askApi(env);
    if (api.kind === "down") out(apiText(api));
  }
  return 0;
}

function storeFrom(env: Environment, given: string | undefined): OperatorStore {
  const { TABLE_NAME, TABLE_REGION, AWS_REGION, TABLE_ENDPOINT: endpoint } = env;
  const [table, region] = [given ?? TABLE_NAME, TABLE_REGION ?? AWS_REGION];
  if (!table) throw new UsageError("TABLE_NAME is missing: the checkpoint table's name, or --table");
  if (!region) throw new UsageError("TABLE_REGION is missing: the table's AWS Region");
  return dynamodbOutbox({ table, client: { region, ...(endpoint && { endpoint }) } });
}

async function statusOf(store: OperatorStore, env: Environment): Promise<Status> {
  const [api, ...lists] = await Promise.all([askApi(env), ...states.map((state) => store.list(state, listedMax))]);
  const [open = [], inDoubt = [], givenUp = []] = lists;
  return {
    api,
    counts: { waiting: open.length, inDoubt: inDoubt.length, givenUp: givenUp.length },
    cut: lists.some((list) => list.length >= listedMax),
    letters: lists.flat().map(toLetter),
  };
}

function toLetter({ key, state, lease, tries, dueAtMs, reason }: Listed): Letter {
  const open = lease === undefined ? "waiting" : "being delivered";
  const shown = state === "open" ? open : state === "in-doubt" ? "in doubt" : "given up";
  const why = worded(reason);
  return { key, state: shown, tries, sinceMs: dueAtMs, ...(why !== undefined && { reason: why }) };
}

export function apiText(api: ApiState): string {
  switch (api.kind) {
    case "answers":
      return "Twilio's REST API answers.";
    case "down":
      return `Twilio's REST API is DOWN (${api.why}). Calls go on without it; letters wait here and are delivered when it is back.`;
    case "refuses":
      return `Twilio's REST API answers, and refuses the login of this command (${api.why}).`;
    case "not-asked":
      return `Twilio's REST API was not asked: ${api.why}.`;
  }
}

function statusText({ api, counts, cut, letters }: Status, nowMs: number): string {
  const { waiting, inDoubt, givenUp } = counts;
  const lines = letters.map(({ key, state, tries, sinceMs, reason = "" }) => {
    const when = sinceMs > nowMs ? `in ${spanOf(sinceMs - nowMs)}` : `since ${spanOf(nowMs - sinceMs)}`;
    return `  ${state.padEnd(15)} ${when.padEnd(12)} ${String(tries).padStart(2)} tries  ${key}  ${reason}`.trimEnd();
  });
  return [
    apiText(api),
    `${waiting} waiting, ${inDoubt} in doubt, ${givenUp} given up${cut ? ` (the oldest ${listedMax} of a kind are shown)` : ""}`,
    ...lines,
    ...(inDoubt > 0
      ? ["In doubt: look in Twilio's log of messages or calls first. Is it there: drop KEY; is it not: retry KEY."]
      : []),
    ...(waiting > 0
      ? [`A letter that waits is tried again after ${delivery.delayMaxMs / 60_000} minutes at most.`]
      : []),
  ].join("\n");
}

function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
