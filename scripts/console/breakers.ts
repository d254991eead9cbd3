import type { BreakerName, Breakers } from "../../console/protocol.ts";
import { breakerNames } from "../../console/protocol.ts";
import type { LegProxy, RequestLine } from "../stack/leg-proxy.ts";
import type { SocketFault } from "../stack/socket-fault.ts";
import type { Stack } from "../stack/start-stack.ts";

export interface BreakerBoard {
  now(): Breakers;
  /** Rejects when the primary cannot be started again. */
  set(name: BreakerName, on: boolean): Promise<void>;
}

/** What the breakers break: the legs, the networks in front of them, and the one in front of the table. */
export interface Breakable {
  readonly primary: Stack["primary"];
  readonly tableProxy: Stack["tableProxy"];
  readonly proxies: { readonly primary: LegProxy; readonly fallback: LegProxy };
}

const isMedia = ({ target }: RequestLine) => /^\/(media|prompts)\//.test(target);
const isStatus = ({ target }: RequestLine) => /^\/status/.test(target);
const isTwiml = (line: RequestLine) => !isMedia(line) && !isStatus(line);

/** @param told of every change, also of a breaker that goes off by itself */
export function createBreakers(
  { primary, tableProxy, proxies }: Breakable,
  told: (name: BreakerName, on: boolean) => void,
): BreakerBoard {
  const state = Object.fromEntries(breakerNames.map((name) => [name, false])) as Record<BreakerName, boolean>;
  let changing: Promise<void> = Promise.resolve();
  const put = (name: BreakerName, on: boolean) => {
    if (state[name] === on) return;
    state[name] = on;
    told(name, on);
  };
  /** Strikes one request, then the breaker is off again. */
  const once = (name: BreakerName, meets: (line: RequestLine) => boolean) => (line: RequestLine) => {
    const strikes = state[name] && meets(line);
    if (strikes) put(name, false);
    return strikes;
  };
  const faults: readonly [legs: readonly ("primary" | "fallback")[], (line: RequestLine) => boolean, SocketFault][] = [
    [["fallback"], () => state["cut-fallback"], "reset-before"],
    [["primary", "fallback"], once("lose-next-answer", isTwiml), "reset-after"],
    [["primary", "fallback"], once("fail-next-media", isMedia), "status-404"],
    [["primary", "fallback"], once("duplicate-next", isTwiml), "duplicate"],
    [["primary", "fallback"], () => state.slow, "slow"],
  ];
  for (const [legs, where, fault] of faults) for (const leg of legs) proxies[leg].setFault(where, fault);

  const apply = async (name: BreakerName, on: boolean): Promise<void> => {
    if (state[name] === on) return;
    if (name === "kill-primary") {
      if (on) {
        primary.kill();
        await primary.exited;
        put("suspend-primary", false);
      } else await primary.restart();
    }
    if (name === "suspend-primary") {
      if (state["kill-primary"]) return;
      if (on) primary.suspend();
      else primary.resume();
    }
    if (name === "stop-table") {
      if (on) tableProxy?.fault("refuse");
      else tableProxy?.clear();
    }
    put(name, on);
  };
  return {
    now: () => ({ ...state }),
    set: (name, on) => {
      const done = changing.then(() => apply(name, on));
      // one after the other: whoever kills and restarts at once gets both
      changing = done.catch(() => {});
      return done;
    },
  };
}
