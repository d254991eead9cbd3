import { randomOf } from "../../../rehearsal/explore/random.ts";
import type { Wire } from "./counting-proxy.ts";
import type { Leg } from "./field.ts";
import type { Block } from "./leg-process.ts";
import type { Rounds } from "./plan.ts";
import type { Station } from "./stations.ts";

export interface At {
  readonly station: Station;
  readonly leg: Leg;
}

/** One block at a station. */
async function once({ station, leg }: At): Promise<Block> {
  await station.reset();
  if (station.isDuplicate) await leg.block(station.name);
  return leg.block(station.name);
}

/**
 * Measures all stations in rounds: a block at each in turn, so that a busy moment of the machine meets all of them. The order is
 * drawn anew each time: whoever comes after the same neighbour every time would pay for what that one leaves behind.
 *
 * @param warm told when the warm-up is over
 * @returns blocks by station, one of each round
 */
export async function inRounds(
  places: readonly At[],
  rounds: Pick<Rounds, "warmUp" | "measured">,
  seed: number,
  warm: () => Promise<void> = async () => {},
): Promise<ReadonlyMap<Station, readonly Block[]>> {
  const blocks = new Map<Station, Block[]>(places.map(({ station }) => [station, []]));
  for (const { station, leg } of places) await leg.hold(station.name, station.requests);
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    if (round === rounds.warmUp) await warm();
    for (const place of shuffled(places, seed, round)) {
      const block = await once(place);
      if (round >= rounds.warmUp) blocks.get(place.station)?.push(block);
    }
  }
  return blocks;
}

/** In an order that depends on the seed and the round alone. */
export function shuffled<T>(all: readonly T[], seed: number, round: number): T[] {
  const random = randomOf(seed, round);
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** What one webhook sends and gets over the wire; exact, because every webhook of a station is alike. */
export interface Traffic {
  readonly requests: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** by operation */
  readonly operations: Readonly<Record<string, number>>;
}

/** Counts what passes the proxy in one block. */
export async function counted({ station, leg }: At, proxy: { reset(): void; wire(): Wire }): Promise<Traffic> {
  await leg.hold(station.name, station.requests);
  // the first block makes the connections
  await once({ station, leg });
  await station.reset();
  if (station.isDuplicate) await leg.block(station.name);
  proxy.reset();
  const { wallMs } = await leg.block(station.name);
  const { requests, sentBytes, receivedBytes } = proxy.wire();
  const each = (total: number) => total / wallMs.length;
  const operations = Object.fromEntries(Object.entries(requests).map(([name, total]) => [name, each(total)]));
  const all = Object.values(requests).reduce((sum, total) => sum + total, 0);
  return { requests: each(all), sentBytes: each(sentBytes), receivedBytes: each(receivedBytes), operations };
}
