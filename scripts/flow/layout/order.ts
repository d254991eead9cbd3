import type { Layered } from "./layered.ts";

const sweeps = 16;

type Neighbours = readonly { readonly up: number[]; readonly down: number[] }[];

/** The boxes above and below each box. */
export function neighboursOf({ boxes, chains }: Layered): Neighbours {
  const all = boxes.map(() => ({ up: [] as number[], down: [] as number[] }));
  for (const chain of chains) {
    for (const [at, box] of (chain?.boxes ?? []).entries()) {
      const next = chain?.boxes[at + 1];
      if (next === undefined) continue;
      const isDown = (boxes[next]?.layer ?? 0) > (boxes[box]?.layer ?? 0);
      const [above, below] = isDown ? [box, next] : [next, box];
      all[above]?.down.push(below);
      all[below]?.up.push(above);
    }
  }
  return all;
}

/** Orders the boxes of each layer so that few ways cross: by the middle of what they are connected with, back and forth. */
export function ordered(layered: Layered): number[][] {
  const neighbours = neighboursOf(layered);
  const layers: number[][] = [];
  for (const [at, { layer }] of layered.boxes.entries()) {
    const boxes = layers[layer] ?? [];
    layers[layer] = boxes;
    boxes.push(at);
  }
  let current = Array.from(layers, (boxes) => boxes ?? []);
  let best = current;
  let fewest = crossings(current, neighbours);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    current = swept(current, neighbours, sweep % 2 === 0 ? "up" : "down");
    const count = crossings(current, neighbours);
    if (count >= fewest) continue;
    fewest = count;
    best = current;
  }
  return best;
}

function swept(layers: number[][], neighbours: Neighbours, side: "up" | "down"): number[][] {
  const place = new Map<number, number>();
  const result = layers.map((boxes) => [...boxes]);
  for (const boxes of side === "up" ? result : result.toReversed()) {
    const middle = new Map(
      boxes.map((box, at) => {
        const connected = (neighbours[box]?.[side] ?? []).map((other) => place.get(other) ?? 0);
        return [box, connected.length === 0 ? at : connected.reduce((sum, one) => sum + one, 0) / connected.length];
      }),
    );
    boxes.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0));
    for (const [at, box] of boxes.entries()) place.set(box, at);
  }
  return result;
}

/** Pairs of ways between two layers that cross. */
function crossings(layers: number[][], neighbours: Neighbours): number {
  let count = 0;
  for (const [layer, boxes] of layers.entries()) {
    const below = new Map((layers[layer + 1] ?? []).map((box, at) => [box, at]));
    const ends = boxes.map((box) => (neighbours[box]?.down ?? []).map((other) => below.get(other) ?? 0));
    for (const [at, left] of ends.entries()) {
      for (const right of ends.slice(at + 1)) {
        for (const one of left) count += right.filter((other) => other < one).length;
      }
    }
  }
  return count;
}
