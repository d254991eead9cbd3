import type { Media } from "../../core/index.ts";
import { isSorryOn, type SorrySwitch } from "../../core/sorry-switch.ts";
import { readRestError } from "../twilio/rest.ts";
import type { SorryArguments } from "./arguments.ts";
import { LegError, type LegSwitch } from "./legs.ts";
import { switchOf, toStored } from "./switch.ts";

export interface SorryContext {
  /** or why there is none */
  readonly legs: Readonly<Record<"primary" | "fallback", LegSwitch | string>>;
  readonly catalogue: Readonly<Record<string, Media>>;
  readonly authToken: string | undefined;
  readonly nowMs: number;
  readonly print: (line: string) => void;
}

const legNames = ["primary", "fallback"] as const;
const switchPlaces = { primary: "SSM parameter", fallback: "service's variable SORRY" };
type Reached<T> = { readonly kind: "reached"; readonly value: T } | { readonly kind: "lost"; readonly why: string };

/** Does what the arguments ask, on both legs. @returns the exit code: 0 when both were reached and agree. @throws UsageError */
export async function runSorry(given: SorryArguments, context: SorryContext): Promise<number> {
  const { catalogue, authToken, nowMs, print } = context;
  if (given.command !== "status") {
    const { message, reason, audio } = given.words;
    const prepares = audio !== undefined || Object.keys({ ...message, ...reason }).length > 0;
    const wanted = given.command === "on" || prepares ? switchOf(given, catalogue, authToken, nowMs) : undefined;
    const stored = wanted && toStored(wanted);
    const written = await both(context, async (leg) => void (await leg.write(stored)));
    for (const name of legNames) {
      print(`${name.padEnd(8)}  ${writtenText(written[name], given.command, name)}`);
      if (written[name].kind === "lost") print(`          by hand: set the ${switchPlaces[name]} to ${given.command}`);
    }
    if (given.command === "on" && wanted !== undefined) {
      print(`          ${describe(wanted, nowMs)}`);
      for (const line of saidLines(wanted)) print(`          ${line}`);
      if (wanted.untilMs === undefined) print("          no end is set: it stays until npm run sorry -- off");
    }
    return exitOf(written);
  }
  const read = await both(context, (leg) => leg.read());
  for (const name of legNames) {
    const state = read[name];
    print(`${name.padEnd(8)}  ${state.kind === "lost" ? `NOT REACHED: ${state.why}` : describe(state.value, nowMs)}`);
    if (state.kind === "reached") for (const line of saidLines(state.value)) print(`          ${line}`);
  }
  const { primary, fallback } = read;
  if (primary.kind === "lost" || fallback.kind === "lost") return 1;
  const [one, other] = [primary.value, fallback.value].map((sorry) => {
    const said = sorry !== undefined && isSorryOn(sorry, nowMs) ? saidLines(sorry) : [];
    return [describe(sorry, nowMs), ...said].join("\n");
  });
  const agree = one === other;
  if (!agree) print("the legs differ: whoever fails over hears something else; turn it on or off again");
  return agree ? 0 : 1;
}

async function both<T>({ legs }: SorryContext, work: (leg: LegSwitch) => Promise<T>) {
  const one = async (leg: LegSwitch | string): Promise<Reached<T>> => {
    if (typeof leg === "string") return { kind: "lost", why: leg };
    return work(leg).then(
      (value) => ({ kind: "reached", value }),
      (error: unknown) => ({ kind: "lost", why: whyLost(error) }),
    );
  };
  const [primary, fallback] = await Promise.all([one(legs.primary), one(legs.fallback)]);
  return { primary, fallback };
}

/** In the services' own words where they are known to hold nothing of ours: the name of an error, a code. */
function whyLost(error: unknown): string {
  if (error instanceof LegError) return error.message;
  const rest = readRestError(error);
  if (rest.kind === "refused") return `Twilio refuses: ${rest.reason}`;
  const { name, code, status } = (error ?? {}) as { name?: unknown; code?: unknown; status?: unknown };
  if (typeof status === "number") return `Twilio answered ${status}: its REST API is not well`;
  return typeof code === "string" ? `no answer (${code})` : String(name ?? "unknown error");
}

function writtenText(state: Reached<unknown>, command: string, leg: string): string {
  if (state.kind === "lost") return `NOT REACHED, it stays as it was: ${state.why}`;
  return leg === "primary" ? `${command}, in use within 15 s` : `${command}, from the next execution on`;
}

function exitOf(written: Readonly<Record<string, Reached<unknown>>>): number {
  return Object.values(written).every(({ kind }) => kind === "reached") ? 0 : 1;
}

/** One line, without what is said; of the numbers that pass only how many they are. */
export function describe(sorry: SorrySwitch | undefined, nowMs: number): string {
  if (sorry === undefined) return "off: what is set is no switch";
  const { on, untilMs, scope, flows, allow = [] } = sorry;
  const end = untilMs === undefined ? "" : new Date(untilMs).toISOString().replace(/\.\d+/, "");
  if (!isSorryOn(sorry, nowMs)) return on ? `off: it ended at ${end}` : "off";
  const whom = flows ? `new calls of ${flows.join(", ")}` : scope === "all" ? "all calls" : "new calls";
  const passing = allow.length === 0 ? "" : `, ${allow.length} number${allow.length === 1 ? "" : "s"} pass`;
  return `on for ${whom}${end && `, until ${end}`}${passing}`;
}

function saidLines(sorry: SorrySwitch | undefined): string[] {
  const files = Object.entries(sorry?.audio ?? {}).map(([language, file]) => `${language}: plays ${file}`);
  const texts = Object.entries(sorry?.say ?? {}).map(([language, text]) => `${language}: ${text.replace("\n", " / ")}`);
  return [...files, ...texts];
}
