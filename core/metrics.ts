import type { LogLine } from "./log.ts";

/**
 * CloudWatch's embedded metric format: names of fields of the same line that are metrics, and by what they are told apart
 * [D CloudWatch EMF specification]. Written by hand and not with a library: one webhook stays one line, the fields stay a closed
 * list, and the bundles stay small.
 */
export interface Metrics {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly Dimension[])[];
    readonly Metrics: readonly { readonly Name: Counted; readonly Unit: "Count" | "Milliseconds" }[];
  }[];
}

/** Each has few values: CloudWatch has a metric, with its price, for every combination that occurs. */
type Dimension = "leg" | "event" | "errorCode";
type Counted = "webhooks" | "failovers" | "letters" | (typeof perLeg)[number];

const perLeg = ["elapsedMs", "waitedMs", "tableMs", "silenceMs", "attempt"] as const;

/**
 * The namespace in which the template's metric filters count, too.
 *
 * @param logGroup as Lambda tells it: the template names it after the stack, `/aws/lambda/{stack}/{function}`
 * @returns undefined outside such a log group, where nobody reads metrics out of lines
 */
export function namespaceIn(logGroup: string | undefined): string | undefined {
  const [, stack] = /^\/aws\/lambda\/([A-Za-z0-9-]{1,128})\/[a-z-]+$/.exec(logGroup ?? "") ?? [];
  return stack && `Stayline/${stack}`;
}

/** The same line, with its metrics: each outcome, failovers by Twilio's error code, times, attempts. */
export function withMetrics(line: LogLine, namespace: string | undefined): LogLine {
  if (namespace === undefined) return line;
  const directive = (by: Dimension, ...names: Counted[]) => ({
    Namespace: namespace,
    Dimensions: [by === "leg" ? [by] : (["leg", by] as const)],
    Metrics: names.map((Name) => ({
      Name,
      Unit: Name.endsWith("Ms") ? ("Milliseconds" as const) : ("Count" as const),
    })),
  });
  const known = perLeg.filter((name) => line[name] !== undefined);
  const CloudWatchMetrics = [directive("event", "webhooks"), directive("leg", ...known)];
  const _aws = { Timestamp: line.atMs, CloudWatchMetrics };
  if (line.errorCode === undefined) return { ...line, webhooks: 1, _aws };
  CloudWatchMetrics.push(directive("errorCode", "failovers"));
  return { ...line, webhooks: 1, failovers: 1, _aws };
}
