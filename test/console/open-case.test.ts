import { expect, test } from "vitest";
import { opened } from "../../console/open-case.ts";
import { demoCall, demoEnd } from "./demo-events.ts";

test("a case of a rehearsal opens as the ladder of a call, with what went wrong", () => {
  const findings = ["nobody-is-lost: the caller heard nothing"];
  const {
    title,
    view,
    findings: shown,
  } = opened({
    ...{ caseId: "front-desk/en/1", events: [...demoCall(), ...demoEnd()], text: "", findings },
  });
  expect(title).toBe("front-desk/en/1");
  expect(shown).toEqual(findings);
  expect(view.summary).toMatchObject({ flow: "front-desk", failovers: 1, ended: "hangup" });
  expect(new Set(view.rows.map(({ id }) => id)).size).toBe(view.rows.length);
  expect(view.rows.at(-1)?.label).toBe("call ended: the flow hung up");
});

test("a case without a beginning still opens", () => {
  const { view } = opened({ caseId: "1", events: demoEnd(), text: "", findings: [] });
  expect(view.rows).toHaveLength(2);
});
