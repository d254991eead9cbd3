import type { Exchange } from "./call-view.ts";
import type { Row } from "./ladder-rows.ts";

const overrideNames: Readonly<Record<string, string>> = {
  ct: "connect timeout (ct)",
  rt: "read timeout (rt)",
  tt: "total time (tt)",
  rc: "retries (rc)",
  rp: "retried after (rp)",
  e: "edge (e)",
};

/** The connection overrides of a URL, each with its meaning [D "Webhooks: Connection Overrides"]. */
export function overridesIn(fragment: string): [string, string][] {
  return fragment
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      const unit = name === "ct" || name === "rt" || name === "tt" ? " ms" : "";
      return [overrideNames[name] ?? name, `${value.join("=")}${unit}`];
    });
}

/** The turn from which the call can be replayed at this row; undefined where none is known. */
export function turnOf({ event }: Pick<Row, "event">, exchange: Exchange | undefined): number | undefined {
  if (event.kind === "turn") return event.turn;
  return exchange?.reply?.checkpoint?.turn;
}
