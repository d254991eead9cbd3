/** Anything that needs room: a step, a label on a way, a bend where a way passes a layer. */
export interface Box {
  readonly kind: "step" | "label" | "bend";
  /** room to the left and the right of the middle, px */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly layer: number;
}

export interface Size {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface Way {
  readonly from: number;
  readonly to: number;
  readonly label: Size | undefined;
}

/** A way as the boxes that it passes, from its beginning to its end. */
export interface Chain {
  readonly boxes: readonly number[];
}

export interface Layered {
  /** the steps first, in their order */
  readonly boxes: readonly Box[];
  /** in the order of the ways; undefined for a way from a step to itself */
  readonly chains: readonly (Chain | undefined)[];
}

/**
 * Puts steps into layers so that ways lead down, but for those that close a cycle. Labels have layers of their own
 * between those of the steps, so that nothing is written over.
 */
export function layered(steps: readonly Size[], ways: readonly Way[]): Layered {
  const layers = layersOf(steps.length, ways);
  const boxes: Box[] = steps.map((size, at) => ({ kind: "step", ...size, layer: 2 * (layers[at] ?? 0) }));
  const bend: Size = { left: bendRoom, right: bendRoom, height: 0 };
  const chains = ways.map(({ from, to, label }): Chain | undefined => {
    if (from === to) return undefined;
    const first = boxes[from]?.layer ?? 0;
    const last = boxes[to]?.layer ?? 0;
    const down = last > first ? 1 : -1;
    // near where it begins: that is where a reader looks for it
    const labelLayer = first + down;
    const between: number[] = [];
    for (let layer = labelLayer; layer !== last; layer += down) {
      const isLabel = layer === labelLayer && label !== undefined;
      boxes.push({ kind: isLabel ? "label" : "bend", ...(isLabel ? label : bend), layer });
      between.push(boxes.length - 1);
    }
    return { boxes: [from, ...between, to] };
  });
  return { boxes, chains };
}

const bendRoom = 5;

/** The longest way from the start, ways that close a cycle turned round. Two steps never share a layer and a way. */
function layersOf(count: number, ways: readonly Way[]): number[] {
  const forward = withoutCycles(count, ways);
  const layers = Array.from({ length: count }, () => 0);
  for (let round = 0; round < count; round += 1) {
    for (const { from, to } of forward) layers[to] = Math.max(layers[to] ?? 0, (layers[from] ?? 0) + 1);
  }
  return layers;
}

function withoutCycles(count: number, ways: readonly Way[]): Pick<Way, "from" | "to">[] {
  const state = Array.from({ length: count }, () => "new" as "new" | "open" | "done");
  const forward: Pick<Way, "from" | "to">[] = [];
  const visit = (at: number): void => {
    state[at] = "open";
    for (const { from, to } of ways) {
      if (from !== at || to === at) continue;
      const closes = state[to] === "open";
      forward.push(closes ? { from: to, to: from } : { from, to });
      if (state[to] === "new") visit(to);
    }
    state[at] = "done";
  };
  for (let at = 0; at < count; at += 1) if (state[at] === "new") visit(at);
  return forward;
}
