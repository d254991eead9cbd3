import type { Picture, PictureEdge, PictureStep, Tone } from "../picture.ts";
import { layered, type Size } from "./layered.ts";
import { type Placed, placed } from "./place.ts";
import { lineHeight, textWidth, wrapped } from "./text-size.ts";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface DrawnStep extends Rectangle {
  readonly step: PictureStep;
}
export interface DrawnLabel extends Rectangle {
  readonly lines: readonly string[];
  readonly tone: Tone;
  /** beside a way from a step to itself */
  readonly beside: boolean;
}
export interface DrawnWay {
  readonly edge: PictureEdge;
  /** an SVG path from its beginning to its end */
  readonly path: string;
}
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly steps: readonly DrawnStep[];
  readonly labels: readonly DrawnLabel[];
  readonly ways: readonly DrawnWay[];
}

export const sizes = { name: 15, note: 11, label: 12 } as const;
const labelCharactersMax = 26;
const loopRoom = 30;
const padding = 14;

/** Where everything in a picture goes. */
export function drawingOf({ steps, edges }: Picture): Drawing {
  const at = new Map(steps.map(({ name }, index) => [name, index]));
  const labels = edges.map(({ label }) => label.flatMap((part) => wrapped(part, labelCharactersMax)));
  const bodies = steps.map(bodyOf);
  const sizesOfSteps = steps.map((step, index): Size => {
    const body = bodies[index] ?? { width: 0, height: 0 };
    const loop = edges.findIndex(({ from, to }) => from === step.name && to === step.name);
    const beside = loop === -1 ? undefined : labelSize(labels[loop] ?? []);
    const right = body.width / 2 + (beside === undefined ? 0 : loopRoom + beside.width);
    return { left: body.width / 2, right, height: Math.max(body.height, beside?.height ?? 0) };
  });
  const ways = edges.map(({ from, to }, index) => {
    const { width, height } = labelSize(labels[index] ?? []);
    const label = (labels[index] ?? []).length === 0 ? undefined : { left: width / 2, right: width / 2, height };
    return { from: at.get(from) ?? 0, to: at.get(to) ?? 0, label };
  });
  const plan = layered(sizesOfSteps, ways);
  const places = placed(plan);
  const middle = (box: number) => places.points[box] ?? { x: 0, y: 0 };

  const drawnSteps = steps.map((step, index): DrawnStep => ({ step, ...around(middle(index), bodies[index]) }));
  const ports = portsOf(plan.chains, plan.boxes, places, bodies);
  const drawnLabels: DrawnLabel[] = [];
  const drawnWays = edges.map((edge, index): DrawnWay => {
    const lines = labels[index] ?? [];
    const size = labelSize(lines);
    const chain = plan.chains[index];
    if (chain === undefined) {
      const body = drawnSteps[ways[index]?.from ?? 0] ?? { x: 0, y: 0, width: 0, height: 0 };
      const [x, y] = [body.x + body.width, body.y + body.height / 2];
      drawnLabels.push({ x: x + loopRoom, y: y - size.height / 2, ...size, lines, tone: edge.tone, beside: true });
      return { edge, path: `M${x} ${y - 9}C${x + 32} ${y - 20} ${x + 32} ${y + 20} ${x} ${y + 9}` };
    }
    const box = chain.boxes.find((one) => plan.boxes[one]?.kind === "label");
    if (box !== undefined) drawnLabels.push({ ...around(middle(box), size), lines, tone: edge.tone, beside: false });
    return { edge, path: pathOf(chain.boxes, index, plan.boxes, places, bodies, ports) };
  });
  return { width: places.width, height: places.height, steps: drawnSteps, labels: drawnLabels, ways: drawnWays };
}

type Body = Pick<Rectangle, "width" | "height">;
type Boxes = ReturnType<typeof layered>["boxes"];

function bodyOf({ name, note }: PictureStep): Body {
  const width = Math.max(textWidth(name, sizes.name), textWidth(note, sizes.note)) + 2 * padding;
  return { width: 2 * Math.ceil(width / 2), height: note === "" ? 36 : 50 };
}

function labelSize(lines: readonly string[]): Body {
  const width = Math.max(0, ...lines.map((line) => textWidth(line, sizes.label))) + 8;
  return { width: 2 * Math.ceil(width / 2), height: Math.ceil(lines.length * sizes.label * lineHeight) + 4 };
}

function around(
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: Body = { width: 0, height: 0 },
) {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** Ways that meet at one side of a step meet it side by side, in the order in which they come. */
function portsOf(
  chains: ReturnType<typeof layered>["chains"],
  boxes: Boxes,
  { points }: Placed,
  bodies: readonly Body[],
): ReadonlyMap<string, number> {
  const sides = new Map<string, { key: string; x: number }[]>();
  for (const [way, chain] of chains.entries()) {
    for (const [step, next, end] of [
      [chain?.boxes[0], chain?.boxes[1], "from"],
      [chain?.boxes.at(-1), chain?.boxes.at(-2), "to"],
    ] as const) {
      if (step === undefined || next === undefined) continue;
      const side = `${step} ${(boxes[next]?.layer ?? 0) > (boxes[step]?.layer ?? 0) ? "below" : "above"}`;
      const list = sides.get(side) ?? [];
      sides.set(side, list);
      list.push({ key: `${way} ${end}`, x: points[next]?.x ?? 0 });
    }
  }
  const ports = new Map<string, number>();
  for (const [side, list] of sides) {
    const step = Number(side.split(" ", 1)[0]);
    const { width = 0 } = bodies[step] ?? {};
    const left = (points[step]?.x ?? 0) - width / 2;
    const sorted = list.toSorted((one, other) => one.x - other.x);
    for (const [at, { key }] of sorted.entries())
      ports.set(key, Math.round(left + (width * (at + 1)) / (sorted.length + 1)));
  }
  return ports;
}

/** Straight through layers, curved between them; a label interrupts the line. */
function pathOf(
  chain: readonly number[],
  way: number,
  boxes: Boxes,
  { points, layers }: Placed,
  bodies: readonly Body[],
  ports: ReadonlyMap<string, number>,
): string {
  const parts: string[] = [];
  for (const [at, box] of chain.slice(0, -1).entries()) {
    const next = chain[at + 1] ?? box;
    const down = (boxes[next]?.layer ?? 0) > (boxes[box]?.layer ?? 0);
    const fromX = at === 0 ? (ports.get(`${way} from`) ?? 0) : (points[box]?.x ?? 0);
    const toX = at === chain.length - 2 ? (ports.get(`${way} to`) ?? 0) : (points[next]?.x ?? 0);
    const edgeOf = (one: number, below: boolean): number => {
      const half = (boxes[one]?.kind === "step" ? (bodies[one]?.height ?? 0) : (boxes[one]?.height ?? 0)) / 2;
      return (points[one]?.y ?? 0) + (below ? half : -half);
    };
    const leaves = layers[boxes[box]?.layer ?? 0];
    const enters = layers[boxes[next]?.layer ?? 0];
    const [fromY, toY] = [down ? leaves?.bottom : leaves?.top, down ? enters?.top : enters?.bottom].map((y) => y ?? 0);
    const half = ((fromY ?? 0) + (toY ?? 0)) / 2;
    if (boxes[box]?.kind !== "bend") parts.push(`M${fromX} ${edgeOf(box, down)}`);
    parts.push(`V${fromY}C${fromX} ${half} ${toX} ${half} ${toX} ${toY}`);
    // a last piece without length would turn the head of the arrow to the right
    if (edgeOf(next, !down) !== toY) parts.push(`V${edgeOf(next, !down)}`);
  }
  return parts.join("");
}
