import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { heightOf, trackOf, unseenWords } from "./ladder-layout.ts";
import { type Lane, lanes, type Row } from "./ladder-rows.ts";
import { offsetsOf, shownRows } from "./windowing.ts";
import { timeText } from "./words.ts";

const laneNames: Readonly<Record<Lane, string>> = {
  caller: "Caller",
  twilio: "Twilio",
  primary: "Primary",
  fallback: "Fallback",
  table: "Table",
  effects: "Effects",
};

interface LadderProps {
  readonly rows: readonly Row[];
  readonly openId: number | undefined;
  /** new rows come into view by themselves, unless somebody has scrolled away from the end */
  readonly isLive: boolean;
  readonly onOpen: (id: number) => void;
}

/** Only the rows in view are in the page: a call may have thousands. */
export function Ladder({ rows, openId, isLive, onOpen }: LadderProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ topPx: 0, viewPx: 600 });
  const [focused, setFocused] = useState(0);
  const isAtEnd = useRef(true);
  const wantsFocus = useRef(false);
  const offsets = useMemo(() => offsetsOf(rows.map(heightOf)), [rows]);
  const total = offsets.at(-1) ?? 0;
  const { from, to } = shownRows(offsets, scroll.topPx, scroll.viewPx);
  const scrollTo = (row: number): void => {
    const { current } = box;
    if (current === null) return;
    const [top, bottom] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
    if (top < current.scrollTop) current.scrollTop = top;
    if (bottom > current.scrollTop + current.clientHeight) current.scrollTop = bottom - current.clientHeight;
  };
  const measure = (): void => {
    const { current } = box;
    if (current === null) return;
    isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 40;
    setScroll({ topPx: current.scrollTop, viewPx: current.clientHeight });
  };
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && isLive && isAtEnd.current) current.scrollTop = total;
  }, [total]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-at="${focused}"]`);
    if (row === null || row === undefined) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });
  const openAt = rows.findIndex(({ id }) => id === openId);
  // the ladder gets smaller when a row is opened
  useLayoutEffect(() => {
    if (openAt >= 0) scrollTo(openAt);
  }, [openId]);
  const at = Math.min(focused, rows.length - 1);
  // the row that Tab comes to is always one that is there
  const stop = at >= from && at < to ? at : rowInView(offsets, scroll.topPx, from, to);
  const moveTo = (next: number): void => {
    const row = Math.max(0, Math.min(rows.length - 1, next));
    wantsFocus.current = true;
    setFocused(row);
    scrollTo(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: stop + 1,
      ArrowUp: stop - 1,
      PageDown: stop + 10,
      PageUp: stop - 10,
      Home: 0,
      End: rows.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    moveTo(next);
  };
  return (
    <div class="ladder">
      <div class="lane-names" aria-hidden="true">
        <span class="time">s</span>
        {lanes.map((lane) => (
          <span key={lane}>{laneNames[lane]}</span>
        ))}
      </div>
      <div class="rows-box" ref={box} onScroll={measure}>
        <div class="lane-lines" style={{ height: `${total}px` }} aria-hidden="true">
          {lanes.map((lane) => (
            <i key={lane} />
          ))}
        </div>
        <ol class="rows" aria-label="Ladder of the call" onKeyDown={onKeyDown}>
          {rows.slice(from, to).map((row, index) => (
            <li
              key={row.id}
              style={{ top: `${offsets[from + index]}px`, height: `${heightOf(row)}px` }}
              aria-posinset={from + index + 1}
              aria-setsize={rows.length}
            >
              <RowButton
                row={row}
                at={from + index}
                isOpen={row.id === openId}
                isStop={from + index === stop}
                onOpen={() => {
                  setFocused(from + index);
                  onOpen(row.id);
                }}
              />
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function rowInView(offsets: readonly number[], topPx: number, from: number, to: number): number {
  for (let row = from; row < to; row += 1) if ((offsets[row] ?? 0) >= topPx) return row;
  return from;
}

interface RowButtonProps {
  readonly row: Row;
  readonly at: number;
  readonly isOpen: boolean;
  readonly isStop: boolean;
  readonly onOpen: () => void;
}

function RowButton({ row, at, isOpen, isStop, onOpen }: RowButtonProps) {
  return (
    <button
      type="button"
      class={`row ${row.kind} ${row.tone}`}
      data-row={row.id}
      data-at={at}
      tabIndex={isStop ? 0 : -1}
      aria-expanded={isOpen}
      onClick={onOpen}
    >
      <span class="time">
        {timeText(row.atMs)}
        <span class="unseen"> {unseenWords(row, laneNames)}: </span>
      </span>
      <span class="track">{row.kind === "arrow" ? <Arrow row={row} /> : <span class="words">{row.label}</span>}</span>
    </button>
  );
}

function Arrow({ row }: { readonly row: Extract<Row, { kind: "arrow" }> }) {
  const { left, right, pointsRight, words } = trackOf(row);
  const classes = ["line", pointsRight ? "right" : "left", row.dashed ? "dashed" : "", row.lost ? "lost" : ""];
  const isJapanese = row.event.kind === "heard" && row.event.language === "ja";
  return (
    <span class="arrow-track" style={{ "--left": left, "--right": right }}>
      <span class={`words ${words}`} lang={isJapanese ? "ja" : undefined}>
        {row.label}
      </span>
      <span class={classes.join(" ").trim()} />
    </span>
  );
}
