/** What a file of audio is by its content, as far as Twilio's `<Play>` cares. Pure: bytes in, answer out. */
export type Audio =
  | { readonly kind: "mp3" | "wav"; readonly durationSec: number }
  /** `what` is wrong with it, in words that follow the file's name */
  | { readonly kind: "unplayable"; readonly what: string };

/**
 * Reads the headers of a file: every frame of an mp3, the chunks of a wav. Twilio plays both [D play page]; of the codecs that
 * a wav may hold only those of its telephone formats are taken: PCM of 8 or 16 bits, and mu-law.
 */
export function readAudio(bytes: Buffer): Audio {
  if (bytes.length === 0) return unplayable("is empty");
  if (isText(bytes, 0, "RIFF") && isText(bytes, 8, "WAVE")) return readWav(bytes);
  const foreign = foreignFormats.find(([at, magic]) => isText(bytes, at, magic));
  if (foreign !== undefined) return unplayable(`holds ${foreign[2]}, neither mp3 nor wav`);
  return readMp3(bytes);
}

const foreignFormats = [
  [0, "OggS", "Ogg audio"],
  [0, "fLaC", "FLAC audio"],
  [0, "FORM", "AIFF audio"],
  [4, "ftyp", "MP4 (AAC) audio"],
  [0, "<", "a web page or XML"],
  [0, "version https://git-lfs", "a Git LFS pointer instead of the audio"],
] as const;

function unplayable(what: string): Audio {
  return { kind: "unplayable", what };
}

function isText(bytes: Buffer, at: number, text: string): boolean {
  return bytes.toString("latin1", at, at + text.length) === text;
}

const pcm = 1;
const muLaw = 7;

function readWav(bytes: Buffer): Audio {
  let bytesPerSecond: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (body + size > bytes.length) return unplayable(`is cut short in its '${name}' chunk`);
    if (name === "fmt " && size >= 16) {
      const [codec, bits] = [bytes.readUInt16LE(body), bytes.readUInt16LE(body + 14)];
      const playable = (codec === pcm && (bits === 8 || bits === 16)) || (codec === muLaw && bits === 8);
      if (!playable) return unplayable(`is a wav of codec ${codec} with ${bits} bits, not PCM of 8 or 16 or mu-law`);
      bytesPerSecond = bytes.readUInt32LE(body + 8);
    }
    if (name === "data") {
      if (!bytesPerSecond) return unplayable("is a wav without a format before its sound");
      return size === 0 ? unplayable("holds no sound") : { kind: "wav", durationSec: size / bytesPerSecond };
    }
    at = body + size + (size % 2);
  }
  return unplayable("is a wav without sound");
}

// By version bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. [ISO 11172-3, 13818-3; 2.5 is the encoders' own]
const sampleRates = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]] as const;
const kbpsOfMpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const kbpsOfMpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
/** What encoders and editors put behind the last frame. */
const trailers = ["TAG", "APETAGEX", "LYRICSBEGIN"];

function readMp3(bytes: Buffer): Audio {
  let at = afterId3(bytes);
  let durationSec = 0;
  for (let frames = 0; at < bytes.length; frames += 1) {
    const frame = frameAt(bytes, at);
    if (frame === undefined) {
      if (frames === 0) return unplayable("holds neither mp3 nor wav");
      if (isTrailer(bytes, at)) break;
      return unplayable(`is damaged: no mp3 frame at byte ${at}`);
    }
    if (at + frame.bytes > bytes.length) return unplayable("is cut short in its last frame");
    at += frame.bytes;
    durationSec += frame.seconds;
  }
  return durationSec === 0 ? unplayable("holds no sound") : { kind: "mp3", durationSec };
}

/** The length of an ID3v2 tag stands in four bytes of seven bits. */
function afterId3(bytes: Buffer): number {
  if (!isText(bytes, 0, "ID3") || bytes.length < 10) return 0;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes.readUInt8(at) & 127), 0);
  const footer = (bytes.readUInt8(5) & 0x10) === 0 ? 0 : 10;
  return 10 + size + footer;
}

/** A frame of layer III; undefined where none begins. */
function frameAt(bytes: Buffer, at: number): { bytes: number; seconds: number } | undefined {
  if (at + 4 > bytes.length) return undefined;
  const header = bytes.readUInt32BE(at);
  const version = (header >>> 19) & 3;
  const layerIII = ((header >>> 17) & 3) === 1;
  if (header >>> 21 !== 0x7ff || !layerIII) return undefined;
  const kbps = (version === 3 ? kbpsOfMpeg1 : kbpsOfMpeg2)[(header >>> 12) & 15];
  const sampleRate = sampleRates[version]?.[(header >>> 10) & 3];
  if (!kbps || sampleRate === undefined) return undefined;
  const samples = version === 3 ? 1_152 : 576;
  const padding = (header >>> 9) & 1;
  return { bytes: Math.floor((samples / 8) * ((kbps * 1_000) / sampleRate)) + padding, seconds: samples / sampleRate };
}

function isTrailer(bytes: Buffer, at: number): boolean {
  return trailers.some((text) => isText(bytes, at, text)) || bytes.subarray(at).every((byte) => byte === 0);
}
