import type { JoinedBy } from "./evidence.ts";
import type { Access, Alert, Invocation, Line } from "./records.ts";
import type { Place } from "./url.ts";

/** A failure while the sources are joined. */
export interface Failure {
  readonly atMs: number;
  readonly place: Place;
  readonly callSid?: string;
  readonly alert?: Alert;
  readonly failover?: Line;
  readonly failoverAgain?: Line;
  readonly steppedDown?: boolean;
  line?: Line;
  access?: Access;
  invocation?: Invocation;
  joinedBy?: JoinedBy;
}
