import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const coloursMax = 256;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** three bytes for each pixel */
  readonly rgb: Buffer;
}

/** The same picture with at most 256 colours, which a drawn page hardly has more of: a third of the size. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = decode(png);
  const palette = commonColours(rgb);
  const nearest = nearestIn(palette);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = nearest(rgb.readUIntBE(3 * (y * width + x), 3));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const plte = Buffer.concat(palette.map((colour) => Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255])));
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    signature,
    ...[chunk("IHDR", header), chunk("PLTE", plte), chunk("IDAT", data), chunk("IEND")],
  ]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Reads what Chromium writes: eight bits a channel, not interlaced. */
export function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  for (let at = signature.length; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) !== "IDAT") continue;
    parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  if (depth !== 8 || (kind !== 2 && kind !== 6))
    throw new Error(`a PNG of kind ${kind} with ${depth} bits is not read`);
  const size = kind === 6 ? 4 : 3;
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * size;
  const rgb = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y++) {
    const row = unfiltered(raw.subarray(y * (stride + 1), (y + 1) * (stride + 1)), above, size);
    for (let x = 0; x < width; x++) row.copy(rgb, 3 * (y * width + x), x * size, x * size + 3);
    above = row;
  }
  return { width, height, rgb };
}

/** One row without its filter [PNG specification, "Filter types for filter method 0"]. */
function unfiltered(line: Buffer, above: Buffer, size: number): Buffer<ArrayBuffer> {
  const [filter, row] = [line[0], Buffer.from(line.subarray(1))];
  for (let i = 0; i < row.length; i++) {
    const [left, up, corner] = [row[i - size] ?? 0, above[i] ?? 0, above[i - size] ?? 0];
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
    row[i] = ((row[i] ?? 0) + guess) & 255;
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The most common colour of each corner of the colour space first, so that a single coloured word keeps its colour. */
function commonColours(rgb: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = rgb.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const corners = new Map<number, number>();
  for (const colour of colours) if (!corners.has(colour & 0xe0e0e0)) corners.set(colour & 0xe0e0e0, colour);
  return [...new Set([...corners.values(), ...colours])].slice(0, coloursMax);
}

function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const distance = (a: number, b: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
  return (colour) => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    let best = 0;
    for (const [index, other] of palette.entries()) {
      if (distance(colour, other) < distance(colour, palette[best] ?? 0)) best = index;
    }
    known.set(colour, best);
    return best;
  };
}
