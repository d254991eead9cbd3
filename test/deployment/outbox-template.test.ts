import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { problemsOf } from "../../scripts/check-deploy/lint.ts";
import { loadServiceSpec, type ServiceSpec } from "../../scripts/check-deploy/service-spec.ts";
import { parseTemplate, templateFile } from "../../scripts/check-deploy/template.ts";

const text = readFileSync(templateFile, "utf8");
let spec: ServiceSpec;
beforeAll(async () => {
  spec = await loadServiceSpec();
});

describe("a deployment with an outbox is refused when", () => {
  test.each([
    [
      "its function may outlive a lease",
      "      Timeout: 50\n",
      "      Timeout: 90\n",
      /Outbox: Timeout is not delivery/,
    ],
    [
      "it may read calls",
      '"dynamodb:Query", Resource',
      '"dynamodb:GetItem", Resource',
      /OutboxRole: not in the written/,
    ],
    ["it may search the table", "/index/outbox", "", /OutboxRole: not in the written list: Allow dynamodb:Query/],
    [
      "its index holds what letters say",
      "ProjectionType: INCLUDE",
      "ProjectionType: ALL",
      /nothing of what letters say/,
    ],
    ["its login is a variable", "TWILIO_REST_LOGIN_PARAMETER:", "TWILIO_REST_LOGIN:", /TWILIO_REST_LOGIN is in the/],
    [
      "its account is missing",
      "          TWILIO_ACCOUNT_SID: !Ref TwilioAccountSid\n",
      "",
      /TWILIO_ACCOUNT_SID is missing/,
    ],
  ])("%s", (_, from, to, problem) => {
    expect(text).toContain(from);
    expect(problemsOf(parseTemplate(text.replace(from, to)), spec).join("\n")).toMatch(problem);
  });
});
