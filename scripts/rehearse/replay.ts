import type { Flow } from "../../core/flow.ts";
import { checkCall } from "../../rehearsal/checkers/check-call.ts";
import type { Finding } from "../../rehearsal/checkers/checker.ts";
import { createExpectation } from "../../rehearsal/checkers/expectation.ts";
import { worstSilenceMs } from "../../rehearsal/checkers/silence-bounded.ts";
import { declaredLoss } from "../../rehearsal/declared.ts";
import { parseCaseId } from "../../rehearsal/explore/case-id.ts";
import { dialectOf } from "../../rehearsal/explore/dialect-text.ts";
import { describeDialect, type NamedDialect } from "../../rehearsal/explore/dialects.ts";
import { type FaultKind, faultKinds, type PointKind } from "../../rehearsal/fault-kinds.ts";
import { drawLadder } from "../../rehearsal/ladder.ts";
import { shortenSeals } from "../../rehearsal/redact.ts";
import { describeFault } from "../../rehearsal/report/tally.ts";
import { ChoiceError } from "../../rehearsal/world/choices.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { rehearseCall } from "../../rehearsal/world/rehearse-call.ts";
import type { RehearsedCall } from "../../rehearsal/world/rehearsed-call.ts";
import { createStage, type Stage } from "../../rehearsal/world/stage.ts";
import { UsageError } from "../command-line.ts";
import { shown } from "../shown.ts";
import { chosenFlows } from "./plan.ts";
import { scriptsOf } from "./rehearsable.ts";

/** One call that was placed again. */
export interface Replayed {
  readonly id: string;
  readonly stage: Stage;
  readonly dialect: NamedDialect;
  readonly call: RehearsedCall;
  readonly findings: readonly Finding[];
}

/**
 * Places the call that a case id names.
 *
 * @throws UsageError when the id is none, or fits the flows no longer: one line why
 */
export async function replay(
  flows: readonly Flow[],
  settings: Readonly<Record<string, string>>,
  id: string,
): Promise<Replayed> {
  const unfit = (why: string) => new UsageError(`--case ${shown(id)}: ${why}`);
  const named = parseCaseId(id);
  if (named === undefined) {
    throw unfit("a case id is flow/language/script/dialect/choices, as in appointment/en/1,1/default/1=refused");
  }
  const [flow] = chosenFlows(flows, named.flow);
  const dialect = dialectOf(named.dialect);
  if (flow === undefined || dialect === undefined) throw unfit(`there is no dialect '${shown(named.dialect)}'`);
  const openNetwork = closeNetwork();
  try {
    const { scripts } = await scriptsOf(flow, settings);
    const script = scripts.find((one) => one.id === named.script && one.language === named.language);
    if (script === undefined)
      throw unfit(`flow '${flow.name}' has no script '${shown(named.script)}' in ${named.language} now`);
    const stage = createStage(flow, settings);
    const call = await rehearseCall({ stage, script, chosen: named.chosen, settled: dialect.dialect });
    const missed = [...named.chosen].find(([at]) => at >= call.points.length);
    if (missed !== undefined)
      throw unfit(`there is no point ${missed[0]}: the call has only ${call.points.length} now`);
    const findings = checkCall(call, await createExpectation(stage)(call));
    return { id, stage, dialect, call, findings };
  } catch (error) {
    if (error instanceof ChoiceError) throw unfit(error.message);
    throw error;
  } finally {
    openNetwork();
  }
}

/** The call as a picture, what went wrong in it, what the outside did, and what is wrong with it. */
export function replayText({ id, stage, dialect, call, findings }: Replayed): string {
  const loss = declaredLoss(call);
  const answers = describeDialect(dialect);
  return [
    id,
    "",
    drawLadder(call.record, (url) => stage.urls.parse(url)?.leg ?? "primary"),
    "",
    section(
      "went wrong",
      call.faults.map((fault) => `${describeFault(fault)}: ${whatOf(fault)}`),
    ),
    section("the caller", changesOfMind(call)),
    section("Twilio", answers === "" ? ["the most plausible answer to every open question"] : [answers]),
    section(
      "outside did",
      call.executed.map(({ text }) => text),
    ),
    section("declared loss", loss === undefined ? [] : [`${loss.name}: ${loss.when}; the caller hears ${loss.hears}`]),
    section(
      "findings",
      findings.map(({ checker, what }) => `✗ ${checker}: ${what}`),
    ),
  ]
    .filter((part) => part !== undefined)
    .join("\n");
}

/** The same as one object. */
export function replayFacts({ id, dialect, call, findings }: Replayed): string {
  const { ended, requestCount, attemptCount, heard, alerts, events } = call.record;
  const facts = {
    case: id,
    ended,
    requestCount,
    attemptCount,
    worstSilenceMs: worstSilenceMs(call),
    faults: call.faults.map(({ atMs: _, ...fault }) => ({ ...fault, what: whatOf(fault) })),
    dialect: describeDialect(dialect),
    executed: call.executed.map(({ key, text }) => ({ key, text })),
    declared: declaredLoss(call)?.name ?? null,
    findings,
    heard,
    alerts,
    events,
  };
  return JSON.stringify(facts, (_, value: unknown) => (typeof value === "string" ? shortenSeals(value) : value));
}

function whatOf({ kind, fault }: { readonly kind: PointKind; readonly fault: string }): string {
  const kinds: readonly FaultKind[] = faultKinds[kind];
  return kinds.find(({ name }) => name === fault)?.what ?? "";
}

function changesOfMind({ points }: RehearsedCall): string[] {
  const changed = points.some(({ what, chosen, options }) => what === "caller" && chosen !== options[0]);
  return changed ? ["has a change of mind when asked again"] : [];
}

/** Under a title; undefined for nothing, so that it can be left out. */
function section(title: string, lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  return lines.map((line, at) => `${(at === 0 ? title : "").padEnd(15)}${line}`).join("\n");
}
