import { expect, test } from "vitest";
import { deploymentOf, readDeployment } from "../../../scripts/bench/growth/assumptions.ts";
import { added, billOf, nothingUsed, scaled } from "../../../scripts/bench/growth/costs.ts";
import { awsPrices, pricesAsOf, regions, twilioPrices } from "../../../scripts/bench/growth/prices.ts";
import { parseTemplate } from "../../../scripts/check-deploy/template.ts";

const one = {
  ...nothingUsed,
  primaryWebhooks: 4,
  primaryMedia: 1,
  writeUnits: 5,
  items: 1,
  itemBytes: 800,
  minutes: 2,
};

const deployment = await readDeployment();

test("the deployment is the one of the template", () => {
  expect(deployment).toMatchObject({ architecture: "arm64", hasSecondRegion: false, hasPointInTimeRecovery: true });
  expect(deployment.throttleRatePerSecond).toBeGreaterThan(0);
  expect(() => deploymentOf(parseTemplate("Resources: {}"))).toThrow("architecture");
});

test("a bill is each use times its price, and their sum", () => {
  const bill = billOf(scaled(one, 1_000_000), deployment, "us-east-1");
  expect(bill.api).toBeCloseTo(5);
  expect(bill.lambdaRequests).toBeCloseTo(1);
  expect(bill.lambdaTime).toBeCloseTo((4 + 0.5) * 1e6 * 0.01 * 0.0000133334);
  expect(bill.tableWrites).toBeCloseTo(5 * 0.625);
  expect(bill.tableStorage).toBeCloseTo(((800 + 100) / 1_000) * (7 / 30) * 0.45);
  expect(bill.functions).toBe(0);
  expect(bill.minutes).toBeCloseTo(17_000);
  const { total, minutes: _, ...parts } = bill;
  expect(total).toBeCloseTo(Object.values(parts).reduce((sum, part) => sum + part, 0));
});

test("a replica of the table doubles its writes, and a Function is paid by the execution", () => {
  const twice = billOf(one, { ...deployment, hasSecondRegion: true }, "us-east-1");
  expect(twice.tableWrites).toBeCloseTo(2 * billOf(one, deployment, "us-east-1").tableWrites, 12);
  const failedOver = added(one, { ...nothingUsed, functionWebhooks: 3 });
  expect(billOf(failedOver, deployment, "us-east-1").functions).toBeCloseTo(3 * twilioPrices.functionRequest.usd);
});

test("every price has a date, a source and where it was read", () => {
  expect(pricesAsOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  const all = [...regions.flatMap((region) => Object.values(awsPrices[region])), ...Object.values(twilioPrices)];
  for (const { usd, per, source, found } of all) {
    expect(usd).toBeGreaterThan(0);
    expect(source).toMatch(/\.com\//);
    expect(per.length * found.length).toBeGreaterThan(0);
  }
});
