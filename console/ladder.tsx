import { h, type VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { laneHeads, laneLines, type Part, rowClass, rowParts } from "./ladder-drawing.ts";
import { heightOf } from "./ladder-layout.ts";
import type { LadderRow } from "./ladder-row.ts";
import { offsetsOf, shownRows } from "./windowing.ts";

interface LadderProps {
  readonly rows: readonly LadderRow[];
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
        {laneHeads.map(elementOf)}
      </div>
      <div class="rows-box" ref={box} style={{ "--rows": `${total}px` }} onScroll={measure}>
        <div class="lane-lines" style={{ height: `${total}px` }} aria-hidden="true">
          {laneLines.map(elementOf)}
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
  readonly row: LadderRow;
  readonly at: number;
  readonly isOpen: boolean;
  readonly isStop: boolean;
  readonly onOpen: () => void;
}

function RowButton({ row, at, isOpen, isStop, onOpen }: RowButtonProps) {
  return (
    <button
      type="button"
      class={rowClass(row)}
      data-row={row.id}
      data-at={at}
      tabIndex={isStop ? 0 : -1}
      aria-expanded={isOpen}
      onClick={onOpen}
    >
      {rowParts(row).map(elementOf)}
    </button>
  );
}

function elementOf(part: Part | string): VNode | string {
  if (typeof part === "string") return part;
  const { tag, within, ...attributes } = part;
  return h(tag, attributes, ...within.map(elementOf));
}
