import { limits } from "../../../core/limits.ts";
import type { Row, Table } from "../report.ts";
import { bytesByPart, type ItemPart, writeUnitBytes } from "./item-size.ts";
import type { MeasuredTable, TableUse } from "./measured-table.ts";
import { type PlacedCall, placeMeasured } from "./placed-call.ts";
import { awsPrices } from "./prices.ts";
import { type EffectHabit, effectHabits, questionFlow } from "./question-flow.ts";

/** One turn of a measured call. */
export interface TurnCost {
  /** after the turn's last write */
  readonly itemBytes: number;
  readonly writes: number;
  /** write units of all of them */
  readonly units: number;
  /** read units; an ordinary turn reads only where its data is too large for a URL */
  readonly readUnits: number;
}

export interface GrowingCall {
  readonly effects: EffectHabit;
  readonly dataBytes: number;
  /** one entry for each webhook, the first first */
  readonly turns: readonly TurnCost[];
  /** of the item when the call is over */
  readonly parts: Readonly<Record<ItemPart, number>>;
}

export interface GrowthOptions {
  readonly turns: number;
  readonly dataBytes: Readonly<Record<EffectHabit, readonly number[]>>;
  readonly progress: (line: string) => void;
}

/** The turns that are shown: a call of so many webhooks, and the cost of its last one. */
export const shownTurns = [1, 2, 5, 10, 50, limits.turnsMax] as const;

/** Places the longest call for each size and habit: a shorter call is the beginning of it, to the byte. */
export async function growingCalls(table: MeasuredTable, options: GrowthOptions): Promise<GrowingCall[]> {
  const found: GrowingCall[] = [];
  for (const effects of effectHabits) {
    for (const dataBytes of options.dataBytes[effects]) {
      options.progress(`a call of ${options.turns} turns, ${dataBytes} B of data, effects: ${effects}`);
      const named = [options.turns, effectHabits.indexOf(effects), dataBytes].map((part) =>
        String(part).padStart(10, "0"),
      );
      const callSid = `CA00${named.join("")}`;
      const placed = await placeMeasured({
        table,
        flow: questionFlow(options.turns, dataBytes, effects),
        caller: Array.from({ length: options.turns }, () => ({ kind: "digits", digits: "1" }) as const),
        callSid,
        settings: {},
        isRefused: () => false,
      });
      found.push({ effects, dataBytes, turns: turnCosts(placed), parts: bytesByPart(await table.itemOf(callSid)) });
    }
  }
  return found;
}

function turnCosts({ handled }: PlacedCall): TurnCost[] {
  return handled
    .filter(({ kind }) => kind !== "status")
    .map(({ uses }) => ({
      itemBytes: uses.at(-1)?.afterBytes ?? 0,
      writes: uses.filter(({ kind }) => kind !== "read").length,
      units: unitsOf(uses, (kind) => kind !== "read"),
      readUnits: unitsOf(uses, (kind) => kind === "read"),
    }));
}

/** Units of the operations of some kinds. */
export function unitsOf(uses: readonly TableUse[], isMeant: (kind: TableUse["kind"]) => boolean): number {
  return uses.filter(({ kind }) => isMeant(kind)).reduce((sum, { units }) => sum + units, 0);
}

/** Write units of a call that ends after so many webhooks, the number's status callback not counted. */
export function unitsUntil({ turns }: GrowingCall, count: number): number {
  return turns.slice(0, count).reduce((sum, { units }) => sum + units, 0);
}

export function growthTables(calls: readonly GrowingCall[]): Table[] {
  const rows = (cell: (call: GrowingCall, count: number) => number | undefined): Row[] =>
    calls.map((call) => ({
      effects: call.effects,
      dataBytes: call.dataBytes,
      ...Object.fromEntries(shownTurns.map((count) => [`t${count}`, cell(call, count)])),
    }));
  const columns = (digits: number) => [
    { key: "effects", title: "effects" },
    { key: "dataBytes", title: "data, bytes" },
    ...shownTurns.map((count) => ({ key: `t${count}`, title: `${count} turn${count === 1 ? "" : "s"}`, digits })),
  ];
  const within =
    (cell: (call: GrowingCall, count: number) => number | undefined) => (call: GrowingCall, count: number) =>
      count > call.turns.length ? undefined : cell(call, count);
  return [
    {
      title: "Item after a call of so many webhooks, bytes",
      columns: columns(0),
      rows: rows((call, count) => call.turns[count - 1]?.itemBytes),
    },
    {
      title: "Write units of the whole call",
      columns: columns(0),
      rows: rows(within((call, count) => unitsUntil(call, count))),
    },
    {
      title: "Write units of its last webhook",
      columns: columns(0),
      rows: rows((call, count) => call.turns[count - 1]?.units),
    },
    {
      title: "Write units per webhook, mean of the call",
      columns: columns(2),
      rows: rows(within((call, count) => unitsUntil(call, count) / count)),
    },
    {
      title: `What the item of a call of ${calls[0]?.turns.length ?? 0} webhooks is made of, bytes`,
      columns: [
        { key: "effects", title: "effects" },
        { key: "dataBytes", title: "data, bytes" },
        { key: "trail", title: "trail" },
        { key: "effectsBytes", title: "effects" },
        { key: "pins", title: "pinned answers" },
        { key: "data", title: "data, sealed" },
        { key: "rest", title: "position, times, key" },
      ],
      rows: calls.map(({ effects, dataBytes, parts }) => ({
        ...{ effects, dataBytes, trail: parts.trail, effectsBytes: parts.effects, pins: parts.pins },
        ...{ data: parts.data, rest: parts.rest + parts.outcomes },
      })),
    },
  ];
}

/** What the figures say in words. */
export function growthNotes(calls: readonly GrowingCall[]): string[] {
  const plain = calls.find(({ effects, dataBytes }) => effects === "none" && dataBytes === 0);
  const [first, last] = [plain?.turns[0], plain?.turns.at(-1)];
  if (plain === undefined || first === undefined || last === undefined || plain.turns.length < 2) return [];
  const count = plain.turns.length;
  const perTurn = (last.itemBytes - first.itemBytes) / (count - 1);
  const mean = unitsUntil(plain, count) / count;
  const { trail } = plain.parts;
  const unitUsd = awsPrices["us-east-1"].writeUnit.usd;
  const withoutTrail = last.itemBytes - trail;
  const busy = calls.find(({ effects }) => effects === "every turn");
  const largest = Math.max(...calls.flatMap(({ turns }) => turns.map(({ itemBytes }) => itemBytes)));
  const reading = calls.filter(({ turns }) => turns.some(({ readUnits }) => readUnits > 0));
  const inUrl = calls.filter((call) => !reading.includes(call)).map(({ dataBytes }) => dataBytes);
  return [
    `DynamoDB bills the whole item at each update, so the write units of a webhook grow with the turn: an item without data or ` +
      `effects gains ${perTurn.toFixed(0)} bytes a turn, its line of the trail. Turn 1 costs ${first.units} write unit, turn ${count} ` +
      `costs ${last.units}; a call of ${count} webhooks ${unitsUntil(plain, count)}, ${mean.toFixed(1)} a webhook. Round trips do not ` +
      `grow, bytes written do: US$ ${(1_000 * unitsUntil(plain, count) * unitUsd).toFixed(2)} for 1,000 such calls. Of the last item's ${last.itemBytes} bytes ${trail} are the trail; without it that webhook would cost ` +
      `${Math.ceil(withoutTrail / writeUnitBytes)}.`,
    ...(busy === undefined
      ? []
      : [
          `An effect in every turn is the dearest call: turn ${count} costs ${busy.turns.at(-1)?.units} write units (a claim and a commit), ` +
            `because results of effects are kept to the end, ${busy.parts.effects} bytes of them.`,
        ]),
    `It stays bounded: the trail is a ring of ${limits.trailVerbsMax} slots and a call has at most ${limits.turnsMax} turns. ` +
      `The largest item met here has ${largest} bytes of the ${limits.itemBytesMax} that DynamoDB allows.`,
    reading.length === 0
      ? "No webhook of these calls read the table."
      : `Calls with up to ${Math.max(...inUrl)} bytes of data read nothing. With ${Math.min(...reading.map(({ dataBytes }) => dataBytes))} ` +
        `bytes the URL carries the position alone, and each webhook after the first costs a read more.`,
  ];
}
