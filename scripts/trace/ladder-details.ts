import type { MomentDetails } from "../../console/protocol.ts";
import { explain } from "./explain.ts";
import type { Moment, Trace } from "./join.ts";

/** What is known of each moment of a trace, masked as all of it is. */
export function momentDetails(trace: Trace): MomentDetails[] {
  const told = explain(trace);
  return trace.moments.map((moment, number) => {
    const { who = "", what = "" } = told[number] ?? {};
    return { who, what, sections: sectionsOf(moment).filter(({ facts }) => facts.length > 0) };
  });
}

function sectionsOf(moment: Moment): MomentDetails["sections"] {
  const section = (title: string, of: object | undefined) => ({ title, facts: factsOf(of ?? {}) });
  switch (moment.kind) {
    case "webhook":
      return [
        section("As Twilio lists it", moment.asked),
        section(`As the ${moment.leg} logged it`, moment.logged),
        section("As the table holds it", moment.document),
      ];
    case "document":
      return [section("As the table holds it", moment.document)];
    case "effect":
      return [section("As the table holds it", moment.effect)];
    case "letter":
      return [section("As the outbox logged it", moment.logged)];
    case "ended":
      return [section("As the table holds it", { atMs: moment.atMs })];
  }
}

function factsOf(of: object): [string, string][] {
  return Object.entries(of).flatMap(([name, value]): [string, string][] => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [[name, value.join(" ")]];
    // as a time of the day: the ladder has the milliseconds since the call began
    return name === "atMs" ? [["at", new Date(value).toISOString()]] : [[name, String(value)]];
  });
}
