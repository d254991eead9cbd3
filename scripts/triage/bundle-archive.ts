import { gzipSync } from "node:zlib";

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

const blockBytes = 512;
const folder = "stayline-triage/";

/** One gzipped tar archive, as POSIX has it (ustar): plain files in one folder, of no user. */
export function toTarGz(files: readonly BundleFile[], nowMs: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text, "utf8");
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(`${folder}${name}`, content.length, nowMs), content, padding];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]));
}

/** @throws RangeError for a name that has no room */
function header(name: string, bytes: number, nowMs: number): Buffer {
  if (Buffer.byteLength(name) > 99) throw new RangeError("a file's name is longer than 99 bytes");
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "ascii");
  block.write(name, 0, "utf8");
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes, 124, 12);
  octal(Math.floor(nowMs / 1000), 136, 12);
  // the checksum is made as if its own place held blanks
  block.write("        ", 148, "ascii");
  block.write("0", 156, "ascii");
  block.write("ustar\u000000", 257, "ascii");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return block;
}
