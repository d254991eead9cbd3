import type { Row, Table } from "../report.ts";
import { assumed, type Deployment } from "./assumptions.ts";
import { type Bill, billOf, scaled } from "./costs.ts";
import { awsPrices, type Price, pricesAsOf, type Region, regions, twilioPrices } from "./prices.ts";
import { type CallShape, fortunes } from "./shapes.ts";

const calls = 1_000;

const partTitles: Readonly<Record<Exclude<keyof Bill, "total" | "minutes">, string>> = {
  api: "HTTP API",
  lambdaRequests: "Lambda requests",
  lambdaTime: "Lambda time",
  tableWrites: "table writes",
  tableReads: "table reads",
  tableStorage: "table storage",
  logs: "logs",
  traffic: "traffic",
  functions: "Functions",
};

export const partColumns = Object.entries(partTitles).map(([key, title]) => ({ key, title, digits: 4 }));

/** What a call of each flow is made of, and what 1,000 of them cost. */
export function costTables(shapes: readonly CallShape[], deployment: Deployment): Table[] {
  const named = ({ flow, fortune }: CallShape) => ({ flow, fortune });
  const us: Region = "us-east-1";
  return [
    {
      title: "A call of each shipped flow, as it was placed",
      columns: [
        { key: "flow", title: "flow" },
        { key: "caller", title: "the caller" },
        { key: "fortune", title: "the primary" },
        { key: "webhooks", title: "webhooks, ends included" },
        { key: "functions", title: "of these on Functions" },
        { key: "effects", title: "effects" },
        { key: "media", title: "files of the primary" },
        { key: "writeUnits", title: "write units" },
        { key: "readUnits", title: "read units" },
        { key: "itemBytes", title: "item, bytes" },
        { key: "seconds", title: "call, s", digits: 1 },
      ],
      rows: shapes.map((shape) => ({
        ...named(shape),
        caller: shape.caller,
        webhooks: shape.usage.primaryWebhooks + shape.usage.functionWebhooks,
        functions: shape.usage.functionWebhooks,
        effects: shape.effects,
        media: shape.usage.primaryMedia,
        writeUnits: shape.usage.writeUnits,
        readUnits: shape.usage.readUnits,
        itemBytes: shape.usage.itemBytes,
        seconds: shape.placed.endedAtMs / 1_000,
      })),
    },
    {
      title: `Cost of 1,000 calls, US$, ${us}, list prices of ${pricesAsOf}`,
      columns: [
        { key: "flow", title: "flow" },
        { key: "fortune", title: "the primary" },
        ...partColumns,
        { key: "total", title: "together", digits: 4 },
        { key: "minutes", title: "beside it: Twilio's minutes", digits: 2 },
      ],
      rows: shapes.map((shape) => ({ ...named(shape), ...billOf(scaled(shape.usage, calls), deployment, us) })),
    },
    {
      title: "Cost of 1,000 calls by Region, US$, the primary well",
      columns: [
        { key: "flow", title: "flow" },
        ...regions.flatMap((region) => [
          { key: region, title: region, digits: 4 },
          { key: `${region} twice`, title: `${region} with a replica of the table`, digits: 4 },
        ]),
      ],
      rows: shapes.filter(({ fortune }) => fortune === "well").map((shape) => byRegion(shape, deployment)),
    },
  ];
}

function byRegion(shape: CallShape, deployment: Deployment): Row {
  const usage = scaled(shape.usage, calls);
  const cells = regions.flatMap((region): [string, number][] => [
    [region, billOf(usage, { ...deployment, hasSecondRegion: false }, region).total],
    [`${region} twice`, billOf(usage, { ...deployment, hasSecondRegion: true }, region).total],
  ]);
  return { flow: shape.flow, ...Object.fromEntries(cells) };
}

/** Every price with its source, as it was used. */
export function priceTable(): Table {
  const row = (what: string, where: string, { usd, per, source, found }: Price): Row => ({
    ...{ what, where, usd: priceText(usd), per, source, found },
  });
  return {
    title: `Unit prices, as of ${pricesAsOf}`,
    columns: [
      { key: "what", title: "what" },
      { key: "where", title: "where" },
      { key: "usd", title: "US$" },
      { key: "per", title: "of" },
      { key: "source", title: "the page that decides" },
      { key: "found", title: "read at" },
    ],
    rows: [
      ...regions.flatMap((region) => Object.entries(awsPrices[region]).map(([what, one]) => row(what, region, one))),
      ...Object.entries(twilioPrices).map(([what, one]) => row(what, "Twilio", one)),
    ],
  };
}

/** Prices of a millionth of a dollar are told by the million. */
function priceText(usd: number): string {
  const shown = (amount: number) => amount.toLocaleString("en", { maximumFractionDigits: 7 });
  return usd < 1e-3 ? `${shown(usd * 1e6)} per million` : shown(usd);
}

/** What the bill says in words. */
export function costNotes(shapes: readonly CallShape[], deployment: Deployment): string[] {
  const bill = (flow: string, fortune: CallShape["fortune"]) => {
    const shape = shapes.find((one) => one.flow === flow && one.fortune === fortune);
    return shape && billOf(scaled(shape.usage, calls), deployment, "us-east-1");
  };
  const flows = [...new Set(shapes.map(({ flow }) => flow))];
  const failovers = flows.flatMap((flow) => {
    const [well, lost, gone] = fortunes.map((fortune) => bill(flow, fortune)?.total);
    if (well === undefined || lost === undefined || gone === undefined) return [];
    return [`${flow} ${usd(well)}, with one answer lost ${usd(lost)}, with the primary gone ${usd(gone)}`];
  });
  const calm = shapes.find(({ fortune, usage }) => fortune === "well" && usage.functionWebhooks === 0);
  const perWebhook = calm && billOf(calm.usage, deployment, "us-east-1").total / calm.usage.primaryWebhooks;
  const dearness = perWebhook === undefined ? 0 : twilioPrices.functionRequest.usd / perWebhook;
  const crossing = shapes
    .filter(({ fortune, usage }) => fortune === "well" && usage.functionWebhooks > 0)
    .map(
      ({ flow, usage }) =>
        `${flow} ${usage.functionWebhooks}, ${usd(usage.functionWebhooks * calls * twilioPrices.functionRequest.usd)} per 1,000 calls`,
    );
  return [
    `Costs are counts of calls that were placed through the product's own turns and store, times list prices, without free tiers. ` +
      `Inputs that are no counts: ${assumed.primaryWebhookMs} ms a webhook in Lambda (${deployment.architecture}, ${deployment.webhookMemoryMb} MB), ` +
      `${assumed.logBytesPerRequest} bytes of logs a request. Metrics, alarms and numbers are paid by the month and are not in them.`,
    `1,000 calls: ${failovers.join("; ")}. An execution of a Function costs as much as ${dearness.toFixed(0)} webhooks of the primary ` +
      `with all that belongs to them, so a failover is the dear part of a call, and still a small part of what its minutes cost.`,
    ...(crossing.length === 0
      ? []
      : [
          `Flows whose verbs have status callbacks ask Functions in every call, since those go to the other leg (crossed paths): ` +
            `${crossing.join(", ")}.`,
        ]),
  ];
}

const usd = (amount: number) => `$${amount.toFixed(3)}`;
