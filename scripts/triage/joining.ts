import { type AccessIndex, accessIndex } from "./access-index.ts";
import { type CallLines, callsOf } from "./call-lines.ts";
import { cameLate, type JoinedBy } from "./evidence.ts";
import type { Failure } from "./failure.ts";
import { cameInMs } from "./read-logs.ts";
import type { Access, Invocation, Line, Sources } from "./records.ts";

/** The sources while they are joined: what is about which request, each line once. */
export interface Joining {
  readonly sources: Sources;
  readonly calls: CallLines;
  readonly edge: AccessIndex;
  isUsed(line: Line): boolean;
  use(line: Line): void;
  byRequestId(requestId: string | undefined): Line | undefined;
  /** By the function's request id; where the edge gave up waiting it names none, but the moment is the same in both. */
  lineOf(access: Access): Line | undefined;
  accessOf(line: Line): Access | undefined;
  /** invocations that died, and of which neither the edge nor our code has a line; those that are not yet about a failure */
  dead(): Invocation[];
  takeDead(invocation: Invocation): void;
  take(failure: Failure, access: Access | undefined, line: Line | undefined, joinedBy: JoinedBy | undefined): void;
}

export function joiningOf(sources: Sources): Joining {
  const calls = callsOf([...(sources.primary?.lines ?? []), ...(sources.fallback ?? [])]);
  const edge = accessIndex(sources.access ?? []);
  const used = new Set<Line>();
  const ofPrimary = calls.all.filter(({ leg }) => leg === "primary");
  const byMoment = new Map(ofPrimary.map((line) => [cameInMs(line), line]));
  const byId = new Map(ofPrimary.flatMap((line) => (line.requestId ? [[line.requestId, line] as const] : [])));
  const invocations = [...(sources.primary?.invocations.values() ?? [])];
  const isKnown = (requestId: string) => edge.byFunctionId(requestId) !== undefined || byId.has(requestId);
  const dead = new Set(invocations.filter(({ fate, requestId }) => fate !== undefined && !isKnown(requestId)));
  const use = (line: Line) => void used.add(line);
  return {
    ...{ sources, calls, edge, use },
    isUsed: (line) => used.has(line),
    byRequestId: (requestId) => (requestId === undefined ? undefined : byId.get(requestId)),
    lineOf({ functionRequestId, waitedOut, atMs }) {
      if (functionRequestId !== undefined) return byId.get(functionRequestId);
      const line = waitedOut === true ? byMoment.get(atMs) : undefined;
      return line !== undefined && !used.has(line) ? line : undefined;
    },
    accessOf: (line) =>
      edge.byFunctionId(line.requestId) ?? (cameLate(line) ? edge.givenUp(cameInMs(line)) : undefined),
    dead: () => [...dead],
    takeDead: (invocation) => void dead.delete(invocation),
    take(failure, access, line, joinedBy) {
      if (access !== undefined) {
        failure.access = access;
        edge.take(access);
      }
      if (line !== undefined) {
        failure.line = line;
        use(line);
      }
      if (joinedBy !== undefined) failure.joinedBy ??= joinedBy;
    },
  };
}
