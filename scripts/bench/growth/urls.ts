import { createUrls } from "../../../core/action-url.ts";
import { awayForGood, type Checkpoint, type Leg, type SealedUrl, sealUrl, startOf } from "../../../core/checkpoint.ts";
import { limits } from "../../../core/limits.ts";
import { createSealer } from "../../../core/seal.ts";
import type { Table, Target } from "../report.ts";

/** What decides how long a URL is, besides the data. */
interface Shape {
  readonly bases: { readonly primary: string; readonly fallback: string };
  readonly checkpoint: Omit<Checkpoint, "data">;
  readonly file: string;
  readonly keyId: string;
}

export interface UrlLength {
  readonly dataBytes: number;
  readonly leg: Leg;
  readonly actionCharacters: number;
  /** of action, status, aside and media URLs, connection overrides included */
  readonly longestCharacters: number;
  readonly carriesData: boolean;
}

const callSid = `CA${"5".repeat(32)}`;
const text = (characters: number) => "x".repeat(characters);
const base = (host: string, characters: number) => `https://${host}.${text(characters - `https://${host}.`.length)}`;

/** As a deployment of the shipped flows has it. */
export const typicalShape: Shape = {
  bases: {
    primary: "https://abcdefghij.execute-api.us-east-1.amazonaws.com",
    fallback: "https://stayline-1234-dev.twil.io",
  },
  checkpoint: { ...startOf("appointment", "en"), step: "chooseDay", turn: 3 },
  file: "en/appointment-day.mp3",
  keyId: "k1",
};

/** Everything as long as it may be. */
export const longestShape: Shape = {
  bases: {
    primary: base("primary", limits.baseUrlCharactersMax),
    fallback: base("fallback", limits.baseUrlCharactersMax),
  },
  checkpoint: {
    ...startOf(text(limits.flowNameCharactersMax), "en"),
    step: text(limits.stepNameCharactersMax),
    turn: limits.turnsMax,
    attempt: limits.attemptsMax,
    resumes: limits.resumesMax + limits.mediaRungs,
    away: awayForGood,
    rung: limits.mediaRungs,
    from: limits.verbsPerDocumentMax,
    visits: limits.turnsMax,
    unsure: true,
    plain: true,
  },
  file: `${text(limits.mediaFileCharactersMax - ".mp3".length)}.mp3`,
  keyId: "k1234567",
};

/** Lengths of the URLs of a document whose data is of `dataBytes` bytes as JSON; fewer than 8 are an empty object. */
export function urlLength({ bases, checkpoint, file, keyId }: Shape, dataBytes: number, leg: Leg): UrlLength {
  const urls = createUrls(bases);
  const sealer = createSealer(`${keyId}:${Buffer.alloc(32, 1).toString("base64")}`);
  const frameBytes = JSON.stringify({ d: "" }).length;
  const data = dataBytes < frameBytes ? {} : { d: text(dataBytes - frameBytes) };
  const c: Checkpoint = { ...checkpoint, data };
  const sealed = (verb: SealedUrl["verb"]) => sealUrl(sealer, callSid, c, verb, limits.verbsPerDocumentMax);
  const action = urls.action(leg, c.flow, sealed("gather"));
  const others = [
    urls.status(leg, c.flow, sealed("record")),
    urls.aside(leg, c.flow, sealed("whisper")),
    urls.media(leg, file, sealed("play")),
  ];
  return {
    dataBytes,
    leg,
    actionCharacters: action.length,
    longestCharacters: Math.max(action.length, ...others.map(({ length }) => length)),
    carriesData: dataBytes <= limits.urlDataBytesMax,
  };
}

const dataSizes = [0, 50, 200, 500, 1_000, limits.urlDataBytesMax, limits.urlDataBytesMax + 1, limits.dataBytesMax];
const legs = ["primary", "fallback"] as const;

/** Sealed URLs by data bytes, both legs; the target is over the longest names and bases. */
export function urlReport(): { readonly table: Table; readonly target: Target; readonly note: string } {
  const rows = dataSizes.map((dataBytes) => {
    const cells = legs.flatMap((leg): [string, number][] => [
      [`${leg}Typical`, urlLength(typicalShape, dataBytes, leg).actionCharacters],
      [`${leg}Longest`, urlLength(longestShape, dataBytes, leg).longestCharacters],
    ]);
    const carried = dataBytes <= limits.urlDataBytesMax ? "position and data" : "position alone";
    return { dataBytes, ...Object.fromEntries(cells), carried };
  });
  const longest = dataSizes.flatMap((bytes) =>
    legs.map((leg) => urlLength(longestShape, bytes, leg).longestCharacters),
  );
  return {
    table: {
      title: "Sealed URL against data, characters",
      columns: [
        { key: "dataBytes", title: "data, bytes" },
        { key: "primaryTypical", title: "primary, action URL of a shipped flow" },
        { key: "primaryLongest", title: "primary, longest of any kind" },
        { key: "fallbackTypical", title: "fallback, action URL of a shipped flow" },
        { key: "fallbackLongest", title: "fallback, longest of any kind" },
        { key: "carried", title: "the URL carries" },
      ],
      rows,
    },
    target: {
      what: "longest sealed URL, names and bases as long as they may be, characters",
      bound: { atMost: limits.urlCharactersMax },
      measured: Math.max(...longest),
      kind: "count",
    },
    note:
      `Three bytes of data are four characters of a URL. Over ${limits.urlDataBytesMax} bytes the data stays in the table, and the URL ` +
      `shrinks to the position.`,
  };
}
