import type { Box, Layered } from "./layered.ts";
import { neighboursOf, ordered } from "./order.ts";

/** Middle of a box, px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  readonly points: readonly Point[];
  /** top and bottom of each layer */
  readonly layers: readonly { readonly top: number; readonly bottom: number }[];
  readonly width: number;
  readonly height: number;
}

const gapX = 18;
const gapY = 20;
const rounds = 24;
/** How much a box wants to stand under another: a way that bends is uglier than a step beside the middle. */
const pulls = { step: 1, label: 3, bend: 8 } as const;

/** Gives every box a place: boxes of a layer in their order, apart, each as near as can be to what it is connected with. */
export function placed(layered: Layered): Placed {
  const { boxes } = layered;
  const order = ordered(layered);
  const neighbours = neighboursOf(layered);
  const xs: number[] = boxes.map(() => 0);
  for (const layer of order) spread(layer, boxes, xs, new Map());
  for (let round = 0; round < rounds; round += 1) {
    const isLast = round === rounds - 1;
    const down = round % 2 === 0;
    for (const layer of down ? order : order.toReversed()) {
      const wanted = new Map<number, number>();
      for (const box of layer) {
        const { up = [], down: below = [] } = neighbours[box] ?? {};
        const connected = isLast ? [...up, ...below] : down ? up : below;
        if (connected.length > 0) wanted.set(box, middleOf(connected, boxes, xs));
      }
      spread(layer, boxes, xs, wanted);
    }
  }
  const left = Math.min(...boxes.map((box, at) => (xs[at] ?? 0) - box.left));
  const width = Math.max(...boxes.map((box, at) => (xs[at] ?? 0) + box.right)) - left;
  const layers: { top: number; bottom: number }[] = [];
  let y = 0;
  for (const layer of order) {
    const height = Math.max(0, ...layer.map((box) => boxes[box]?.height ?? 0));
    layers.push({ top: y, bottom: y + height });
    y += height + gapY;
  }
  const points = boxes.map(({ layer }, at) => {
    const { top = 0, bottom = 0 } = layers[layer] ?? {};
    return { x: Math.round((xs[at] ?? 0) - left), y: Math.round((top + bottom) / 2) };
  });
  return { points, layers, width: Math.ceil(width), height: Math.max(0, y - gapY) };
}

function middleOf(connected: readonly number[], boxes: readonly Box[], xs: readonly number[]): number {
  let sum = 0;
  let weight = 0;
  for (const one of connected) {
    const pull = pulls[boxes[one]?.kind ?? "step"];
    sum += pull * (xs[one] ?? 0);
    weight += pull;
  }
  return sum / weight;
}

/**
 * Moves the boxes of a layer to where they want to be, as far as their order and their room allow: the least squares,
 * by pooling neighbours that want to pass each other.
 */
function spread(
  layer: readonly number[],
  boxes: readonly Box[],
  xs: number[],
  wanted: ReadonlyMap<number, number>,
): void {
  const pools: { sum: number; weight: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, box] of layer.entries()) {
    const before = layer[at - 1];
    if (before !== undefined) offset += (boxes[before]?.right ?? 0) + (boxes[box]?.left ?? 0) + gapX;
    offsets.push(offset);
    const weight = wanted.has(box) ? pulls[boxes[box]?.kind ?? "step"] : 0.1;
    let pool = { sum: ((wanted.get(box) ?? xs[box] ?? 0) - offset) * weight, weight, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.weight > pool.sum / pool.weight;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
    }
    pools.push(pool);
  }
  let at = 0;
  for (const { sum, weight, count } of pools) {
    for (let one = 0; one < count; one += 1, at += 1) {
      const box = layer[at];
      if (box !== undefined) xs[box] = sum / weight + (offsets[at] ?? 0);
    }
  }
}
