import type { Leg } from "../../core/checkpoint.ts";
import type { ProbeAnswer } from "../../core/probe.ts";
import { error, type Finding, warning } from "./finding.ts";
import type { Probed } from "./probe.ts";

export type ProbedLegs = Readonly<Record<Leg, Probed>>;

/** A lease lasts 4 s: clocks that differ by half of it make one that lives look dead. */
const clockDifferenceMaxMs = 2_000;
const tokenName = { primary: "TWILIO_AUTH_TOKEN", fallback: "AUTH_TOKEN" } as const;
const baseName = { primary: "PRIMARY_BASE_URL", fallback: "FALLBACK_BASE_URL" } as const;
const legs = ["primary", "fallback"] as const;

/**
 * What the two legs told, held against each other and against what was asked for.
 * @param flow that the number's callers begin
 * @param deployed the build that was deployed last from here, where that is known
 */
export function findingsOf(probed: ProbedLegs, flow: string, deployed?: string): Finding[] {
  const found = legs.flatMap((leg) => [...ofLeg(leg, probed[leg], flow, deployed)]);
  const { primary, fallback } = probed;
  if (primary.kind !== "answered" || fallback.kind !== "answered") return found;
  const differenceMs = Math.abs(primary.aheadMs - fallback.aheadMs);
  // what the network's two ways differ by cannot be told from a difference of clocks
  if (differenceMs - (primary.tookMs + fallback.tookMs) / 2 > clockDifferenceMaxMs) {
    const told = `the legs' clocks differ by ${(differenceMs / 1_000).toFixed(1)} s`;
    found.push(warning("clocks", told, "find out which one is wrong; claims on effects are judged by it"));
  }
  return [...found, ...ofBuilds(primary.answer, fallback.answer), ...ofKeys(primary.answer, fallback.answer)];
}

function* ofLeg(leg: Leg, probed: Probed, flow: string, deployed: string | undefined): Generator<Finding> {
  const baseUrl = baseName[leg];
  if (probed.kind === "no-answer") {
    yield error(`${leg}-silent`, `the ${leg} leg does not answer (${probed.reason})`, `deploy it, or mend ${baseUrl}`);
  } else if (probed.kind === "older") {
    yield error(`${leg}-older`, `what answers at the ${leg} leg's address knows no probes`, "deploy it from this tree");
  } else if (probed.kind === "status") {
    yield probed.status === 403
      ? error(
          `${leg}-token`,
          `the ${leg} leg refuses a request signed with our auth token`,
          `give it the account's auth token (${tokenName[leg]}) and the ${baseUrl} that Twilio asks`,
        )
      : error(
          `${leg}-status`,
          `the ${leg} leg answers ${probed.status}`,
          probed.status === 404
            ? `deploy it, or mend ${baseUrl}`
            : "look into its log: it names the variable that is wrong",
        );
  } else {
    const { answer } = probed;
    if (answer.leg !== leg) {
      yield error(`${leg}-other`, `at the ${leg} leg's address the ${answer.leg} leg answers`, `mend ${baseUrl}`);
    }
    if (!answer.table.reached) {
      const told = `the ${leg} leg does not reach the table (${answer.table.reason ?? "no reason given"})`;
      const keys = leg === "primary" ? "its function's role" : "its TABLE_ keys (npm run rotate-fallback-key -- new)";
      yield error(`${leg}-table`, told, `look at its TABLE_NAME, TABLE_REGION and ${keys}`);
    }
    if (answer.flows[flow] === undefined) {
      const known = Object.keys(answer.flows).join(", ");
      yield error(`${leg}-flow`, `the ${leg} leg has no flow '${flow}' (it has ${known})`, "deploy it");
    }
    if (deployed !== undefined && answer.build !== deployed) {
      const told = `the ${leg} leg runs build ${answer.build}, deployed last from here was ${deployed}`;
      yield error(`${leg}-build`, told, "npm run deploy -- --from fallback");
    }
  }
}

function ofBuilds(primary: ProbeAnswer, fallback: ProbeAnswer): Finding[] {
  if (primary.build === fallback.build) return [];
  const found = [
    warning(
      "builds",
      `the primary runs build ${primary.build}, the fallback ${fallback.build}`,
      "npm run deploy; calls in flight survive meanwhile",
    ),
  ];
  for (const [flow, shape] of Object.entries(primary.flows)) {
    const other = fallback.flows[flow];
    if (other !== undefined && other !== shape) {
      found.push(
        warning(
          "flow-shapes",
          `the flow '${flow}' has other steps on the fallback than on the primary`,
          "npm run deploy",
        ),
      );
    }
  }
  return found;
}

function ofKeys(primary: ProbeAnswer, fallback: ProbeAnswer): Finding[] {
  const mend = "give both legs the same SEAL_KEYS";
  const same = (one: Key, other: Key) => one.id === other.id && one.proof === other.proof;
  const has = (keys: readonly Key[], key: Key) => keys.some((one) => same(one, key));
  const found: Finding[] = [];
  for (const key of primary.sealKeys) {
    if (fallback.sealKeys.some((one) => one.id === key.id && one.proof !== key.proof)) {
      found.push(error("seal-keys", `the seal key '${key.id}' is not the same key on both legs`, mend));
    }
  }
  const sides = [
    { leg: "primary", sealer: primary, opener: fallback, other: "fallback" },
    { leg: "fallback", sealer: fallback, opener: primary, other: "primary" },
  ];
  for (const { leg, sealer, opener, other } of sides) {
    const [first, ...older] = sealer.sealKeys;
    if (first !== undefined && !opener.sealKeys.some(({ id }) => id === first.id)) {
      found.push(
        error("seal-keys", `the ${leg} leg seals with key '${first.id}', which the ${other} leg has not`, mend),
      );
    }
    for (const key of older) {
      if (opener.sealKeys.some(({ id }) => id === key.id)) continue;
      const told = `the ${leg} leg opens with key '${key.id}', the ${other} leg does not`;
      found.push(warning("seal-keys-older", told, `${mend}, or take the key out a day after it last sealed`));
    }
  }
  const [one, other] = [primary.sealKeys[0], fallback.sealKeys[0]];
  if (found.length === 0 && one && other && one.id !== other.id && has(fallback.sealKeys, one)) {
    const told = `the primary seals with key '${one.id}', the fallback with '${other.id}'; each opens the other's`;
    found.push(warning("seal-keys-order", told, "finish the rotation: the same order on both legs"));
  }
  return found;
}
type Key = ProbeAnswer["sealKeys"][number];
