import { createUrls, type Urls } from "../../core/action-url.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { UsageError } from "../command-line.ts";
import { type DeployState, readState, variable } from "../deploy/state.ts";
import { shown } from "../shown.ts";
import { type Numbers, type PhoneNumber, twilioNumbers, type Webhooks, webhookNames } from "../twilio/numbers.ts";
import { restClient } from "../twilio/rest.ts";
import { findingsOf, type ProbedLegs } from "./agreement.ts";
import type { NumberArguments } from "./arguments.ts";
import { driftOf, notAnswered } from "./drift.ts";
import { error, type Finding } from "./finding.ts";
import { keep, keptFile, readKept } from "./kept.ts";
import { newChallenge, probe, probeUrl } from "./probe.ts";
import { type Told, textOf } from "./text.ts";
import { flowNow, wantedWebhooks } from "./wanted.ts";

export interface NumberContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateFolder: string;
  readonly flowNames: readonly string[];
  /** ISO 8601 */
  readonly now: () => string;
  readonly print: (text: string) => void;
}

/**
 * Does what the arguments ask. @returns the exit code
 * @throws UsageError, RestError, ConfigurationError; Twilio's client's error for a request that failed
 */
export async function runNumber(given: NumberArguments, context: NumberContext): Promise<number> {
  const { env, flowNames, print } = context;
  if (given.flow !== undefined && !flowNames.includes(given.flow)) {
    throw new UsageError(`there is no flow '${shown(given.flow)}': ${flowNames.join(", ")}`);
  }
  const state = await readState(context.stateFolder);
  const bases = basesOf(env, state);
  const urls = createUrls(bases);
  const numbers = twilioNumbers(restClient(env));
  const number = await numbers.find(given.number);
  const told =
    number === undefined ? missing(given, env) : await act({ given, context, state, bases, urls, numbers, number });
  print(given.json ? JSON.stringify(told) : textOf(told));
  const errors = "findings" in told ? told.findings.filter(({ level }) => level === "error" || given.strict) : [];
  return errors.length === 0 && told.kind !== "nothing-kept" ? 0 : 1;
}

interface Acting {
  readonly given: NumberArguments;
  readonly context: NumberContext;
  readonly state: DeployState;
  readonly bases: { readonly primary: string; readonly fallback: string };
  readonly urls: Urls;
  readonly numbers: Numbers;
  readonly number: PhoneNumber;
}

async function act(acting: Acting): Promise<Told> {
  const { given, urls, number } = acting;
  switch (given.command) {
    case "show":
      return { kind: "shown", number, flow: flowNow(urls, number.webhooks) };
    case "check":
      return check(acting);
    case "set":
      return change(acting, wantedWebhooks(urls, given.flow ?? "", given.language));
    case "restore": {
      const kept = await readKept(acting.context.stateFolder, number.phoneNumber);
      if (kept === undefined)
        return { kind: "nothing-kept", file: keptFile(acting.context.stateFolder, number.phoneNumber) };
      return change(acting, kept.before);
    }
  }
}

async function change({ given, context, numbers, number }: Acting, wanted: Webhooks): Promise<Told> {
  const again = `npm run number -- ${given.command} ${given.number}${given.flow ? ` --flow ${given.flow}` : ""}`;
  const findings = notAnswered(number, again);
  if (findings.length > 0) return { kind: "refused", number, findings };
  const before = number.webhooks;
  if (webhookNames.every((name) => before[name] === wanted[name])) return { kind: "nothing-to-change", number };
  if (given.dryRun) return { kind: "would-change", number, before, after: wanted };
  // kept before it is changed: whatever happens then can be undone
  await keep(context.stateFolder, { number: number.phoneNumber, sid: number.sid, at: context.now(), before });
  const { webhooks: after } = await numbers.update(number.sid, wanted);
  const undo = `npm run number -- restore ${number.phoneNumber}`;
  return { kind: "changed", number, before, after, undo, file: keptFile(context.stateFolder, number.phoneNumber) };
}

async function check({ given, context, state, bases, urls, number }: Acting): Promise<Told> {
  const begun =
    given.flow === undefined ? flowNow(urls, number.webhooks) : { flow: given.flow, language: given.language };
  const setAgain = (flow: string) => {
    const language = begun?.language === undefined ? "" : ` --lang ${begun.language}`;
    return `npm run number -- set ${number.phoneNumber} --flow ${flow}${language}`;
  };
  if (begun === undefined) {
    const told = "none of the number's URLs is one of this deployment's";
    return { kind: "checked", number, findings: [error("not-ours", told, setAgain("FLOW"))], legs: undefined };
  }
  const { flow } = begun;
  const drift = driftOf(number, wantedWebhooks(urls, flow, given.language ?? begun.language), setAgain(flow));
  const legs = await probeBoth(context.env, bases, flow);
  const agreement = legs === undefined ? [notProbed] : findingsOf(legs, flow, state.deployed[0]);
  return { kind: "checked", number, findings: [...drift, ...agreement], legs };
}

const notProbed: Finding = error(
  "not-probed",
  "the legs were not asked: that takes a signature",
  "set TWILIO_AUTH_TOKEN to the account's auth token",
);

async function probeBoth(
  env: NumberContext["env"],
  bases: Acting["bases"],
  flow: string,
): Promise<ProbedLegs | undefined> {
  // while it is rotated there are two, and either counts
  const [authToken] = (env.TWILIO_AUTH_TOKEN ?? "").split(",").map((token) => token.trim());
  if (!authToken) return undefined;
  // one challenge for both, so that their proofs can be compared
  const challenge = newChallenge();
  const [primary, fallback] = await Promise.all([
    probe(probeUrl("primary", bases.primary, flow), authToken, challenge),
    probe(probeUrl("fallback", bases.fallback, flow), authToken, challenge),
  ]);
  return { primary, fallback };
}

function basesOf(env: NumberContext["env"], state: DeployState): Acting["bases"] {
  const [primary, fallback] = ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL"].map((name) =>
    variable(env, state, name)?.replace(/\/+$/, ""),
  );
  const wrong = Object.entries({ PRIMARY_BASE_URL: primary, FALLBACK_BASE_URL: fallback })
    .filter(([, url]) => url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    .map(
      ([name, url]) => `${name} ${url === undefined ? "is missing" : "is no URL"}: set it to the leg's public base URL`,
    );
  if (wrong.length > 0 || primary === undefined || fallback === undefined)
    throw new ConfigurationError(wrong.join("; "));
  return { primary, fallback };
}

function missing({ number }: NumberArguments, env: NumberContext["env"]): Told {
  const told = `the account ${env.TWILIO_ACCOUNT_SID ?? ""} has no number ${number}`;
  const mend = "set TWILIO_ACCOUNT_SID to the account, or subaccount, that owns it";
  return { kind: "no-such-number", findings: [error("no-such-number", told, mend)] };
}
